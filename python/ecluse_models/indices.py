"""Checks stored numbers that place values into sparse matrices, which SciPy follows in C without checking.

Sparse matrices themselves need no check: skops trusts none of a file.
"""

# scikit-learn has no public name for what it stores.
# pyright: reportPrivateUsage=false

from typing import Any

import numpy as np
from sklearn.preprocessing import PolynomialFeatures

from ecluse_models.refusals import require

MOST_DEGREES = 10
MOST_COLUMNS = 10_000


def check_vocabulary(owner: Any) -> None:
    """A vectorizer's words: each has a column of the matrix."""
    words = vars(owner).get("vocabulary_", {})
    require(type(words) is dict, owner, "vocabulary_", "it has to be a dict of words and columns")
    inside = all(isinstance(at, int | np.integer) and 0 <= at < len(words) for at in words.values())
    require(inside, owner, "vocabulary_", f"its columns have to be 0 to {len(words) - 1}")


def check_one_hot(owner: Any) -> None:
    """A one-hot encoder: each category has a column of the matrix."""
    if "categories_" not in vars(owner):
        return
    kinds = owner.categories_
    for categories in kinds:
        require(_ordered(categories), owner, "categories_", "numbers have to be in order")
    dropped = owner._drop_idx_after_grouping
    dropped = [None] * len(kinds) if dropped is None else list(dropped)
    widths = [_width(owner, at, drop) for at, drop in enumerate(dropped)]
    same = len(dropped) == len(kinds) and list(owner._n_features_outs) == widths
    require(same, owner, "_n_features_outs", f"by its categories it has to be {widths}")


def _ordered(categories: Any) -> bool:
    """Numbers are looked up by halves, wrongly in a list that is not in order; a missing one is last."""
    if categories.dtype.kind in "OUS":
        return True
    numbers = categories[~np.isnan(categories)]
    return bool(np.array_equal(categories[: len(numbers)], np.sort(numbers)))


def _width(encoder: Any, at: int, dropped: Any) -> int:
    """How many columns the categories of this feature take, after rare ones are joined and one is dropped."""
    width = len(encoder.categories_[at])
    if encoder._infrequent_enabled:
        mapping, rare = encoder._default_to_infrequent_mappings[at], encoder._infrequent_indices[at]
        paired = (mapping is None) == (rare is None)
        require(paired, encoder, "_infrequent_indices", "rare categories need a column")
        if mapping is not None:
            require(np.min(mapping) >= 0, encoder, "_default_to_infrequent_mappings", "columns start at 0")
            width = int(np.max(mapping)) + 1
    if dropped is None:
        return width
    require(0 <= dropped < width, encoder, "_drop_idx_after_grouping", "only a category can be dropped")
    return width - 1


def check_polynomial(owner: Any) -> None:
    """Polynomial features: as many columns as are stored, and few enough for memory."""
    if "_n_out_full" not in vars(owner):
        return
    limit = f"at most {MOST_DEGREES} keeps time and memory bounded; lower degree"
    require(0 <= owner._max_degree <= MOST_DEGREES, owner, "_max_degree", limit)
    limit = f"at most {MOST_COLUMNS} columns keep memory bounded; lower degree or give fewer columns"
    require(0 < owner._n_out_full <= MOST_COLUMNS, owner, "_n_out_full", limit)
    inputs = int(owner.n_features_in_)
    require(0 < inputs <= MOST_COLUMNS, owner, "n_features_in_", limit)
    counted = PolynomialFeatures._num_combinations(
        n_features=inputs,
        min_degree=0,
        max_degree=owner._max_degree,
        interaction_only=owner.interaction_only,
        include_bias=owner.include_bias,
    )
    require(owner._n_out_full == counted, owner, "_n_out_full", f"by its degree it is {counted}")
