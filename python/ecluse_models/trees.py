"""Checks decision trees inside an estimator: that they end, and stay inside of themselves.

skops proves the type of a tree, not its content: scikit-learn follows child and feature indices without
checking them, so that a crafted file could read outside of the arrays.
https://github.com/scikit-learn/scikit-learn/pull/34558
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecluse_models.model import ModelError

Integers = NDArray[np.int64]


def _within(indices: Integers, limit: int) -> bool:
    return bool(((indices >= 0) & (indices < limit)).all())


def _require_forward(left: Integers, right: Integers, inner: NDArray[np.bool_]) -> None:
    """Children come after their node: every walk ends, and ends inside."""
    own = np.flatnonzero(inner)
    for child in (left[inner], right[inner]):
        if not bool(((child > own) & (child < len(left))).all()):
            raise ModelError("a tree of the model has a child index outside of its nodes")


def check_predictor(tree: Any, features: int) -> None:
    """A tree of histogram boosting over so many features; raises ModelError."""
    nodes = tree.nodes
    inner = nodes["is_leaf"] == 0
    as_integers = {
        name: nodes[name].astype(np.int64) for name in ("left", "right", "feature_idx", "bitset_idx")
    }
    _require_forward(as_integers["left"], as_integers["right"], inner)
    if not len(nodes) or not _within(as_integers["feature_idx"][inner], features):
        raise ModelError("a tree of the model has a feature index outside of its inputs")
    categorical = inner & (nodes["is_categorical"] != 0)
    if not _within(as_integers["bitset_idx"][categorical], len(tree.raw_left_cat_bitsets)):
        raise ModelError("a tree of the model has a category index outside of its bitsets")


def check_tree(tree: Any) -> None:
    """A tree of any other kind; raises ModelError."""
    inner = tree.children_left != -1
    _require_forward(tree.children_left, tree.children_right, inner)
    if not tree.node_count or not _within(tree.feature[inner], tree.n_features):
        raise ModelError("a tree of the model has a feature index outside of its inputs")
