"""Regression, and a forecast as regression on lagged columns, judged by R²: the share of variance explained.

R² because it has no unit and higher is better, so that floor and margins mean the same as for ROC AUC:
0 is what always predicting the mean reaches, 1 is no error at all.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse_models.model import Kind
from ecluse_release.gates import Error, Measured, Scores

METRIC: str = "r2"
KIND: Kind = "regressor"
BASELINE: str = "a ridge regression on the numeric columns"


def labels(values: pl.Series, classes: Sequence[str] = ()) -> Scores:
    """The target as it is; raises ValueError on a text, a null, an infinity, or one value only."""
    found = values.cast(pl.Float64).to_numpy() if values.dtype.is_numeric() else np.array([np.nan])
    if not np.isfinite(found).all() or found.min() == found.max():
        raise ValueError("must hold finite numbers, not all of them the same")
    return found


def baseline_scores(inputs: Scores, labels: Scores, holdout: Scores) -> Scores:
    """Predictions of a ridge regression."""
    estimator = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), Ridge())
    return np.asarray(estimator.fit(inputs, labels).predict(holdout), dtype=np.float64)


def quality(scores: Scores, labels: Scores, rows: NDArray[np.bool_] | None = None) -> Measured:
    """R², row by row: 1 less the squared error over the variance of all labels, in some of the rows too.

    Against a segment's own variance, one whose labels hardly differ would be refused for small errors.
    """
    values = 1 - (scores - labels) ** 2 / float(labels.var())
    values = values if rows is None else values[rows]
    return Measured(values, len(values))


def bias(scores: Scores, labels: Scores) -> Measured:
    """The mean error in standard deviations of the labels: sums of predictions hold."""
    return Measured((scores - labels) / float(labels.std()), len(labels))


_BIAS = Error(
    "bias", bias, 0, "mean error, in standard deviations of the labels", "look for a drift in the target"
)
ERRORS: Mapping[str, Error] = {"max_bias": _BIAS}
