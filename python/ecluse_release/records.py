"""What releases have signed, as it is read: versions, changes of the champion, and refusals.

Each record is a tag at the registry. Whoever reads one gives the tags, and how it got them is its own
affair: this is free of MLflow, which reports ask, and the console only by HTTP.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, get_args

from ecluse_release import manifest
from ecluse_release.manifest import PublicKeys

ALIAS = "champion"
_Rollout = Literal["shadow", "canary", "withdrawn"]
Action = Literal["released", "promoted", "rolled back", "repaired", "taken back", "removed", _Rollout]
"""How a version came to be champion; one that is removed is none from then on.

The last ones are of a rollout, and change no champion: a challenger is scored beside the champion, answers a
share of the requests, or is given up.
"""
ROLLOUT: tuple[str, ...] = get_args(_Rollout)
"""The actions of a rollout."""
CHANGE_TAG = "ecluse.change."
CHANGE_KIND = "ecluse-champion-change"
REFUSAL_TAG = "ecluse.refused."
REFUSAL_KIND = "ecluse-refusal"


class Registered(Protocol):
    """A version as the registry has it: MLflow's own, or what its REST API says."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> Any: ...
    @property
    def source(self) -> str | None: ...
    @property
    def run_id(self) -> str | None: ...
    @property
    def creation_timestamp(self) -> Any: ...
    @property
    def tags(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Trusted:
    """Whose records are believed: those of one use case in one environment, by its release's public key."""

    environment: str
    use_case: str
    key: PublicKeys


@dataclass(frozen=True)
class Change:
    """A change of the champion; `former` had the alias before, `time` is ISO 8601 in UTC."""

    action: Action
    environment: str
    use_case: str
    version: str
    model_id: str
    former: str | None
    person: str
    pipeline_id: str
    reason: str
    time: str


@dataclass(frozen=True)
class Refused:
    """A release that was refused; `gates` are those that refused it, as far as they have room."""

    environment: str
    use_case: str
    commit: str
    run_id: str
    pipeline_id: str
    person: str
    time: str
    reason: str
    gates: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


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


def stated(version: Registered, environment: str, key: PublicKeys) -> manifest.Statement:
    """What the release of a version in this environment signed; raises ManifestError."""
    statement = manifest.read(version.tags.get(manifest.TAG, ""), key)
    of = statement.environment, statement.use_case, f"models:/{statement.model_id}"
    if of != (environment, version.name, version.source):
        raise manifest.ManifestError(f"the manifest is of {' '.join(of)}, not of this version")
    return statement


def model_of(version: Registered) -> str:
    """The id of a version's model."""
    return (version.source or "").removeprefix("models:/")


def changes_of(version: Registered, environment: str, key: PublicKeys) -> tuple[list[Change], list[str]]:
    """The changes that made a version champion, the earliest first, and why others are not to be believed."""
    changes: list[Change] = []
    problems: list[str] = []
    for name, jws in version.tags.items():
        if name.startswith(CHANGE_TAG):
            try:
                changes.append(_change(jws, version, environment, key))
            except manifest.ManifestError as error:
                problems.append(f"tag {name} of version {version.version}: {error}")
    return sorted(changes, key=lambda each: each.time), problems


def is_held_back(version: Registered, environment: str, key: PublicKeys) -> bool:
    """Whether a rollout has it, or has given it up: nothing but a person makes such a version champion."""
    changes, _ = changes_of(version, environment, key)
    return bool(changes) and changes[-1].action in ROLLOUT


def _change(jws: str, version: Registered, environment: str, key: PublicKeys) -> Change:
    document = manifest.unseal(jws, "the change of the champion", CHANGE_KIND, key)
    try:
        change = Change(**document)
    except TypeError as error:
        raise manifest.ManifestError(f"the change of the champion cannot be read: {error}") from None
    of = change.environment, change.use_case, change.version, change.model_id
    if of != (environment, version.name, str(version.version), model_of(version)):
        raise manifest.ManifestError(f"the change is of {' '.join(of)}, not of this version")
    return change


def refusals_in(
    tags: Mapping[str, str], environment: str, use_case: str, key: PublicKeys
) -> tuple[list[Refused], list[str]]:
    """The refusals that are recorded, the latest first, and why others are not to be believed."""
    found: list[Refused] = []
    problems: list[str] = []
    for name, jws in tags.items():
        if not name.startswith(REFUSAL_TAG):
            continue
        try:
            refusal = _refusal(jws, key)
        except manifest.ManifestError as error:
            problems.append(f"tag {name} of {use_case}: {error}")
            continue
        of = refusal.environment, refusal.use_case, f"{REFUSAL_TAG}{refusal.run_id}"
        if of == (environment, use_case, name):
            found.append(refusal)
        else:
            problems.append(f"tag {name} of {use_case}: the refusal is of {' '.join(of)}, not of this run")
    return sorted(found, key=lambda each: each.time, reverse=True), problems


def _refusal(jws: str, key: PublicKeys) -> Refused:
    document = manifest.unseal(jws, "the refusal", REFUSAL_KIND, key)
    try:
        return Refused(**document)
    except TypeError as error:
        raise manifest.ManifestError(f"the refusal cannot be read: {error}") from None


def read_inventory(
    trusted: Trusted,
    registered: Mapping[str, str],
    champion: str | None,
    versions: Sequence[Registered],
    metrics: Mapping[str, Mapping[str, float]],
) -> Inventory:
    """The inventory of what a registry gave: the tags of a model, its champion, versions, and their runs."""
    problems: list[str] = []
    read: list[Version] = []
    for each in sorted(versions, key=lambda each: int(each.version), reverse=True):
        changes, wrong = changes_of(each, trusted.environment, trusted.key)
        problems += wrong
        measured = dict(metrics.get(each.run_id or "", {}))
        read.append(_version(trusted, each, str(each.version) == champion, changes, measured))
    environment, name = trusted.environment, trusted.use_case
    refusals, wrong = refusals_in(registered, environment, name, trusted.key)
    problems += [*wrong, *unexplained(read, champion)]
    return Inventory(environment, name, champion, read, refusals, problems)


def _version(
    trusted: Trusted, version: Registered, champion: bool, changes: list[Change], metrics: dict[str, float]
) -> Version:
    created = datetime.fromtimestamp(version.creation_timestamp / 1000, UTC).isoformat(timespec="seconds")
    of = str(version.version), champion, created, model_of(version)
    try:
        its = stated(version, trusted.environment, trusted.key)
    except manifest.ManifestError as error:
        names = ("commit", "data_version", "pipeline_id")
        commit, data, pipeline = (version.tags.get(f"ecluse.{name}") for name in names)
        said = version.run_id, commit, data, None, pipeline
        return Version(*of, *said, changes=changes, refused=str(error))
    lineage = its.run_id, its.commit, its.data_version, its.holdout_version, its.pipeline_id, its.format
    return Version(*of, *lineage, its.gates, its.accountability, metrics, changes)


def latest_change(versions: list[Version], until: str = "~") -> Change | None:
    """The latest change of the champion up to a time, or None where none is recorded."""
    every = [change for version in versions for change in version.changes if change.time <= until]
    changes = [change for change in every if change.action not in ROLLOUT]
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
