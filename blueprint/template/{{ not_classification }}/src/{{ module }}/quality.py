"""What a regressor predicts, and how good that is; training and the tests of the model share it."""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

Floats = NDArray[np.float64]
PREDICT: Final = "predict"
"""The method that a server calls."""


def predictions(model: Any, inputs: pd.DataFrame) -> Floats:
    """The expected value of the target per row, in its unit."""
    return np.asarray(model.predict(inputs), dtype=np.float64)


def metrics(labels: "pd.Series[Any]", scores: Floats) -> dict[str, float]:
    """Quality on the hold-out: share of the variance explained, errors and bias in the target's unit."""
    return {
        "holdout_r2": float(r2_score(labels, scores)),
        "holdout_mae": float(mean_absolute_error(labels, scores)),
        "holdout_rmse": float(root_mean_squared_error(labels, scores)),
        "holdout_bias": float(np.mean(scores - labels)),
        "holdout_rows": float(len(labels)),
    }
