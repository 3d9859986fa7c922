"""Several classes, judged by ROC AUC of each class against all others, on average. Each counts the same.

Scores are rows × classes, and labels are numbers of classes, in the order in which the candidate names them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse_models.model import Kind
from ecluse_release import classification
from ecluse_release.gates import Error, Measured, Scores

METRIC: str = "roc_auc_ovr"
KIND: Kind = "multiclass"
BASELINE: str = classification.BASELINE


def labels(values: pl.Series, classes: Sequence[str]) -> Scores:
    """The number of each row's class; raises ValueError on another than the model's, and where one lacks."""
    numbers = {name: number for number, name in enumerate(classes)}
    names = ["(null)" if name is None else name for name in values.cast(pl.String).to_list()]
    unknown, lacking = sorted({*names} - {*classes}), [name for name in classes if name not in {*names}]
    if unknown:
        raise ValueError(f"must hold classes of the model, {', '.join(classes)}, got {unknown[0]!r}")
    if lacking:
        raise ValueError(f"must hold each class of the model, and no row has {lacking[0]!r}")
    return np.array([numbers[name] for name in names], dtype=np.float64)


def aligned(scores: Scores, own: Sequence[str], wanted: Sequence[str]) -> Scores:
    """Probabilities of a model with other classes, by the names wanted: of a class that it has not, 0."""
    known = {name: scores[:, number] for number, name in enumerate(own)}
    return np.column_stack([known.get(name, np.zeros(len(scores))) for name in wanted])


def baseline_scores(inputs: Scores, labels: Scores, holdout: Scores) -> Scores:
    """Probabilities of a logistic regression."""
    imputer = SimpleImputer(strategy="median")
    estimator = make_pipeline(imputer, StandardScaler(), LogisticRegression(max_iter=500))
    return np.asarray(estimator.fit(inputs, labels).predict_proba(holdout), dtype=np.float64)


def quality(scores: Scores, labels: Scores, rows: NDArray[np.bool_] | None = None) -> Measured:
    """The mean area under the ROC curve of each class against all others, of classes that these rows have.

    A row's number is the mean of those that the areas are made of: see `classification.quality`.
    """
    scores, labels = (scores, labels) if rows is None else (scores[rows], labels[rows])
    present = np.unique(labels).astype(np.int64)
    if len(present) < 2:
        return Measured(np.zeros(len(labels)), 0)
    found = [classification.quality(scores[:, number], _is(labels, number)) for number in present]
    values = np.mean([each.values for each in found], axis=0)
    return Measured(values, min(each.counting for each in found))


def brier(scores: Scores, labels: Scores) -> Measured:
    """Half of the squared distance from what happened, over all classes: of two, it is the Brier score."""
    happened = np.eye(scores.shape[1])[labels.astype(np.int64)]
    counts = np.bincount(labels.astype(np.int64), minlength=scores.shape[1])
    return Measured(((scores - happened) ** 2).sum(axis=1) / 2, int(counts.min()))


def slope(scores: Scores, labels: Scores) -> Measured | None:
    """As of two classes, of the event that the predicted class is right, by its own probability."""
    right = _is_right(scores, labels)
    return classification.slope(scores.max(axis=1), right) if np.ptp(right) else _none(right)


def intercept(scores: Scores, labels: Scores) -> Measured:
    """As of two classes, of the same event."""
    right = _is_right(scores, labels)
    return classification.intercept(scores.max(axis=1), right) if np.ptp(right) else _none(right)


def _is(labels: Scores, number: int) -> Scores:
    return (labels == number).astype(np.float64)


def _is_right(scores: Scores, labels: Scores) -> Scores:
    return (scores.argmax(axis=1) == labels).astype(np.float64)


def _none(right: Scores) -> Measured:
    """Where all predictions are right, or none, no row says how sure they may be."""
    return Measured(np.zeros(len(right)), 0)


_CALIBRATE = "calibrate the model, as by CalibratedClassifierCV"
ERRORS: Mapping[str, Error] = {
    "max_brier": Error("brier", brier, 0, "Brier score of all classes on the hold-out", _CALIBRATE),
    "max_slope_error": Error(
        "calibration slope",
        slope,
        1,
        "distance from 1 of the calibration slope of the predicted class",
        _CALIBRATE,
    ),
    "max_intercept_error": Error(
        "calibration intercept",
        intercept,
        0,
        "log odds that probabilities of the predicted class are off on average",
        _CALIBRATE,
    ),
}
