"""Regression, and a forecast as regression on lagged columns, judged by R²: the share of variance explained.

R² because it has no unit and higher is better, so that floor and margins mean the same as for ROC AUC:
0 is what always predicting the mean reaches, 1 is no error at all.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse_models.model import Kind
from ecluse_release.gates import ErrorGate, Gate, Quality, Scores

METRIC: str = "r2"
KIND: Kind = "regressor"
BASELINE: str = "a ridge regression on the numeric columns"


def labels(values: pl.Series) -> Scores:
    """The target as it is; raises ValueError on a text, a null, an infinity, or one value only."""
    found = values.cast(pl.Float64).to_numpy() if values.dtype.is_numeric() else np.array([np.nan])
    if not np.isfinite(found).all() or found.min() == found.max():
        raise ValueError("must hold finite numbers, not all of them the same")
    return found


def baseline_scores(inputs: Scores, labels: Scores, holdout: Scores) -> Scores:
    """Predictions of a ridge regression."""
    estimator = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), Ridge())
    return np.asarray(estimator.fit(inputs, labels).predict(holdout), dtype=np.float64)


def _explained(squares: Scores, variance: float) -> Quality:
    # Of all labels, in every draw and segment: so the difference of two is one of squared errors.
    return lambda weights: 1 - float(weights @ squares / weights.sum()) / variance


def quality(scores: Scores, labels: Scores) -> Quality:
    """R²; in a draw with weights, the squared error of that draw over the variance of all labels."""
    return _explained((scores - labels) ** 2, float(labels.var()))


def segment_quality(scores: Scores, labels: Scores, rows: NDArray[np.bool_]) -> Quality | None:
    """The segment's squared error over the variance of all labels, taken from 1.

    Against the segment's own variance, one whose labels hardly differ would be refused for small errors.
    """
    return _explained((scores - labels)[rows] ** 2, float(labels.var()))


def bias_gate(scores: Scores, labels: Scores, bound: float) -> Gate:
    """The mean error in standard deviations of the labels is at most the bound: sums of predictions hold."""
    value = abs(float(np.mean(scores - labels))) / float(labels.std())
    reason = "mean error in standard deviations of the labels"
    return Gate("bias", value, bound, value <= bound, reason)


ERROR_GATES: Mapping[str, ErrorGate] = {"max_bias": bias_gate}
