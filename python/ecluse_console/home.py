"""Home: how the environment stands, and what waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecluse_console.desk import Desk
from ecluse_console.parts import Part, part, part_of_each
from ecluse_console.settings import UseCase
from ecluse_console.words import Verdict, verdict_of
from ecluse_release.manifest import ManifestError
from ecluse_release.records import Change, changes_of, stated


@dataclass(frozen=True)
class Champion:
    """The champion: its commit, and what made it so; `refused` is why it is not believed."""

    version: str
    commit: str
    change: Change | None
    refused: str


@dataclass(frozen=True)
class Row:
    """A use case on the page."""

    name: str
    champion: Part[Champion | None]
    serving: Part[str]
    verdict: Part[Verdict | None]
    pipeline: Part[dict[str, Any] | None]
    incidents: Part[list[Any]]


@dataclass(frozen=True)
class Waiting:
    """Something that a person must do: what, of which use case, and how."""

    use_case: str
    text: str
    command: str
    urgent: bool = False


@dataclass(frozen=True)
class Service:
    """A server of the environment, and whether it answers."""

    name: str
    state: str
    answers: bool


def rows(desk: Desk, use_cases: Sequence[UseCase]) -> list[Row]:
    """A row for each use case; every cell is read for itself."""
    reads = [read for each in use_cases for read in _reads(desk, each)]
    cells = part_of_each(reads)
    width = len(cells) // len(use_cases) if use_cases else 0
    return [
        Row(each.name, *cells[number * width : (number + 1) * width])  # type: ignore[arg-type]
        for number, each in enumerate(use_cases)
    ]


def _reads(desk: Desk, use_case: UseCase) -> list[Any]:
    name, project = use_case.name, use_case.project
    return [
        lambda: champion(desk, name),
        lambda: desk.serves(use_case),
        lambda: verdict_of(desk.latest_report(name)),
        lambda: next(iter(desk.forge.pipelines(project, 1, desk.branch)), None),
        lambda: desk.forge.incidents(project, desk.environment),
    ]


def champion(desk: Desk, use_case: str) -> Champion | None:
    """The champion by what its release has signed; None before the first."""
    found = desk.tracking.champion(use_case)
    if found is None:
        return None
    trusted = desk.trusted(use_case)
    changes, _ = changes_of(found, trusted.environment, trusted.key)
    change = changes[-1] if changes else None
    try:
        statement = stated(found, trusted.environment, trusted.key)
    except ManifestError as error:
        return Champion(found.version, "", change, str(error))
    return Champion(found.version, statement.commit, change, "")


def services(desk: Desk) -> list[Service]:
    """The servers that answer for the environment itself."""
    reads = {"tracking server": desk.tracking_answers, "forge": desk.forge_answers}
    found = [(name, part(read)) for name, read in reads.items()]
    return [Service(name, state.value or state.problem, state.value is not None) for name, state in found]


def waiting(desk: Desk, found: Sequence[Row]) -> list[Waiting]:
    """What waits for a person, the urgent first."""
    items = [item for row in found for item in _waiting(desk.environment, row)]
    return sorted(items, key=lambda item: not item.urgent)


def _waiting(environment: str, row: Row) -> list[Waiting]:
    name, items = row.name, list[Waiting]()
    crowned = row.champion.value
    if crowned and crowned.refused:
        text = f"version {crowned.version} is champion and not to be believed: {crowned.refused}"
        items.append(Waiting(name, text, f"npx ecluse repair {name}", True))
    if crowned is None and not row.champion.problem:
        items.append(Waiting(name, "it has no champion yet", f"npx ecluse run {name}"))
    for issue in row.incidents.value or []:
        title = str(issue.get("title", "an incident"))
        items.append(Waiting(name, title, f"npx ecluse monitor {environment} {name} report", True))
    pipeline = row.pipeline.value
    if pipeline and pipeline.get("status") == "failed":
        text = f"pipeline {pipeline['id']} on {pipeline.get('ref')} failed"
        items.append(Waiting(name, text, f"npx ecluse logs pipeline/{pipeline['id']}"))
    if pipeline and pipeline.get("status") in ("created", "manual"):
        text = f"pipeline {pipeline['id']} waits to be run"
        items.append(Waiting(name, text, f"npx ecluse run {name} --waiting"))
    return items
