"""What a baseline lacks for checks of this version: its training was of an earlier one, or had no labels."""

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.settings import Settings

NO_LABELS = "performance (the training logged no labels: train again)"
NO_USUAL = "anomalies (the training did not log what rows are usual: train again)"
NO_SLICES = "segment (the training logged no sample of slices: train again)"
NO_IMPORTANCE = "importance of inputs (the training measured none: it is by how they explain the scores)"
SWITCHED_OFF = "anomalies (anomalies.enabled is false)"
NO_SEARCH = "the search for slices (slices.enabled is false)"


def lacks(baseline: Baseline, settings: Settings) -> list[str]:
    """The checks that are not run for it, in words."""
    found = [] if baseline["performance"] else [NO_LABELS]
    redacted = baseline.get("redacted", [])
    found += [f"{name} (redacted by the contract: the log has no values of it)" for name in redacted]
    if baseline.get("importance_by") != "permutation":
        found.append(NO_IMPORTANCE)
    if not settings.anomalies.enabled:
        found.append(SWITCHED_OFF)
    elif "usual" not in baseline:
        found.append(NO_USUAL)
    if not settings.slices.enabled:
        found.append(NO_SEARCH)
    if (settings.slices.enabled or settings.segments) and "slices" not in baseline:
        found.append(NO_SLICES)
    return found
