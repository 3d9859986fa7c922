"""The gates that a model must pass, recomputed by the platform on labelled data kept out of its training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as validated

from ecluse_core.settings import Share, Text
from ecluse_models.model import Kind

Scores = NDArray[np.float64]
RESAMPLES = 500
_SEED = 20240229
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Gate:
    """One gate's result; `value` is None where there is nothing to measure."""

    name: str
    value: float | None
    bound: float
    passed: bool
    reason: str


class Quality(Protocol):
    """The metric of given scores, with a weight per row; the higher the better."""

    def __call__(self, weights: Scores, /) -> float:
        """NaN where these rows say nothing."""
        ...


ErrorGate = Callable[[Scores, Scores, float], Gate]
"""Judges scores by labels and a bound: what the metric does not see."""


class Task(Protocol):
    """What a metric brings along: the modules `classification` and `regression`."""

    METRIC: str
    KIND: Kind
    ERROR_GATES: Mapping[str, ErrorGate]  # by the key of their bound in `ECLUSE_GATES`
    BASELINE: str

    def labels(self, values: pl.Series) -> Scores:
        """The target as numbers; raises ValueError with what it must hold."""
        ...

    def baseline_scores(self, inputs: Scores, labels: Scores, holdout: Scores) -> Scores:
        """Hold-out scores of what anyone would try first, trained on these rows of numeric columns."""
        ...

    def quality(self, scores: Scores, labels: Scores) -> Quality:
        """The metric of these scores."""
        ...

    def segment_quality(self, scores: Scores, labels: Scores, rows: NDArray[np.bool_]) -> Quality | None:
        """The metric in some of the rows, weighted by those; None where it says nothing there."""
        ...


@validated(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class SegmentRule:
    """A column whose every value with at least `min_rows` rows must reach `floor`."""

    column: Text
    floor: Share
    min_rows: Annotated[int, Field(ge=1)] = 200


@dataclass(frozen=True)
class Rules:
    """The bounds of the gates; see settings.py for `ECLUSE_GATES`."""

    task: Task
    floor: float
    baseline_margin: float
    non_inferiority_margin: float
    errors: Mapping[str, float]
    segments: tuple[SegmentRule, ...] = field(default=())


def measured(task: Task, scores: Scores, labels: Scores) -> float:
    """The metric with the same weight for each row."""
    return task.quality(scores, labels)(np.ones_like(labels))


def _resampled(qualities: list[Quality], rows: int) -> NDArray[np.float64]:
    """The metric of each on the same RESAMPLES draws of rows; shape (RESAMPLES, qualities)."""
    generator = np.random.default_rng(_SEED)
    draws = (
        np.bincount(generator.integers(rows, size=rows), minlength=rows).astype(np.float64)
        for _ in range(RESAMPLES)
    )
    return np.array([[quality(draw) for quality in qualities] for draw in draws])


def floor_gate(scores: Scores, labels: Scores, rules: Rules) -> Gate:
    """The metric reaches the floor."""
    value = measured(rules.task, scores, labels)
    return Gate("floor", value, rules.floor, value >= rules.floor, f"{rules.task.METRIC} on the hold-out")


def error_gates(scores: Scores, labels: Scores, rules: Rules) -> list[Gate]:
    """One gate for each bound that the metric does not see."""
    gates = rules.task.ERROR_GATES
    return [gates[name](scores, labels, bound) for name, bound in rules.errors.items()]


def baseline_gate(scores: Scores, baseline: Scores, labels: Scores, rules: Rules, name: str) -> Gate:
    """The metric is over that of a simple baseline, which `name` says, by the margin."""
    value = measured(rules.task, scores, labels) - measured(rules.task, baseline, labels)
    reason = f"{rules.task.METRIC} over that of {name}"
    return Gate("baseline", value, rules.baseline_margin, value >= rules.baseline_margin, reason)


def champion_gate(scores: Scores, champion: Scores, labels: Scores, rules: Rules) -> Gate:
    """With 95 % confidence the metric is not under the champion's by more than the margin."""
    # Both on the same rows of each draw: what makes rows hard for both is no difference.
    pair = [rules.task.quality(each, labels) for each in (scores, champion)]
    both = _resampled(pair, len(labels))
    lower = float(np.quantile(both[:, 0] - both[:, 1], 1 - _CONFIDENCE))
    bound = -rules.non_inferiority_margin
    reason = f"lower 95 % bound of {rules.task.METRIC} less the champion's on the same rows"
    return Gate("non-inferiority", lower, bound, lower >= bound, reason)


def segment_gates(scores: Scores, labels: Scores, table: pl.DataFrame, rules: Rules) -> list[Gate]:
    """One gate per segment of enough rows; it refuses when even the upper 95 % bound is under the floor."""
    gates: list[Gate] = []
    for rule in rules.segments:
        if rule.column not in table.columns:
            gates.append(Gate(f"segment {rule.column}", None, rule.floor, False, "no such column"))
            continue
        values = table[rule.column].cast(pl.String).fill_null("(null)")
        for segment in sorted(values.unique()):
            rows = (values == segment).to_numpy()
            count = int(rows.sum())
            if count >= rule.min_rows:
                quality = rules.task.segment_quality(scores, labels, rows)
                gates.append(
                    _segment_gate(f"{rule.column}={segment}", quality, count, rules.task, rule.floor)
                )
    return gates


def _segment_gate(segment: str, quality: Quality | None, rows: int, task: Task, floor: float) -> Gate:
    name = f"segment {segment}"
    if quality is None:
        return Gate(name, None, floor, True, f"{rows} rows of one class: nothing to rank")
    upper = float(np.nanquantile(_resampled([quality], rows), _CONFIDENCE))
    return Gate(name, upper, floor, upper >= floor, f"upper 95 % bound of {task.METRIC}, {rows} rows")
