"""The versions of a use case in one environment, beside each other: `python -m ecluse_release.inventory`.

All is read from what releases have signed; where a signature does not verify, that is said. Prints a JSON
document. It needs these variables, and changes nothing: ECLUSE_USE_CASE, ECLUSE_ENVIRONMENT,
ECLUSE_SIGNING_PUBLIC_KEY, MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN (of anybody who may read the registry)
and MLFLOW_WORKSPACE.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from pydantic import Field

from ecluse_core.settings import Address, Secret
from ecluse_core.tls import Calling
from ecluse_release import manifest
from ecluse_release.champion import ALIAS, stated
from ecluse_release.changes import Change, changes_of, model_of
from ecluse_release.refused import Refused, refusals_of
from ecluse_release.reporting import main
from ecluse_release.trusted import PublicKey


class Reading(Calling):
    """What a report on released versions reads, and what it trusts."""

    use_case: str
    environment: str
    signing_key: PublicKey = Field(alias="ECLUSE_SIGNING_PUBLIC_KEY")
    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    tracking_token: Secret = Field(alias="MLFLOW_TRACKING_TOKEN")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")


@dataclass(frozen=True)
class Version:
    """A version, by its signed manifest.

    Where that does not verify, `refused` says why. Then commit, data and pipeline are those of its tags,
    which are nobody's word, and there are no gates.
    """

    version: str
    champion: bool
    created: str
    model_id: str
    run_id: str | None = None
    commit: str | None = None
    data_version: str | None = None
    holdout_version: str | None = None
    pipeline_id: str | None = None
    format: str | None = None
    gates: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    accountability: Mapping[str, Any] | None = None
    """Who answered for the model at its release; None where its stack did not say it."""
    training_metrics: dict[str, float] = field(default_factory=dict[str, float])
    """What its training measured, by its own word."""
    changes: list[Change] = field(default_factory=list[Change])
    refused: str | None = None


@dataclass(frozen=True)
class Inventory:
    """The versions, the latest first; `problems` are records that are not to be believed."""

    environment: str
    use_case: str
    champion: str | None
    versions: list[Version]
    refusals: list[Refused]
    problems: list[str]


def inventory(settings: Reading) -> Inventory:
    """All versions and refusals of a use case; raises MlflowException."""
    client, name = MlflowClient(), settings.use_case
    aliases = client.get_registered_model(name).aliases
    champion = str(aliases[ALIAS]) if ALIAS in aliases else None
    found = client.search_model_versions(f"name = '{name}'")
    found = sorted(found, key=lambda each: int(each.version), reverse=True)
    metrics = _metrics(client, name, found)
    problems: list[str] = []
    versions: list[Version] = []
    for each in found:
        changes, wrong = changes_of(each, settings.environment, settings.signing_key)
        problems += wrong
        measured = metrics.get(each.run_id or "", {})
        versions.append(_version(settings, each, str(each.version) == champion, changes, measured))
    refusals, wrong = refusals_of(client, settings.environment, name, settings.signing_key)
    problems += [*wrong, *unexplained(versions, champion)]
    return Inventory(settings.environment, name, champion, versions, refusals, problems)


def _version(
    settings: Reading, version: ModelVersion, champion: bool, changes: list[Change], metrics: dict[str, float]
) -> Version:
    created = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC).isoformat(timespec="seconds")
    of = str(version.version), champion, created, model_of(version)
    try:
        its = stated(version, settings.environment, settings.signing_key)
    except manifest.ManifestError as error:
        names = ("commit", "data_version", "pipeline_id")
        commit, data, pipeline = (version.tags.get(f"ecluse.{name}") for name in names)
        said = version.run_id, commit, data, None, pipeline
        return Version(*of, *said, changes=changes, refused=str(error))
    lineage = its.run_id, its.commit, its.data_version, its.holdout_version, its.pipeline_id, its.format
    return Version(*of, *lineage, its.gates, its.accountability, metrics, changes)


def _metrics(client: MlflowClient, name: str, versions: list[ModelVersion]) -> dict[str, dict[str, float]]:
    """The metrics of the versions' runs, by run; of those that are gone there are none."""
    experiment = client.get_experiment_by_name(name)
    ids = sorted({each.run_id for each in versions if each.run_id})
    if experiment is None or not ids:
        return {}
    wanted = "attributes.run_id IN (" + ", ".join(f"'{each}'" for each in ids) + ")"
    runs = client.search_runs([experiment.experiment_id], wanted, max_results=len(ids))
    return {run.info.run_id: dict(run.data.metrics) for run in runs}


def latest_change(versions: list[Version], until: str = "~") -> Change | None:
    """The latest change of the champion up to a time, or None where none is recorded."""
    changes = [change for version in versions for change in version.changes if change.time <= until]
    return max(changes, key=lambda each: each.time, default=None)


def champion_at(versions: list[Version], time: str) -> str | None:
    """The version that was champion at a time by the changes on record."""
    last = latest_change(versions, time)
    return last.version if last and last.action != "removed" else None


def unexplained(versions: list[Version], champion: str | None) -> list[str]:
    """What the alias says otherwise than the latest change: a change broke off, or somebody else moved it."""
    last = latest_change(versions)
    wanted = champion_at(versions, last.time) if last else None
    if last is None or wanted == champion:
        return []
    now, then = (f"version {each}" if each else "no version" for each in (champion, wanted))
    return [
        f"{now} has the alias {ALIAS}, and the last change made {then} champion ({last.action} by "
        f"{last.person} at {last.time}): it broke off, or somebody else moved the alias; "
        "repair or promote the version that is meant"
    ]


if __name__ == "__main__":
    main("ecluse_release.inventory", lambda environ: inventory(Reading.read(environ)))
