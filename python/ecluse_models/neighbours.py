"""Checks nearest neighbours: labels and rows that fit each other, since C looks up one by the other."""

# scikit-learn has no public name for what it stores.
# pyright: reportPrivateUsage=false

from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from ecluse_models.refusals import require

_METRICS = ("chebyshev", "cosine", "euclidean", "manhattan", "minkowski")


def check_neighbours(owner: Any) -> None:
    """Nearest neighbours, fitted or not; raises ModelError."""
    if "_fit_X" not in vars(owner):
        return
    rows, labels = owner._fit_X, owner._y
    numbers = type(rows) is np.ndarray and rows.ndim == 2 and rows.dtype.kind == "f"
    require(numbers, owner, "_fit_X", "it has to be a matrix of numbers")
    count, features = rows.shape
    require(owner.n_features_in_ == features, owner, "n_features_in_", f"its rows have {features}")
    require(owner.n_samples_fit_ == count, owner, "n_samples_fit_", f"it stores {count} rows")
    require(0 < owner.n_neighbors <= count, owner, "n_neighbors", f"it stores {count} rows")
    known = owner.effective_metric_ in _METRICS and not set(owner.effective_metric_params_) - {"p"}
    require(known, owner, "effective_metric_", f"use one of {', '.join(_METRICS)}, without weights")
    require(type(labels) is np.ndarray and labels.shape == (count,), owner, "_y", "each row has a label")
    if isinstance(owner, KNeighborsClassifier):
        classes = len(owner.classes_)
        inside = labels.dtype.kind in "iu" and bool(((labels >= 0) & (labels < classes)).all())
        require(inside, owner, "_y", f"its labels have to be 0 to {classes - 1}")
