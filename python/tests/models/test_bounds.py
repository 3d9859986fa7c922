"""Models of listed types whose stored numbers lead C, time or memory out of bounds are refused."""

# pyright: reportArgumentType=false, reportPrivateUsage=false

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import NMF
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.tree._tree import Tree
from sklearn.utils.validation import check_array

from ecluse_models.model import ModelError
from ecluse_models.skops import TRUSTED_TYPES, refuse

RNG = np.random.default_rng(2)
ROWS = pd.DataFrame(RNG.uniform(0, 5, (80, 3)).round(), columns=["a", "b", "c"])
LABELS = (ROWS["a"] > 2).astype(int).to_numpy()
TEXTS = ["win a prize", "minutes of it"] * 3
FAR = 50_000_000


def stored(model: Any) -> Any:
    """As skops brings it back."""
    return skops.io.loads(skops.io.dumps(model), trusted=list(TRUSTED_TYPES))


def boosting(categories: Any = None) -> Any:
    return HistGradientBoostingClassifier(max_iter=2, categorical_features=categories).fit(ROWS, LABELS)


def wide_boosting() -> Any:
    model = boosting()
    model._n_features = 10**9
    for (tree,) in model._predictors:
        tree.nodes["feature_idx"][tree.nodes["is_leaf"] == 0] = FAR
    return model


def cut_categories() -> Any:
    model = boosting([0])
    model._bin_mapper.is_categorical_ = model._bin_mapper.is_categorical_[:0]
    model._bin_mapper.bin_thresholds_ = model._bin_mapper.bin_thresholds_[:0]
    return model


def forgotten_category() -> Any:
    model = boosting([0])
    model._bin_mapper.is_categorical_[0] = 0
    return model


def short_bitsets() -> Any:
    model = boosting([0])
    for (tree,) in model._predictors:
        tree.raw_left_cat_bitsets = np.ascontiguousarray(tree.raw_left_cat_bitsets[:, :1])
    return model


def narrow_preprocessor() -> Any:
    model = boosting([0])
    name, encoder, mask = model._preprocessor.transformers_[1]
    model._preprocessor.transformers_[1] = (name, encoder, mask & False)
    return model


def narrow_frame() -> Any:
    model = boosting([0])
    model._preprocessor._transformer_to_input_indices["numerical"] = []
    return model


def binned() -> Any:
    model = boosting()
    model._in_fit = True
    return model


def unchecked_boosting() -> Any:
    model = boosting()
    del model.n_features_in_
    return model


def wide(tree: Any, features: int = 10**9) -> None:
    """A tree that says it has more features, and reads one of them."""
    state = tree.tree_.__getstate__()
    state["nodes"]["feature"][state["nodes"]["left_child"] != -1] = FAR
    tree.tree_ = Tree(features, tree.tree_.n_classes, 1)
    tree.tree_.__setstate__(state)


def wide_tree() -> Any:
    model = DecisionTreeClassifier(max_depth=2).fit(ROWS, LABELS)
    wide(model)
    return model


def wide_inside(ensemble: Any) -> Any:
    model = ensemble.fit(ROWS, LABELS)
    wide(np.ravel(model.estimators_)[-1])
    return model


def wide_stage() -> Any:
    """Its last tree agrees with itself: only the first one's inputs are checked."""
    model = GradientBoostingClassifier(n_estimators=2).fit(ROWS, LABELS)
    wide(model.estimators_[1, 0])
    model.estimators_[1, 0].n_features_in_ = 10**9
    return model


def many_stages() -> Any:
    model = GradientBoostingClassifier(n_estimators=2).fit(ROWS, LABELS)
    model.estimators_ = np.repeat(model.estimators_, 50, axis=1)
    return model


def tree_as_step() -> Any:
    tree = DecisionTreeClassifier(max_depth=2).fit(ROWS, LABELS)
    return make_pipeline(StandardScaler(), tree.tree_)


def no_method() -> Any:
    model: Any = DecisionTreeClassifier(max_depth=2).fit(ROWS, LABELS)
    model._validate_X_predict = partial(check_array, dtype=np.float32)
    return model


def shared_tree() -> Any:
    """One tree of two owners: the second has fewer columns than it reads."""
    model = BaggingClassifier(DecisionTreeClassifier(), n_estimators=2).fit(ROWS, LABELS)
    for estimator in model.estimators_:
        estimator.tree_ = model.estimators_[0].tree_
    model.estimators_[1].n_features_in_ = 1
    return model


def far_word() -> Any:
    model: Any = make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, [0, 1] * 3)
    model[0].vocabulary_["win"] = 10**9
    return model


def hidden_columns() -> Any:
    model = OneHotEncoder(sparse_output=False).fit(ROWS)
    model._n_features_outs = [1, 1, 1]
    return model


def unsorted_categories() -> Any:
    model = OneHotEncoder(sparse_output=False).fit(ROWS)
    model.categories_[0] = model.categories_[0][::-1]
    return model


def wide_polynomial() -> Any:
    model = PolynomialFeatures(2).fit(ROWS)
    model._n_out_full = 10**13
    return model


CRAFTED: list[tuple[Callable[[], Any], str]] = [
    (wide_boosting, r"HistGradientBoostingClassifier\(_n_features=1000000000\).*n_features_in_=3"),
    (cut_categories, r"_BinMapper\(is_categorical_=array\(\[\].*of 3 features.*fit the model again"),
    (forgotten_category, r"TreePredictor\(nodes=.*splits a number by categories"),
    (short_bitsets, r"TreePredictor\(raw_left_cat_bitsets=.*8 words"),
    (narrow_preprocessor, r"ColumnTransformer\(transformers_=.*each of 3 columns once"),
    (narrow_frame, r"ColumnTransformer\(_transformer_to_input_indices=.*each of 3 columns once"),
    (binned, r"HistGradientBoostingClassifier\(_in_fit=True\)"),
    (unchecked_boosting, r"HistGradientBoostingClassifier\(n_features_in_=None\).*whole number"),
    (wide_tree, r"Tree\(n_features=1000000000\).*n_features_in_=3"),
    (partial(wide_inside, RandomForestRegressor(3)), r"Tree\(n_features=1000000000\)"),
    (partial(wide_inside, AdaBoostClassifier(n_estimators=3)), r"Tree\(n_features=1000000000\)"),
    (partial(wide_inside, BaggingClassifier(DecisionTreeClassifier())), r"Tree\(n_features=1000000000\)"),
    (wide_stage, r"DecisionTreeRegressor\(n_features_in_=1000000000\).*owner has 3"),
    (many_stages, r"GradientBoostingClassifier\(estimators_=.*one tree per stage"),
    (tree_as_step, r"Pipeline\(steps=<sklearn.tree._tree.Tree.*its place is tree_ of Decision"),
    (no_method, r"DecisionTreeClassifier\(_validate_X_predict=.*place of a method"),
    (shared_tree, r"Tree\(n_features=3\).*n_features_in_=1"),
    (far_word, r"CountVectorizer\(vocabulary_=.*columns have to be 0 to 4"),
    (hidden_columns, r"OneHotEncoder\(_n_features_outs=\[1, 1, 1\]\).*by its categories it has to be \[6, "),
    (unsorted_categories, r"OneHotEncoder\(categories_=.*in order"),
    (wide_polynomial, r"PolynomialFeatures\(_n_out_full=10000000000000\).*at most 10000 columns"),
]


@pytest.mark.parametrize(("craft", "reason"), CRAFTED)
def test_numbers_out_of_bounds_are_refused(craft: Callable[[], Any], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        refuse(stored(craft()))


EXPRESSION = "(a|aa)+$"


@pytest.mark.parametrize(
    ("estimator", "reason"),
    [
        (CountVectorizer(token_pattern=EXPRESSION), r"CountVectorizer\(token_pattern='.*\).*leave token_pat"),
        (TfidfVectorizer(token_pattern=EXPRESSION), r"TfidfVectorizer\(token_pattern='.*\).*leave token_pat"),
        (TfidfVectorizer(ngram_range=(1, 99)), r"TfidfVectorizer\(ngram_range=\(1, 99\)\).*at most 10"),
        (
            HashingVectorizer(n_features=2**31 - 1),
            r"HashingVectorizer\(n_features=2147483647\).*at most 1048",
        ),
        (PolynomialFeatures(99).fit(ROWS[["a"]]), r"PolynomialFeatures\(_max_degree=99\).*at most 10"),
        (
            PolynomialFeatures(9).fit(np.ones((1, 9))),
            r"PolynomialFeatures\(_n_out_full=48620\).*at most 10000",
        ),
        (NMF(max_iter=10**9), r"NMF\(max_iter=1000000000\).*at most 1000"),
        (ColumnTransformer([], n_jobs=12), r"ColumnTransformer\(n_jobs=12\).*set n_jobs=None"),
        (RandomForestRegressor(n_jobs=-1), r"RandomForestRegressor\(n_jobs=-1\).*set n_jobs=None"),
    ],
)
def test_time_and_memory_without_bound_are_refused(estimator: Any, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        refuse(estimator)


@pytest.mark.parametrize(
    "estimator",
    [
        boosting([0, 1, 2]),
        boosting(["a", "c"]),
        BaggingClassifier(DecisionTreeClassifier(), max_features=0.5).fit(ROWS, LABELS),
        BaggingClassifier(boosting([0]), n_estimators=2, n_jobs=1).fit(ROWS, LABELS),
        GradientBoostingClassifier(n_estimators=2, init=LogisticRegression()).fit(ROWS, LABELS),
        RandomForestRegressor(3).fit(ROWS, ROWS),
        OneHotEncoder(min_frequency=20, handle_unknown="infrequent_if_exist").fit(ROWS),
        OneHotEncoder(max_categories=3, drop="first").fit(ROWS),
        OneHotEncoder(drop="if_binary").fit(ROWS.assign(a=LABELS)),
        OneHotEncoder().fit(ROWS.assign(a=np.where(LABELS, np.nan, 1.0), b="text")),
        OneHotEncoder(categories=[[1, 2, None], ["b"]], handle_unknown="ignore").fit([[1, "b"], [None, "b"]]),
        KBinsDiscretizer(3).fit(ROWS),
        NMF(2, max_iter=1000),
        LogisticRegression(max_iter=100_000),
        PolynomialFeatures((2, 3), interaction_only=True, include_bias=False).fit(ROWS),
        CountVectorizer(vocabulary={"a": 0, "b": 1}, token_pattern=None, analyzer="char").fit(TEXTS),
        LogisticRegression().fit(sparse.csr_matrix(ROWS), LABELS),
    ],
)
def test_honest_numbers_pass(estimator: Any) -> None:
    refuse(stored(estimator))
