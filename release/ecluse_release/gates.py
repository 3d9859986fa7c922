"""The gates that a model must pass, recomputed by the platform on labelled data kept out of its training."""

import math
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

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


@dataclass(frozen=True)
class SegmentRule:
    """A column whose every value with at least `min_rows` rows must reach `floor`."""

    column: str
    floor: float
    min_rows: int = 200


@dataclass(frozen=True)
class Rules:
    """The bounds of the gates; see settings.py for `ECLUSE_GATES`."""

    floor: float
    baseline_margin: float
    non_inferiority_margin: float
    max_brier: float
    segments: tuple[SegmentRule, ...] = field(default=())


class Ranking:
    """Scores and labels sorted once, so that the AUC of many resamples is cheap."""

    def __init__(self, scores: Scores, labels: Scores) -> None:
        self._order = np.argsort(scores, kind="stable")
        ordered = scores[self._order]
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        self._labels = labels[self._order]

    def auc(self, weights: Scores) -> float:
        """Area under the ROC curve with a weight per row; ties count half; NaN with one class only."""
        weight = weights[self._order]
        positive = np.add.reduceat(weight * self._labels, self._starts)
        negative = np.add.reduceat(weight * (1 - self._labels), self._starts)
        below = np.cumsum(negative) - negative
        pairs = float(positive.sum() * negative.sum())
        return float((positive * (below + negative / 2)).sum()) / pairs if pairs else math.nan


def auc(scores: Scores, labels: Scores) -> float:
    """Area under the ROC curve; NaN with one class only."""
    return Ranking(scores, labels).auc(np.ones_like(labels))


def _resampled(rankings: list[Ranking], rows: int) -> NDArray[np.float64]:
    """AUC of each ranking on the same RESAMPLES draws of rows; shape (RESAMPLES, rankings)."""
    generator = np.random.default_rng(_SEED)
    draws = (
        np.bincount(generator.integers(rows, size=rows), minlength=rows).astype(np.float64)
        for _ in range(RESAMPLES)
    )
    return np.array([[ranking.auc(draw) for ranking in rankings] for draw in draws])


def floor_gate(scores: Scores, labels: Scores, rules: Rules) -> Gate:
    """The AUC reaches the floor."""
    value = auc(scores, labels)
    return Gate("floor", value, rules.floor, value >= rules.floor, "roc_auc on the hold-out")


def calibration_gate(scores: Scores, labels: Scores, rules: Rules) -> Gate:
    """The Brier score is at most the bound: scores are probabilities, not just an order."""
    value = float(np.mean((scores - labels) ** 2))
    return Gate(
        "calibration", value, rules.max_brier, value <= rules.max_brier, "Brier score on the hold-out"
    )


def baseline_gate(scores: Scores, baseline: Scores, labels: Scores, rules: Rules) -> Gate:
    """The AUC is over that of a simple baseline by the margin."""
    value = auc(scores, labels) - auc(baseline, labels)
    reason = "roc_auc over that of a logistic regression on the numeric columns"
    return Gate("baseline", value, rules.baseline_margin, value >= rules.baseline_margin, reason)


def champion_gate(scores: Scores, champion: Scores, labels: Scores, rules: Rules) -> Gate:
    """With 95 % confidence the AUC is not under the champion's by more than the margin (paired bootstrap)."""
    both = _resampled([Ranking(scores, labels), Ranking(champion, labels)], len(labels))
    lower = float(np.quantile(both[:, 0] - both[:, 1], 1 - _CONFIDENCE))
    bound = -rules.non_inferiority_margin
    reason = "lower 95 % bound of roc_auc less the champion's on the same rows"
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
            if int(rows.sum()) >= rule.min_rows:
                gates.append(
                    _segment_gate(f"segment {rule.column}={segment}", scores[rows], labels[rows], rule)
                )
    return gates


def _segment_gate(name: str, scores: Scores, labels: Scores, rule: SegmentRule) -> Gate:
    if labels.min() == labels.max():
        return Gate(name, None, rule.floor, True, f"{len(labels)} rows of one class: nothing to rank")
    drawn = _resampled([Ranking(scores, labels)], len(labels))
    upper = float(np.nanquantile(drawn, _CONFIDENCE))
    return Gate(
        name, upper, rule.floor, upper >= rule.floor, f"upper 95 % bound of roc_auc, {len(labels)} rows"
    )
