"""What a classifier predicts, and how good that is; training and the tests of the model share it."""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

Floats = NDArray[np.float64]
PREDICT: Final = "predict_proba"
"""The method that a server calls."""


def predictions(model: Any, inputs: pd.DataFrame) -> Floats:
    """The probability, 0 to 1, that it happens, per row."""
    return np.asarray(model.predict_proba(inputs)[:, 1], dtype=np.float64)


def metrics(labels: "pd.Series[Any]", scores: Floats) -> dict[str, float]:
    """Quality on the hold-out: ranking, calibration and loss."""
    return {
        "holdout_roc_auc": float(roc_auc_score(labels, scores)),
        "holdout_brier": float(brier_score_loss(labels, scores)),
        "holdout_log_loss": float(log_loss(labels, scores)),
        "holdout_rows": float(len(labels)),
    }
