"""The best model that was released within a year: many small losses, each allowed, must not add up.

The best is no matter of the largest figure, which of equal models is the luckiest. It is the first of the
year's versions, until one is better for sure by its own release, in the signed record of its gates. A release
that met no champion is the first again.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_release import manifest
from ecluse_release.manifest import PublicKeys
from ecluse_release.records import is_held_back, stated

YEAR = timedelta(days=365)
CHAMPION, BEST = "non-inferiority", "creep"
"""The gates that meet the champion, and the best of the year where that is another."""


def best_version(
    client: MlflowClient, use_case: str, environment: str, key: PublicKeys
) -> ModelVersion | None:
    """The best version that this environment released within a year, or None."""
    found = client.search_model_versions(f"name = '{use_case}'")
    since = (datetime.now(UTC) - YEAR).timestamp() * 1000
    recent = [version for version in found if version.creation_timestamp >= since]
    best = None
    for version in sorted(recent, key=lambda each: int(each.version)):
        try:
            record = stated(version, environment, key).gates
        except manifest.ManifestError:  # released by nobody, or elsewhere
            continue
        if is_held_back(version, environment, key):  # what a rollout gave up is no model to be held against
            continue
        if best is None or is_better(record):
            best = version
    return best


def named(version: ModelVersion) -> str:
    """The best version, in words."""
    return f"version {version.version} (the best of a year)"


def unmet(version: ModelVersion, error: Exception) -> str:
    """Why the best version cannot be met, in words."""
    return f"{named(version)} cannot be met: {error}"


def is_better(record: list[dict[str, Any]]) -> bool:
    """Whether a release took the place of the best: better for sure, or the first of its line."""
    met = {gate["name"]: gate for gate in record}
    gate = met.get(BEST) or met.get(CHAMPION)
    return gate is None or (gate.get("low") or 0) > 0
