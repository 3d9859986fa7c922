"""Checks decision trees inside an estimator: that they end, and stay inside of themselves and their inputs.

skops proves the type of a tree, not its content: scikit-learn follows child and feature indices without
checking them, so that a crafted file could read outside of the arrays.
https://github.com/scikit-learn/scikit-learn/pull/34558
"""

# scikit-learn has no public name for what it stores.
# pyright: reportPrivateUsage=false

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder
from sklearn.tree import DecisionTreeRegressor
from sklearn.tree._tree import Tree

from ecluse_models.model import ModelError
from ecluse_models.refusals import require

Integers = NDArray[np.int64]

# A bitset of the 256 values that a category may have, as 32-bit words.
_WORDS = 8


def within(indices: Integers, limit: int) -> bool:
    """Whether all are 0 to less than the limit."""
    return bool(((indices >= 0) & (indices < limit)).all())


def require_forward(left: Integers, right: Integers, inner: NDArray[np.bool_]) -> None:
    """Children come after their node: every walk ends, and ends inside. Raises ModelError."""
    own = np.flatnonzero(inner)
    for child in (left[inner], right[inner]):
        if not bool(((child > own) & (child < len(left))).all()):
            raise ModelError("a tree of the model has a child index outside of its nodes")


def _features(owner: Any) -> int:
    """How many columns scikit-learn lets pass: without this number it checks none."""
    given = vars(owner).get("n_features_in_")
    require(isinstance(given, int | np.integer), owner, "n_features_in_", "it has to be a whole number")
    return int(given)


def check_decision_tree(owner: Any) -> None:
    """A decision tree, fitted or not; raises ModelError."""
    if "tree_" not in vars(owner):
        return
    tree, features = owner.tree_, _features(owner)
    require(type(tree) is Tree, owner, "tree_", "it has to be a tree")
    # The tree's own number comes from the file: only the owner's is held against the columns given.
    require(tree.n_features == features, tree, "n_features", f"its owner has n_features_in_={features}")
    for size in ("n_outputs", "max_n_classes"):
        require(getattr(tree, size) >= 1, tree, size, "each node needs a value")
    inner = tree.children_left != -1
    require_forward(tree.children_left, tree.children_right, inner)
    if not tree.node_count or not within(tree.feature[inner], features):
        raise ModelError("a tree of the model has a feature index outside of its inputs")


def check_gradient_boosting(owner: Any) -> None:
    """Gradient boosting, whose trees C walks past their own checks; raises ModelError."""
    if "estimators_" not in vars(owner):
        return
    trees, features = owner.estimators_, _features(owner)
    # C writes a column per tree of a stage into an array that has one, for two classes and for numbers.
    shaped = isinstance(trees, np.ndarray) and trees.ndim == 2 and trees.shape[1] == 1
    require(shaped, owner, "estimators_", "it has to be an array of one tree per stage")
    for tree in trees.ravel().tolist():
        require(
            type(tree) is DecisionTreeRegressor and "tree_" in vars(tree),
            owner,
            "estimators_",
            "all have to be fitted trees",
        )
        require(_features(tree) == features, tree, "n_features_in_", f"its owner has {features}")


def check_boosting(owner: Any) -> None:
    """Histogram boosting, fitted or not; raises ModelError."""
    require("_in_fit" not in vars(owner), owner, "_in_fit", "it skips the check of the columns")
    if "_predictors" not in vars(owner):
        return
    features = _features(owner)
    require(owner._n_features == features, owner, "_n_features", f"it has n_features_in_={features}")
    if owner._preprocessor is not None:
        _check_preprocessor(owner._preprocessor, features)
    _check_bins(owner._bin_mapper, features)
    for tree in [tree for stage in owner._predictors for tree in stage]:
        require(type(tree) is TreePredictor, owner, "_predictors", "all have to be trees")
        _check_predictor(tree, owner._bin_mapper.is_categorical_)


def _check_preprocessor(columns: Any, features: int) -> None:
    """It hands on as many columns as it is given: C reads what it answers, which nothing else counts."""
    kept = [each for each in columns.transformers_ if each[1] != "drop"]
    reason = f"it has to encode or hand on each of {features} columns once"
    honest = (OrdinalEncoder, FunctionTransformer)
    whole = all(type(step) in honest and isinstance(mask, np.ndarray) for _, step, mask in kept)
    require(whole, columns, "transformers_", reason)
    masks = [mask for _, _, mask in kept]
    once = all(mask.dtype == bool and mask.shape == (features,) for mask in masks)
    require(once and bool((np.sum(masks, axis=0) == 1).all()), columns, "transformers_", reason)
    # Of a data frame it takes these instead of the masks.
    taken = sorted(index for name, _, _ in kept for index in columns._transformer_to_input_indices[name])
    require(taken == list(range(features)), columns, "_transformer_to_input_indices", reason)


def _check_bins(bins: Any, features: int) -> None:
    """C looks up each feature's categories here."""
    require(type(bins) is _BinMapper, bins, "bin_thresholds_", "histogram boosting needs its bins")
    shape = np.shape(bins.is_categorical_)
    require(shape == (features,), bins, "is_categorical_", f"it has to be of {features} features")
    count = len(bins.bin_thresholds_)
    require(count == features, bins, "bin_thresholds_", f"it has to be of {features} features")
    bitsets, _ = bins.make_known_categories_bitsets()
    agree = len(bitsets) == np.count_nonzero(bins.is_categorical_)
    require(agree, bins, "is_categorical_", "each categorical feature needs its categories")


def _check_predictor(tree: Any, is_categorical: NDArray[np.uint8]) -> None:
    """A tree of histogram boosting, over features of which these have categories."""
    honest = {"nodes", "binned_left_cat_bitsets", "raw_left_cat_bitsets"}
    require(vars(tree).keys() == honest, tree, "__dict__", f"it stores {', '.join(sorted(honest))}")
    nodes = tree.nodes
    inner = nodes["is_leaf"] == 0
    as_integers = {
        name: nodes[name].astype(np.int64) for name in ("left", "right", "feature_idx", "bitset_idx")
    }
    require_forward(as_integers["left"], as_integers["right"], inner)
    if not len(nodes) or not within(as_integers["feature_idx"][inner], len(is_categorical)):
        raise ModelError("a tree of the model has a feature index outside of its inputs")
    categorical = inner & (nodes["is_categorical"] != 0)
    if not within(as_integers["bitset_idx"][categorical], len(tree.raw_left_cat_bitsets)):
        raise ModelError("a tree of the model has a category index outside of its bitsets")
    # A feature without categories has no bitset: C would read that of another, or of none.
    known = is_categorical[as_integers["feature_idx"][categorical]]
    require(known.all(), tree, "nodes", "it splits a number by categories")
    words = np.shape(tree.raw_left_cat_bitsets)[1:]
    require(words == (_WORDS,), tree, "raw_left_cat_bitsets", f"a bitset has {_WORDS} words")
