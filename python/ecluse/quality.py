"""What a model predicts that gives one number, how good that is, and what chance alone would give."""

from math import log, sqrt
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from ecluse_core.answer import SCORE
from ecluse_models.model import Kind

Floats = NDArray[np.float64]
Z: Final = 2.576
"""Two-sided 99 %."""


class _OneNumber:
    """A model that gives one number per row, for a target that is one itself."""

    def targets(self, labels: "pd.Series[Any]") -> "pd.Series[Any]":
        """The target as it is."""
        return labels

    def columns(self, scores: Floats) -> dict[str, Any]:
        """The answer by its column, as the model server logs it."""
        return {SCORE: scores}

    def scores_of(self, scored: pd.DataFrame) -> Any:
        """The prediction of each row, of such columns."""
        return scored[SCORE]


class Classification(_OneNumber):
    """A probability, 0 to 1, that it happens."""

    predict = "predict_proba"
    measure = "ROC AUC"
    kind: Kind = "classifier"

    def predictions(self, model: Any, inputs: pd.DataFrame) -> Floats:
        """The probability of each row."""
        return np.asarray(model.predict_proba(inputs)[:, 1], dtype=np.float64)

    def metrics(self, labels: "pd.Series[Any]", scores: Floats) -> dict[str, float]:
        """Ranking, calibration and loss."""
        return {
            "holdout_roc_auc": float(roc_auc_score(labels, scores)),
            "holdout_brier": float(brier_score_loss(labels, scores)),
            "holdout_log_loss": float(log_loss(labels, scores)),
            "holdout_rows": float(len(labels)),
        }

    def quality(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """The area under the ROC curve."""
        return float(roc_auc_score(labels, scores))

    def upper_bound(self, labels: "pd.Series[Any]", scores: "pd.Series[float]") -> float:
        """By the standard error of Hanley and McNeil; without both classes nothing is known."""
        positive = int(labels.sum())
        negative = len(labels) - positive
        if not positive or not negative:
            return 1.0
        area = float(roc_auc_score(labels, scores))
        q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
        spread = area * (1 - area) + (positive - 1) * (q1 - area**2) + (negative - 1) * (q2 - area**2)
        return area + Z * sqrt(spread / (positive * negative))

    def event(
        self, labels: "pd.Series[Any]", scores: "pd.Series[float]"
    ) -> "tuple[pd.Series[Any], pd.Series[float]]":
        """What is held to its probability: that it happens."""
        return labels, scores

    def loss_to_rate(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """Log loss over that of always predicting the overall rate."""
        return float(log_loss(labels, scores)) / log_loss_of_rate(labels)


class Regression(_OneNumber):
    """The expected amount, in the target's unit."""

    predict = "predict"
    measure = "R²"
    kind: Kind = "regressor"

    def predictions(self, model: Any, inputs: pd.DataFrame) -> Floats:
        """The expected amount of each row."""
        return np.asarray(model.predict(inputs), dtype=np.float64)

    def metrics(self, labels: "pd.Series[Any]", scores: Floats) -> dict[str, float]:
        """Share of the variance explained; errors and bias in the target's unit."""
        return {
            "holdout_r2": float(r2_score(labels, scores)),
            "holdout_mae": float(mean_absolute_error(labels, scores)),
            "holdout_rmse": float(root_mean_squared_error(labels, scores)),
            "holdout_bias": float(np.mean(scores - labels)),
            "holdout_rows": float(len(labels)),
        }

    def quality(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """The share of the variance that is explained."""
        return float(r2_score(labels, scores))

    def upper_bound(self, labels: "pd.Series[Any]", scores: "pd.Series[float]") -> float:
        """By resampling the rows 200 times."""
        rng = np.random.default_rng(7)
        found = [values.to_numpy(dtype=np.float64) for values in (labels, scores)]
        drawn = rng.integers(len(labels), size=(200, len(labels)))
        return float(np.quantile([r2_score(found[0][at], found[1][at]) for at in drawn], 0.99))


def calibration_error(labels: "pd.Series[Any]", scores: "pd.Series[float]") -> tuple[float, float]:
    """Expected calibration error over ten equally filled bins, and what chance alone gives at most."""
    groups = pd.qcut(scores.rank(method="first"), 10, labels=False)
    error = chance = 0.0
    for _, group in pd.DataFrame({"label": labels, "score": scores}).groupby(groups):
        weight, rate = len(group) / len(labels), float(group["score"].mean())
        error += weight * abs(float(group["label"].mean()) - rate)
        chance += weight * Z * sqrt(rate * (1 - rate) / len(group))
    return error, chance


def bias(labels: "pd.Series[Any]", scores: "pd.Series[float]") -> tuple[float, float]:
    """How far the mean prediction is off the mean target, and what chance alone gives at most."""
    errors = (scores - labels).to_numpy(dtype=np.float64)
    return abs(float(errors.mean())), Z * float(errors.std()) / len(errors) ** 0.5


def log_loss_of_rate(labels: "pd.Series[Any]") -> float:
    """Log loss of always predicting the overall rate: every model must beat it."""
    rate = float(np.mean(labels))
    return -(rate * log(rate) + (1 - rate) * log(1 - rate))
