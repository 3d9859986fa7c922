"""Lineage: from a version or a commit to all that it comes from, each held against the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecluse_console.calls import Unread
from ecluse_console.charts import GateBar, gate_bar
from ecluse_console.desk import Desk
from ecluse_console.forge import Document
from ecluse_console.parts import Part, part_of_each, parts
from ecluse_console.settings import UseCase
from ecluse_console.tracking import Run
from ecluse_core.verified import COMMIT
from ecluse_release.records import Inventory, Refused, Version

_PREDICTION = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERSION = re.compile("[0-9]{1,6}")
_COMMIT = re.compile("[0-9a-f]{7,40}")
_MOST = 10
"""Chains of a use case on one page."""


@dataclass(frozen=True)
class Chain:
    """A version and what it comes from; `problems` are what does not fit together."""

    use_case: str
    version: Version
    gates: list[GateBar]
    run: Part[Run]
    commit: Part[Document]
    pipeline: Part[Document]
    problems: list[str]


@dataclass(frozen=True)
class Found:
    """What a use case has of what was asked."""

    use_case: str
    chains: list[Chain]
    refusals: list[Refused]
    problem: str = ""


def kind_of(asked: str) -> str:
    """What was asked for: a version, a commit or a prediction; empty where it is none of them."""
    forms = {"prediction": _PREDICTION, "version": _VERSION, "commit": _COMMIT}
    return next((name for name, form in forms.items() if form.fullmatch(asked)), "")


def lineage(desk: Desk, use_cases: list[UseCase], asked: str) -> list[Found]:
    """Follows a version or a commit back in these use cases; those that have nothing of it are left out."""
    read = part_of_each([lambda each=each: _inventory(desk, each) for each in use_cases])
    found: list[Found] = []
    for use_case, inventory in zip(use_cases, read, strict=True):
        if inventory.value is None:
            found.append(Found(use_case.name, [], [], inventory.problem))
            continue
        versions = [each for each in inventory.value.versions if _is_asked(each, asked)][:_MOST]
        refusals = [
            each
            for each in inventory.value.refusals
            if kind_of(asked) == "commit" and each.commit.startswith(asked)
        ]
        if versions or refusals:
            chains = [_chain(desk, use_case, each) for each in versions]
            found.append(Found(use_case.name, chains, refusals))
    return found


def _inventory(desk: Desk, use_case: UseCase) -> Inventory:
    return desk.tracking.inventory(desk.trusted(use_case.name))


def _is_asked(version: Version, asked: str) -> bool:
    if kind_of(asked) == "version":
        return version.version == str(int(asked))
    return (version.commit or "").startswith(asked)


def _chain(desk: Desk, use_case: UseCase, version: Version) -> Chain:
    read = parts(
        run=lambda: desk.tracking.run(use_case.name, version.run_id or ""),
        commit=lambda: desk.forge.commit(use_case.project, _commit(version)),
        pipeline=lambda: desk.forge.pipeline(use_case.project, version.pipeline_id or ""),
    )
    problems = [f"version {version.version}: {version.refused}"] if version.refused else []
    problems += _unlike(version, read["run"].value, read["pipeline"].value)
    gates = [gate_bar(gate) for gate in version.gates]
    return Chain(use_case.name, version, gates, problems=problems, **read)


def _commit(version: Version) -> str:
    # A tag that nobody signed may hold anything.
    if not _COMMIT.fullmatch(version.commit or ""):
        raise Unread("its commit is not known")
    return version.commit or ""


def _unlike(version: Version, run: Run | None, pipeline: Mapping[str, Any] | None) -> list[str]:
    """What others say otherwise than the version does."""
    said: list[tuple[str, object, object]] = []
    if run:
        said.append((f"run {run.run_id} has the verified commit", run.tags.get(COMMIT), version.commit))
        data = run.tags.get("ecluse.data_version")
        said.append((f"run {run.run_id} has the data version", data, version.data_version))
    if pipeline:
        said.append((f"pipeline {pipeline['id']} is of commit", pipeline["sha"], version.commit))
    return [f"{what} {has!r}, and the version has {wants!r}" for what, has, wants in said if has != wants]
