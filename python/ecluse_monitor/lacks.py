"""What a baseline lacks for checks of this version: its training was of an earlier one, or had no labels."""

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.settings import Settings

NO_LABELS = "performance (the training logged no labels: train again)"
NO_USUAL = "anomalies (the training did not log what rows are usual: train again)"
SWITCHED_OFF = "anomalies (anomalies.enabled is false)"


def lacks(baseline: Baseline, settings: Settings) -> list[str]:
    """The checks that are not run for it, in words."""
    found = [] if baseline["performance"] else [NO_LABELS]
    if not settings.anomalies.enabled:
        return [*found, SWITCHED_OFF]
    return found if "usual" in baseline else [*found, NO_USUAL]
