"""The gates that a model must pass, recomputed by the platform on labelled data kept out of its training.

Each figure has an interval by the rows that were held out (`interval.py`). A gate passes where the whole
interval keeps the bound, and fails where none of it does. In between the data does not say: what then
happens is the stack's word, by its tier.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as validated

from ecluse_core.settings import Share, Text
from ecluse_models.model import Kind
from ecluse_release.interval import Interval, interval

Scores = NDArray[np.float64]
"""A number per row, or of several classes rows × classes."""
Result = Literal["pass", "fail", "undecided"]
Undecided = Literal["pass", "refuse"]
"""What happens where there is too little data to decide: the release goes on with a note, or is refused."""
FEWEST = 30
"""Rows, of a classifier those of the rarer class, below which no interval is to be believed."""


@dataclass(frozen=True)
class Gate:
    """One gate's result: its value, and the interval that so many rows leave.

    `passed` says whether the release may go on; of what is undecided, the stack's settings say so.
    """

    name: str
    result: Result
    passed: bool
    value: float | None
    low: float | None
    high: float | None
    bound: float
    rows: int
    reason: str
    fix: str


@dataclass(frozen=True)
class Measured:
    """What rows say of a figure: one number per row, whose mean it is, and how many rows count."""

    values: Scores
    counting: int


ErrorGate = Callable[[Scores, Scores], Measured | None]
"""Measures scores by labels: what the metric does not see. None where these scores have no such figure."""


@dataclass(frozen=True)
class Error:
    """A figure beside the metric, and how far it may be from what it should be."""

    name: str
    measure: ErrorGate
    ideal: float
    reason: str
    fix: str


class Task(Protocol):
    """What a metric brings along: the modules `classification`, `multiclass` and `regression`."""

    METRIC: str
    KIND: Kind
    ERRORS: Mapping[str, Error]  # by the key of their bound in `ECLUSE_GATES`
    BASELINE: str

    def labels(self, values: pl.Series, classes: Sequence[str]) -> Scores:
        """The target as numbers; raises ValueError with what it must hold. `classes` are the candidate's."""
        ...

    def baseline_scores(self, inputs: Scores, labels: Scores, holdout: Scores) -> Scores:
        """Hold-out scores of what anyone would try first, trained on these rows of numeric columns."""
        ...

    def quality(self, scores: Scores, labels: Scores, rows: NDArray[np.bool_] | None = None) -> Measured:
        """The metric of these scores, or within some of the rows."""
        ...


@validated(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class SegmentRule:
    """A column whose every value with at least `min_rows` rows must reach `floor`.

    With `max_gap`, each must also come as near to the metric of all other rows.
    """

    column: Text
    floor: Share
    max_gap: Share | None = None
    min_rows: Annotated[int, Field(ge=1)] = 200


@dataclass(frozen=True)
class Rules:
    """The bounds of the gates; see settings.py for `ECLUSE_GATES`."""

    task: Task
    floor: float
    baseline_margin: float
    non_inferiority_margin: float
    errors: Mapping[str, float]
    segments: tuple[SegmentRule, ...] = ()
    risk: float = 0.05
    undecided: Undecided = "refuse"
    max_size_mb: float = math.inf
    max_latency_ms: float = math.inf
    max_retrain_gap: float | None = None
    """None where no other training of the commit is asked for."""


@dataclass(frozen=True)
class Bound:
    """What a figure must keep: at least, or at most, `at`. A figure that is worse than `fails` is refused."""

    least: bool
    at: float
    fails: float

    def result(self, found: Interval) -> Result:
        """What the interval says."""
        if found.low >= self.at if self.least else found.high <= self.at:
            return "pass"
        return "fail" if (found.high < self.fails if self.least else found.low > self.fails) else "undecided"

    def rows(self, found: Interval, rows: int) -> int | None:
        """About how many rows would decide; None where the figure is too near to the bound for any number."""
        apart = abs(self.fails - self.at) or abs(found.value - self.at)
        width = found.high - found.low if self.fails != self.at else (found.high - found.low) / 2
        needed = rows * (width / apart) ** 2 if apart else math.inf
        return math.ceil(needed) if needed < 1000 * rows else None


def at_least(bound: float) -> Bound:
    """What is below the bound for sure fails."""
    return Bound(True, bound, bound)


def at_most(bound: float) -> Bound:
    """What is above the bound for sure fails."""
    return Bound(False, bound, bound)


@dataclass(frozen=True)
class Asked:
    """What one gate asks, and in words: what the figure is, and what to do about a miss."""

    name: str
    bound: Bound
    reason: str
    fix: str
    ideal: float | None = None
    """Where the figure is how far it is from this."""


def judged(asked: Asked, measured: Measured, rules: Rules) -> Gate:
    """The result of one gate."""
    rows = len(measured.values)
    if measured.counting < FEWEST:
        needed = math.ceil(rows * FEWEST / measured.counting) if measured.counting else None
        of = f"{measured.counting} rows count, of the rarer class; {FEWEST} are the fewest"
        return unmeasured(asked, rules, rows, f"{asked.reason}: {of}", _more(needed))
    found = interval(measured.values, rules.risk)
    found = found if asked.ideal is None else found.distance(asked.ideal)
    return decided(asked, found, rows, rules, _more(asked.bound.rows(found, rows)))


def decided(asked: Asked, found: Interval, rows: int, rules: Rules, more: str) -> Gate:
    """What an interval comes to; `more` is what to do where it does not say."""
    result = asked.bound.result(found)
    passed = result == "pass" or (result == "undecided" and rules.undecided == "pass")
    figures = found.value, found.low, found.high, asked.bound.at
    fix = {"pass": "", "fail": asked.fix, "undecided": more}[result]
    return Gate(asked.name, result, passed, *figures, rows, asked.reason, fix)


def unmeasured(asked: Asked, rules: Rules, rows: int, reason: str, fix: str) -> Gate:
    """A gate that has nothing to measure, for a reason."""
    passed, bound = rules.undecided == "pass", asked.bound.at
    return Gate(asked.name, "undecided", passed, None, None, None, bound, rows, reason, fix)


def _more(rows: int | None) -> str:
    land = f"hold out about {rows:,} rows" if rows else "hold out more rows"
    return f"too little data to decide: {land}, or set gates.undecided to pass"


def floor_gate(scores: Scores, labels: Scores, rules: Rules) -> Gate:
    """The metric reaches the floor."""
    reason = f"{rules.task.METRIC} on the hold-out"
    asked = Asked("floor", at_least(rules.floor), reason, "improve the model, or bring better data")
    return judged(asked, rules.task.quality(scores, labels), rules)


def error_gates(scores: Scores, labels: Scores, rules: Rules) -> list[Gate]:
    """One gate for each bound that the metric does not see."""
    gates: list[Gate] = []
    for key, bound in rules.errors.items():
        error = rules.task.ERRORS[key]
        asked = Asked(error.name, at_most(bound), error.reason, error.fix, error.ideal)
        found = error.measure(scores, labels)
        lacking = f"{error.reason}: these scores have none"
        gates.append(
            judged(asked, found, rules)
            if found
            else unmeasured(asked, rules, len(labels), lacking, error.fix)
        )
    return gates


def baseline_gate(scores: Scores, baseline: Scores, labels: Scores, rules: Rules, name: str) -> Gate:
    """The metric is over that of a simple baseline, which `name` says, by the margin."""
    reason = f"{rules.task.METRIC} over that of {name}"
    asked = Asked("baseline", at_least(rules.baseline_margin), reason, f"improve the model, or use {name}")
    return judged(asked, over(scores, baseline, labels, rules.task), rules)


def champion_gate(scores: Scores, other: Scores, labels: Scores, rules: Rules, name: str, of: str) -> Gate:
    """The metric is not under that of another model by the margin; one that is worse for sure fails.

    Between equal and worse by the margin, too few rows cannot tell.
    """
    bound = Bound(True, -rules.non_inferiority_margin, 0.0)
    reason = f"{rules.task.METRIC} less that of {of} on the same rows"
    fix = f"improve the model: it is worse than {of}"
    return judged(Asked(name, bound, reason, fix), over(scores, other, labels, rules.task), rules)


def over(scores: Scores, other: Scores, labels: Scores, task: Task) -> Measured:
    """The difference row by row: what makes a row hard for both is no difference."""
    one, two = task.quality(scores, labels), task.quality(other, labels)
    return Measured(one.values - two.values, one.counting)


def segment_gates(scores: Scores, labels: Scores, table: pl.DataFrame, rules: Rules) -> list[Gate]:
    """One gate per segment of enough rows."""
    gates: list[Gate] = []
    for rule in rules.segments:
        if rule.column not in table.columns:
            fix = f"correct gates.segments, or land the column {rule.column}"
            lacking = None, None, None, rule.floor, table.height, "the hold-out has no such column"
            gates.append(Gate(f"segment {rule.column}", "fail", False, *lacking, fix))
            continue
        for segment, rows in segments(table, rule):
            reason = f"{rules.task.METRIC} where {rule.column} is {segment}"
            fix = "look at this segment's rows and labels"
            asked = Asked(f"segment {rule.column}={segment}", at_least(rule.floor), reason, fix)
            gates.append(judged(asked, rules.task.quality(scores, labels, rows), rules))
            if rule.max_gap is not None:
                reason = f"{rules.task.METRIC} of all other rows less that where {rule.column} is {segment}"
                asked = Asked(f"gap {rule.column}={segment}", at_most(rule.max_gap), reason, fix)
                gates.append(judged(asked, _gap(scores, labels, rows, rules.task), rules))
    return gates


def _gap(scores: Scores, labels: Scores, rows: NDArray[np.bool_], task: Task) -> Measured:
    """The metric of all other rows less that of some, by a number per row of all."""
    values = np.zeros(len(rows))
    inside, outside = (task.quality(scores, labels, part) for part in (rows, ~rows))
    for sign, part, measured in ((-1, rows, inside), (1, ~rows, outside)):
        if not len(measured.values):
            return Measured(values, 0)
        mean = measured.values.mean()
        values += sign * mean
        values[part] += sign * (measured.values - mean) * len(rows) / len(measured.values)
    return Measured(values, min(inside.counting, outside.counting))


def segments(table: pl.DataFrame, rule: SegmentRule) -> list[tuple[str, NDArray[np.bool_]]]:
    """The values of a rule's column that have enough rows, and which rows those are."""
    values = table[rule.column].cast(pl.String).fill_null("(null)")
    found = [(segment, (values == segment).to_numpy()) for segment in sorted(values.unique())]
    return [(segment, rows) for segment, rows in found if int(rows.sum()) >= rule.min_rows]
