"""The model: one-hot categories and gradient boosted trees, of scikit-learn's own types only.

No function or class of this package is inside, so that skops stores it and a server loads it without
running code of the use case. Nor do the trees get `categorical_features`: they wrap a `functools.partial`.
"""

from typing import Any, Final

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from .features import CONTRACT

PARAMETERS: Final[dict[str, Any]] = {
    "learning_rate": 0.05,
    "max_iter": 150,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "random_state": 7,
}
"""What training logs with the run."""


def build_model() -> Pipeline:
    """An unfitted pipeline: nulls reach the trees, an unseen category is all zeros."""
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encode = ColumnTransformer([("categories", one_hot, list(CONTRACT.categorical))], remainder="passthrough")
    return Pipeline([("encode", encode), ("trees", HistGradientBoostingClassifier(**PARAMETERS))])
