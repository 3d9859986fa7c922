"""Confidence bounds and calibration: a small sample must not fail, or pass, by luck."""

from math import log, sqrt

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from bank_churn.features import TARGET

Z = 2.576
"""Two-sided 99 %."""


def auc_upper_bound(rows: pd.DataFrame) -> float:
    """The highest AUC that rows of both classes allow at 99 % (standard error of Hanley and McNeil)."""
    area = float(roc_auc_score(rows[TARGET], rows["score"]))
    positive = int(rows[TARGET].sum())
    negative = len(rows) - positive
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (positive - 1) * (q1 - area**2) + (negative - 1) * (q2 - area**2)
    return area + Z * sqrt(spread / (positive * negative))


def calibration_error(rows: pd.DataFrame, bins: int = 10) -> tuple[float, float]:
    """Expected calibration error over equally filled bins, and what chance alone gives at most."""
    groups = pd.qcut(rows["score"].rank(method="first"), bins, labels=False)
    error = chance = 0.0
    for _, group in rows.groupby(groups):
        weight, rate = len(group) / len(rows), float(group["score"].mean())
        error += weight * abs(float(group[TARGET].mean()) - rate)
        chance += weight * Z * sqrt(rate * (1 - rate) / len(group))
    return error, chance


def log_loss_of_rate(labels: "pd.Series[int]") -> float:
    """Log loss of always predicting the overall rate: what any model must beat."""
    rate = float(np.mean(labels))
    return -(rate * log(rate) + (1 - rate) * log(1 - rate))
