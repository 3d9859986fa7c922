"""Binary classification, judged by ROC AUC: how well scores rank, and whether they are probabilities."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import root_scalar
from scipy.special import expit, logit
from scipy.stats import rankdata
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse_models.model import Kind
from ecluse_release.gates import Error, Measured, Scores

METRIC: str = "roc_auc"
KIND: Kind = "classifier"
BASELINE: str = "a logistic regression on the numeric columns"
_SURE = 1e-6
"""How near to 0 and 1 a score counts: log odds have no end."""


def labels(values: pl.Series, classes: Sequence[str] = ()) -> Scores:
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


def quality(scores: Scores, labels: Scores, rows: NDArray[np.bool_] | None = None) -> Measured:
    """Area under the ROC curve, row by row, of some of the rows only where they are given.

    A row's number is the area, and how far the row's share of won comparisons with the other class is from
    it: the structural components of DeLong, DeLong and Clarke-Pearson (1988).
    """
    scores, labels = (scores, labels) if rows is None else (scores[rows], labels[rows])
    positive = labels == 1
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return Measured(np.zeros(len(labels)), 0)
    below = rankdata(scores)
    for one in (positive, ~positive):
        below[one] -= rankdata(scores[one])
    won = np.where(positive, below / others, 1 - below / count)
    area = float(won[positive].mean())
    weight = len(labels) / np.where(positive, count, others)
    return Measured(area + (won - area) * weight, min(count, others))


def brier(scores: Scores, labels: Scores) -> Measured:
    """The Brier score: scores are probabilities, not just an order."""
    return Measured((scores - labels) ** 2, _rarer(labels))


def slope(scores: Scores, labels: Scores) -> Measured | None:
    """The slope of a logistic regression of labels on log odds (Cox): under 1, scores are too sure."""
    odds = _log_odds(scores)
    if np.ptp(odds) == 0:
        return None
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(odds[:, None], labels)
    rates = fitted.predict_proba(odds[:, None])[:, 1]
    found, weights = float(fitted.coef_[0, 0]), rates * (1 - rates)
    # What each row adds to the estimate, by the likelihood's second derivative.
    around = odds - float(np.average(odds, weights=weights))
    return Measured(found + around * (labels - rates) / np.mean(weights * around**2), _rarer(labels))


def intercept(scores: Scores, labels: Scores) -> Measured:
    """How much log odds all scores lack: with it their mean is the rate of the labels."""
    odds = _log_odds(scores)

    def missing(shift: float) -> float:
        return float(np.mean(expit(odds + shift) - labels))

    found = float(root_scalar(missing, bracket=(-50, 50)).root)
    rates = expit(odds + found)
    return Measured(found + (labels - rates) / np.mean(rates * (1 - rates)), _rarer(labels))


def _log_odds(scores: Scores) -> Scores:
    return logit(np.clip(scores, _SURE, 1 - _SURE))


def _rarer(labels: Scores) -> int:
    return int(min(labels.sum(), len(labels) - labels.sum()))


_CALIBRATE = "calibrate the model, as by CalibratedClassifierCV"
ERRORS: Mapping[str, Error] = {
    "max_brier": Error("brier", brier, 0, "Brier score on the hold-out", _CALIBRATE),
    "max_slope_error": Error(
        "calibration slope", slope, 1, "distance from 1 of the calibration slope", _CALIBRATE
    ),
    "max_intercept_error": Error(
        "calibration intercept", intercept, 0, "log odds that scores are off on average", _CALIBRATE
    ),
}
