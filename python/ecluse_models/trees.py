"""Checks the decision trees inside a loaded estimator.

skops proves the type of a tree, not its content: scikit-learn follows child and feature indices without
checking them, so that a crafted file could read outside of the arrays. https://github.com/scikit-learn/scikit-learn/pull/34558
"""

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.tree._tree import Tree

Integers = NDArray[np.int64]


class TreeError(Exception):
    """A tree whose nodes point outside of it."""


def _parts(value: object) -> Iterator[object]:
    """What an estimator, a container or an array of objects holds directly."""
    if isinstance(value, dict):
        yield from cast(dict[object, object], value).values()
    elif isinstance(value, list | tuple | set):
        yield from cast(list[object], value)
    elif isinstance(value, np.ndarray):
        if value.dtype == object:
            yield from cast(list[object], value.ravel().tolist())
    elif isinstance(value, BaseEstimator) or type(value).__module__.startswith("sklearn."):
        yield from cast(dict[str, object], getattr(value, "__dict__", {})).values()


def _within(indices: Integers, limit: int) -> bool:
    return bool(((indices >= 0) & (indices < limit)).all())


def _require_forward(left: Integers, right: Integers, inner: NDArray[np.bool_]) -> None:
    """Children come after their node: every walk ends, and ends inside."""
    own = np.flatnonzero(inner)
    for child in (left[inner], right[inner]):
        if not bool(((child > own) & (child < len(left))).all()):
            raise TreeError("a tree of the model has a child index outside of its nodes")


def _check_predictor(tree: Any, features: int) -> None:
    nodes = tree.nodes
    inner = nodes["is_leaf"] == 0
    as_integers = {
        name: nodes[name].astype(np.int64) for name in ("left", "right", "feature_idx", "bitset_idx")
    }
    _require_forward(as_integers["left"], as_integers["right"], inner)
    if not len(nodes) or not _within(as_integers["feature_idx"][inner], features):
        raise TreeError("a tree of the model has a feature index outside of its inputs")
    categorical = inner & (nodes["is_categorical"] != 0)
    if not _within(as_integers["bitset_idx"][categorical], len(tree.raw_left_cat_bitsets)):
        raise TreeError("a tree of the model has a category index outside of its bitsets")


def _check_tree(tree: Any) -> None:
    inner = tree.children_left != -1
    _require_forward(tree.children_left, tree.children_right, inner)
    if not tree.node_count or not _within(tree.feature[inner], tree.n_features):
        raise TreeError("a tree of the model has a feature index outside of its inputs")


def check_trees(estimator: object) -> None:
    """Walks everything that an estimator holds; raises TreeError on a tree that points outside of itself."""
    seen: set[int] = set()
    # What is still to see, each with the number of features of the nearest estimator around it.
    waiting: list[tuple[object, int]] = [(estimator, 0)]
    while waiting:
        value, features = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, TreePredictor):
            _check_predictor(value, features)
        elif isinstance(value, Tree):
            _check_tree(value)
        else:
            features = int(getattr(value, "_n_features", 0) or features)
            waiting.extend((part, features) for part in _parts(value))
