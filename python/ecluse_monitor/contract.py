"""The data contract: rows, schema, nulls, categories, ranges.

What training says of nulls, categories and ranges is learnt from its rows, so each is tested against chance
and then weighed by its effect: a warning, or a broken contract. Nothing here mutes what can still be judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.random import Generator

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.chance import all_new, draws_for, more_often, significant
from ecluse_monitor.columns import Column
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.scores import Lost
from ecluse_monitor.settings import Settings, Shares
from ecluse_monitor.sketch import Seen, Sketch


@dataclass(frozen=True)
class Subject:
    """One column of a day, an input or the score, and what training says of it."""

    name: str
    seen: Seen
    column: Column
    is_score: bool = False
    lost: Lost = field(default_factory=Lost)
    """Of the score: what those predictions are that are no numbers."""

    @property
    def key(self) -> str:
        """What a history calls the check of its drift."""
        return f"{'prediction' if self.is_score else 'drift'} of {self.name}"


@dataclass(frozen=True)
class Suspicion:
    """A share that may break the contract: how much more than at training, and how likely by chance."""

    check: str
    column: str
    text: str
    excess: float
    p_value: float


def row_count(day: Sketch, settings: Settings) -> list[Finding]:
    """Too few rows to judge."""
    if day.rows >= settings.window.min_rows:
        return []
    text = f"{day.rows} rows, fewer than window.min_rows {settings.window.min_rows}"
    return [Finding("rows", Exit.TOO_LITTLE, text, value=day.rows, limit=settings.window.min_rows)]


def schema(day: Sketch, baseline: Baseline) -> tuple[list[Finding], list[Subject]]:
    """Columns that are missing or of another kind than at training, and all that can be judged."""
    findings: list[Finding] = []
    subjects: list[Subject] = []
    if not day.has_versions:
        findings.append(Finding("schema", Exit.BROKEN, "the server's own column model_version is missing"))
    for name, count in day.leaked.items():
        text = f"{name} is redacted by the contract, and {count} logged rows have it: erase them"
        findings.append(Finding("schema", Exit.BROKEN, text, name, value=count))
    inputs = [
        Subject(name, day.columns.get(name, Seen()), each) for name, each in baseline["columns"].items()
    ]
    score = Subject("score", day.score, baseline["score"], is_score=True, lost=day.lost)
    outputs = [
        Subject(name, day.outputs.get(name, Seen()), each, is_score=True)
        for name, each in baseline.get("outputs", {}).items()
    ]
    for subject in [*inputs, score, *outputs]:
        text = _mismatch(subject)
        if text:
            findings.append(Finding("schema", Exit.BROKEN, text, subject.name))
        elif not subject.is_score or day.has_versions:
            subjects.append(subject)
    return findings, subjects


def _mismatch(subject: Subject) -> str:
    found, wanted = subject.seen.kind, subject.column.get("kind")
    if not found:
        return f"{'the server’s own column ' * subject.is_score}{subject.name} is missing"
    return "" if found in ("null", wanted) else f"{subject.name} was {wanted} at training and is {found}"


def values(subjects: list[Subject], rows: int, settings: Settings, rng: Generator) -> list[Finding]:
    """Nulls, categories never seen and values out of range; `rows` are those of the reference."""
    tests = 2 * len(subjects)
    draws = draws_for(tests, settings.contract.fdr)
    found = [each for subject in subjects for each in _suspicions(subject, rows, draws, rng)]
    # What is plainly in order counts as a test too.
    quiet = [Suspicion("", "", "", 0.0, 1.0)] * (tests - len(found))
    kept = significant([*found, *quiet], settings.contract.fdr)
    return [finding for item in kept for finding in _weighed(item, settings)]


def _weighed(item: Suspicion, settings: Settings) -> list[Finding]:
    limits: Shares = getattr(settings.contract, item.check)
    if item.excess < limits.warn:
        return []
    broken = item.excess >= limits.broken
    limit = limits.broken if broken else limits.warn
    severity = Exit.BROKEN if broken else Exit.WARNING
    return [Finding(item.check, severity, item.text, item.column, value=item.excess, limit=limit)]


def _suspicions(subject: Subject, rows: int, draws: int, rng: Generator) -> Iterator[Suspicion]:
    if subject.seen.rows == 0:
        return
    yield from _no_numbers(subject) if subject.is_score else _nulls(subject, rows)
    if subject.seen.kind == "categorical":
        yield from _unseen(subject, draws, rng)
    elif subject.seen.kind == "numeric" and not subject.is_score:
        yield from _outside(subject)


def _nulls(subject: Subject, rows: int) -> Iterator[Suspicion]:
    share, expected = subject.seen.nulls, subject.column.get("nulls", 0.0)
    if share <= expected:
        return
    held = subject.seen.rows
    p_value = more_often(round(expected * rows), rows, round(share * held), held)
    text = f"{subject.name}: {share:.1%} nulls, {expected:.1%} at training"
    yield Suspicion("nulls", subject.name, text, share - expected, p_value)


def _no_numbers(subject: Subject) -> Iterator[Suspicion]:
    lost, held, of = subject.lost.total, subject.seen.rows, sum(subject.column.get("counts", []))
    if lost:
        share = lost / held
        text = f"{share:.1%} of the predictions are no numbers ({subject.lost}), none at training"
        yield Suspicion("scores", subject.name, text, share, more_often(0, of, lost, held))


def _unseen(subject: Subject, draws: int, rng: Generator) -> Iterator[Suspicion]:
    now = cast(dict[str, int], subject.seen.counts or {})
    known = np.array([now.get(name, 0) for name in subject.column.get("categories", [])], dtype=np.int64)
    new = {name: now[name] for name in now.keys() - set(subject.column.get("categories", []))}
    if not new:
        return
    reference = np.asarray(subject.column.get("counts"), dtype=np.int64)
    p_value = all_new(reference, known, np.array(list(new.values()), dtype=np.int64), draws, rng)
    share = sum(new.values()) / subject.seen.rows
    # Good and Turing: categories of one row say how many rows are in categories that no row showed.
    expected = float((reference == 1).sum() / reference.sum())
    largest = sorted(new, key=lambda name: (-new[name], name))[:5]
    names = ", ".join(repr(name) for name in largest)
    text = f"{subject.name}: never seen {names} in {share:.2%} of the rows"
    yield Suspicion("unseen", subject.name, text, share - expected, p_value)


def _outside(subject: Subject) -> Iterator[Suspicion]:
    column, seen = subject.column, subject.seen
    low, high = column.get("fence_low", 0.0), column.get("fence_high", 0.0)
    of, before = sum(column.get("counts", [])), column.get("outside", 0)
    share, expected = seen.beyond / max(seen.held, 1), before / of
    if share <= expected:
        return
    p_value = more_often(before, of, seen.beyond, seen.held)
    text = (
        f"{subject.name}: {share:.2%} of the values far outside of training's, {low:.4g} to {high:.4g} "
        f"({expected:.2%} there; found {seen.lowest:.4g} to {seen.highest:.4g})"
    )
    yield Suspicion("outside", subject.name, text, share - expected, p_value)
