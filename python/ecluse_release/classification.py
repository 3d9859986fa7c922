"""Binary classification, judged by ROC AUC: how well scores rank, and whether they are probabilities."""

import math
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse_models.model import Kind
from ecluse_release.gates import ErrorGate, Gate, Quality, Scores

METRIC: str = "roc_auc"
KIND: Kind = "classifier"
BASELINE: str = "a logistic regression on the numeric columns"


class Ranking:
    """Scores and labels sorted once, so that the AUC of many resamples is cheap."""

    def __init__(self, scores: Scores, labels: Scores) -> None:
        self._order = np.argsort(scores, kind="stable")
        ordered = scores[self._order]
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        self._labels = labels[self._order]

    def __call__(self, weights: Scores, /) -> float:
        """Area under the ROC curve with a weight per row; ties count half; NaN with one class only."""
        weight = weights[self._order]
        positive = np.add.reduceat(weight * self._labels, self._starts)
        negative = np.add.reduceat(weight * (1 - self._labels), self._starts)
        below = np.cumsum(negative) - negative
        pairs = float(positive.sum() * negative.sum())
        return float((positive * (below + negative / 2)).sum()) / pairs if pairs else math.nan


def labels(values: pl.Series) -> Scores:
    """The target as 0 and 1; raises ValueError on anything else, a null, or a single class."""
    found = values.cast(pl.Float64, strict=False).to_numpy()
    if set(np.unique(found)) != {0.0, 1.0}:
        raise ValueError("must hold 0 and 1, both and nothing else")
    return found


def baseline_scores(inputs: Scores, labels: Scores, holdout: Scores) -> Scores:
    """Probabilities of a logistic regression."""
    imputer = SimpleImputer(strategy="median")
    estimator = make_pipeline(imputer, StandardScaler(), LogisticRegression(max_iter=500))
    probabilities = estimator.fit(inputs, labels).predict_proba(holdout)
    return np.asarray(probabilities[:, 1], dtype=np.float64)


def quality(scores: Scores, labels: Scores) -> Quality:
    """Area under the ROC curve."""
    return Ranking(scores, labels)


def segment_quality(scores: Scores, labels: Scores, rows: NDArray[np.bool_]) -> Quality | None:
    """Area under the ROC curve within the segment; None for one class only."""
    own = labels[rows]
    return None if own.min() == own.max() else Ranking(scores[rows], own)


def calibration_gate(scores: Scores, labels: Scores, bound: float) -> Gate:
    """The Brier score is at most the bound: scores are probabilities, not just an order."""
    value = float(np.mean((scores - labels) ** 2))
    return Gate("calibration", value, bound, value <= bound, "Brier score on the hold-out")


ERROR_GATES: Mapping[str, ErrorGate] = {"max_brier": calibration_gate}
