"""The last audit report of the environment's stacks, as `ecluse audit --format json` writes it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecluse_console.calls import LARGEST_BYTES, Unread

FILE = "audit.json"
MOST = 200
"""Entries on a page; the report itself has all."""
_ORDER = ("critical", "high", "medium", "low")


@dataclass(frozen=True)
class Stack:
    """A stack that was judged, and how many answers of each kind there are."""

    name: str
    judged: str
    time: str
    resources: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Audit:
    """What was found: the violations first, then waivers."""

    time: str
    commit: str
    stacks: Sequence[Stack]
    violations: Sequence[Mapping[str, Any]]
    waived: Sequence[Mapping[str, Any]]
    over: Sequence[Mapping[str, Any]]
    rules: Mapping[str, Mapping[str, Any]]


def read_audit(folder: Path | None) -> Audit | None:
    """The last report; None where there is none yet. Raises Unread."""
    if folder is None or not (folder / FILE).exists():
        return None
    try:
        with (folder / FILE).open("rb") as file:
            document = json.loads(file.read(LARGEST_BYTES))
    except (OSError, ValueError) as error:
        raise Unread(f"{FILE} cannot be read ({type(error).__name__}): write it again") from None
    return _audit(document)


def _audit(document: Mapping[str, Any]) -> Audit:
    entries = document["entries"]
    failed = [each for each in entries if each["kind"] == "fail" and not each.get("waiver")]
    failed.sort(
        key=lambda each: _ORDER.index(each["severity"]) if each["severity"] in _ORDER else len(_ORDER)
    )
    return Audit(
        str(document["time"]),
        str(document["commit"]),
        [_stack(each, entries) for each in document["stacks"]],
        failed[:MOST],
        [each for each in entries if each.get("waiver")][:MOST],
        document["waivers"]["over"],
        {str(rule["id"]): rule for rule in document["rules"]},
    )


def _stack(stack: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Stack:
    own = [each for each in entries if each["stack"] == stack["stack"]]
    kinds = ["waived" if each.get("waiver") else str(each["kind"]) for each in own]
    counts = {kind: kinds.count(kind) for kind in ("pass", "fail", "open", "waived")}
    return Stack(stack["stack"], stack["judged"], stack["time"], stack["resources"], counts)
