"""The data contract: rows, schema, nulls, categories, ranges.

What training says of nulls, categories and ranges is learnt from its rows, so each is tested against chance
and then weighed by its effect: a warning, or a broken contract. Nothing here mutes what can still be judged.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from ecluse_monitor.baseline import Baseline, Column, category_counts, kind, null_share, numbers
from ecluse_monitor.chance import all_new, draws_for, more_often, significant
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.predictions import finite, instead_of_numbers
from ecluse_monitor.settings import Settings, Shares


@dataclass(frozen=True)
class Subject:
    """One column of a day, an input or the score, and what training says of it."""

    name: str
    series: pl.Series
    column: Column
    is_score: bool = False
    instead: str = ""
    """Of the score: what those predictions are that are no numbers, and null in `series`."""

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


def row_count(day: pl.DataFrame, settings: Settings) -> list[Finding]:
    """Too few rows to judge."""
    if day.height >= settings.window.min_rows:
        return []
    text = f"{day.height} rows, fewer than window.min_rows {settings.window.min_rows}"
    return [Finding("rows", Exit.TOO_LITTLE, text, value=day.height, limit=settings.window.min_rows)]


def schema(day: pl.DataFrame, version: str, baseline: Baseline) -> tuple[list[Finding], list[Subject]]:
    """Columns that are missing or of another kind than at training, and all that can be judged."""
    findings: list[Finding] = []
    subjects: list[Subject] = []
    if "model_version" not in day.columns:
        findings.append(Finding("schema", Exit.BROKEN, "the server's own column model_version is missing"))
    wanted = [Subject(name, pl.Series(f"input_{name}"), column) for name, column in _inputs(baseline)]
    for subject in [*wanted, Subject("score", pl.Series("score"), baseline["score"], is_score=True)]:
        text = _mismatch(day, subject)
        if text:
            findings.append(Finding("schema", Exit.BROKEN, text, subject.name))
        elif not subject.is_score:
            subjects.append(Subject(subject.name, day[subject.series.name], subject.column))
        elif "model_version" in day.columns:
            # Scores of another version are no evidence on this one; inputs are, whichever version read them.
            scores = day.filter(_is_of(version))["score"]
            instead = instead_of_numbers(scores)
            subjects.append(Subject("score", finite(scores), subject.column, is_score=True, instead=instead))
    return findings, subjects


def own_scores(day: pl.DataFrame, version: str) -> pl.DataFrame:
    """The day with numbers as scores, null where they are of another version, or are no numbers."""
    if not {"score", "model_version"} <= set(day.columns):
        return day
    return day.with_columns(score=pl.when(_is_of(version)).then(finite(day["score"])))


def _is_of(version: str) -> pl.Expr:
    return pl.col("model_version").cast(pl.String) == version


def _inputs(baseline: Baseline) -> Iterator[tuple[str, Column]]:
    yield from baseline["columns"].items()


def _mismatch(day: pl.DataFrame, subject: Subject) -> str:
    if subject.series.name not in day.columns:
        return f"{'the server’s own column ' * subject.is_score}{subject.name} is missing"
    if subject.is_score:
        return ""  # its rows are judged one by one: a few texts are no reason to judge none
    found, wanted = kind(day[subject.series.name]), subject.column.get("kind")
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
    if subject.series.len() == 0:
        return
    yield from _no_numbers(subject) if subject.is_score else _nulls(subject, rows)
    if kind(subject.series) == "categorical":
        yield from _unseen(subject, draws, rng)
    elif kind(subject.series) == "numeric" and not subject.is_score:
        yield from _outside(subject)


def _nulls(subject: Subject, rows: int) -> Iterator[Suspicion]:
    share, expected = null_share(subject.series), subject.column.get("nulls", 0.0)
    if share <= expected:
        return
    held = subject.series.len()
    p_value = more_often(round(expected * rows), rows, round(share * held), held)
    text = f"{subject.name}: {share:.1%} nulls, {expected:.1%} at training"
    yield Suspicion("nulls", subject.name, text, share - expected, p_value)


def _no_numbers(subject: Subject) -> Iterator[Suspicion]:
    lost, of = subject.series.null_count(), sum(subject.column.get("counts", []))
    if lost:
        share = lost / subject.series.len()
        text = f"{share:.1%} of the predictions are no numbers ({subject.instead}), none at training"
        yield Suspicion("scores", subject.name, text, share, more_often(0, of, lost, subject.series.len()))


def _unseen(subject: Subject, draws: int, rng: Generator) -> Iterator[Suspicion]:
    categories = subject.column.get("categories", [])
    *known, unseen = category_counts(subject.series, categories).tolist()
    if unseen == 0:
        return
    values = subject.series.drop_nulls().cast(pl.String)
    new = values.filter(~values.is_in(categories)).value_counts(sort=True)
    reference = np.asarray(subject.column.get("counts"), dtype=np.int64)
    p_value = all_new(reference, np.asarray(known), new["count"].to_numpy().astype(np.int64), draws, rng)
    share = unseen / subject.series.len()
    # Good and Turing: categories of one row say how many rows are in categories that no row showed.
    expected = float((reference == 1).sum() / reference.sum())
    names = ", ".join(repr(name) for name in new[new.columns[0]].head(5).to_list())
    text = f"{subject.name}: never seen {names} in {share:.2%} of the rows"
    yield Suspicion("unseen", subject.name, text, share - expected, p_value)


def _outside(subject: Subject) -> Iterator[Suspicion]:
    column = subject.column
    low, high = column.get("fence_low", 0.0), column.get("fence_high", 0.0)
    held, of, before = numbers(subject.series), sum(column.get("counts", [])), column.get("outside", 0)
    beyond = held[(held < low) | (held > high)]
    share, expected = len(beyond) / max(len(held), 1), before / of
    if share <= expected:
        return
    p_value = more_often(before, of, len(beyond), len(held))
    text = (
        f"{subject.name}: {share:.2%} of the values far outside of training's, {low:.4g} to {high:.4g} "
        f"({expected:.2%} there; found {beyond.min():.4g} to {beyond.max():.4g})"
    )
    yield Suspicion("outside", subject.name, text, share - expected, p_value)
