"""What data scientists put together of scikit-learn: what loads, and what is refused by which rule."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from mlflow.models import infer_signature
from sklearn.compose import make_column_transformer
from sklearn.ensemble import StackingClassifier, VotingClassifier, VotingRegressor
from sklearn.feature_selection import SelectKBest, f_classif, mutual_info_classif
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, SplineTransformer, StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

from ecluse_models.formats import load_model, save_model
from ecluse_models.model import ModelError
from ecluse_models.skops import refuse

RNG = np.random.default_rng(4)
ROWS = pd.DataFrame({"a": RNG.normal(size=120), "b": RNG.normal(size=120), "c": RNG.choice(["x", "y"], 120)})
LABELS = (ROWS["a"] + RNG.normal(size=120) > 0).astype(int)
BOTH = [("line", LogisticRegression()), ("bayes", GaussianNB())]
LOW: Any = {"threshold": 0.2}
NEAR = KNeighborsClassifier(3, algorithm="brute")
NEAR_AND_LINE = [("near", KNeighborsRegressor(algorithm="brute")), ("line", Ridge())]


def prepared(model: Any) -> Any:
    one_hot = OneHotEncoder(sparse_output=False)
    return make_pipeline(make_column_transformer((one_hot, ["c"]), (StandardScaler(), ["a", "b"])), model)


def own(rows: Any) -> Any:
    return rows


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "model",
    [
        GridSearchCV(prepared(LogisticRegression()), {"logisticregression__C": [0.1, 1]}, scoring="roc_auc"),
        RandomizedSearchCV(prepared(NEAR), {"kneighborsclassifier__n_neighbors": [2, 3]}, n_iter=1),
        prepared(GridSearchCV(LogisticRegression(), {"C": [0.1, 1]})),
        GridSearchCV(prepared(XGBClassifier(n_estimators=3)), {"xgbclassifier__max_depth": [1, 2]}),
        TunedThresholdClassifierCV(prepared(LogisticRegression())),
        prepared(FixedThresholdClassifier(LogisticRegression(), **LOW)),
        prepared(StackingClassifier(BOTH)),
        prepared(VotingClassifier(BOTH, voting="soft")),
        prepared(VotingRegressor(NEAR_AND_LINE)),
        prepared(MLPClassifier((8,), max_iter=20)),
        prepared(MLPRegressor(hidden_layer_sizes=(8,), max_iter=20, solver="sgd")),
        prepared(NEAR),
        prepared(make_pipeline(SelectKBest(f_classif, k=2), LogisticRegression())),
        prepared(make_pipeline(SelectKBest(mutual_info_classif, k=2), LogisticRegression())),
    ],
)
def test_what_is_put_together_scores_as_in_training(tmp_path: Path, model: Any) -> None:
    fitted = model.fit(ROWS, LABELS)
    predict = "predict_proba" if hasattr(fitted, "predict_proba") else "predict"
    save_model(fitted, str(tmp_path / "model"), predict, signature=infer_signature(ROWS))
    expected = getattr(fitted, predict)(ROWS)
    scores = expected[:, 1] if predict == "predict_proba" else expected
    assert np.array_equal(load_model(tmp_path / "model").score(pl.from_pandas(ROWS)), scores)


@pytest.mark.parametrize(
    ("model", "rule"),
    [
        (FunctionTransformer(own), "no function or class may be given, but a few of NumPy's; leave it out"),
        (SVC(), "C follows the indices that it stores without checking them; export the model to ONNX"),
        (SplineTransformer(), "C follows the indices that it stores without checking them"),
        (
            KNeighborsClassifier(algorithm="kd_tree"),
            "of a tree of neighbours; set algorithm='brute'",
        ),
        (GaussianProcessRegressor(), "nobody has checked yet what it stores; export the model to ONNX"),
        (VotingClassifier([("g", GridSearchCV(NEAR, {"n_neighbors": [2]}))]), "let it be the whole model"),
        (GridSearchCV(NEAR, {"n_neighbors": [2]}, refit=False), "set refit=True, and fit it again"),
        (GridSearchCV(make_pipeline(FunctionTransformer(own), NEAR), {}), "no function or class"),
    ],
)
def test_a_refusal_names_the_rule(tmp_path: Path, model: Any, rule: str) -> None:
    numbers = ROWS[["a", "b"]]
    signature = infer_signature(numbers)
    with pytest.raises(ModelError, match=rule):
        save_model(model.fit(numbers, LABELS), str(tmp_path / "model"), "predict", signature=signature)


def test_a_stack_calls_no_other_methods() -> None:
    model: Any = StackingClassifier(BOTH).fit(ROWS[["a", "b"]], LABELS)
    refuse(model)
    model.stack_method_[0] = "fit_transform"
    with pytest.raises(ModelError, match=r"StackingClassifier\(stack_method_=.*each is one of predict_proba"):
        refuse(model)


def changed(**values: Any) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        vars(model).update(values)

    return change


def labelled(model: Any) -> None:
    model._y[0] = 7_000_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (labelled, "its labels have to be 0 to 1"),
        (changed(_y=LABELS.to_numpy()[:5]), "each row has a label"),
        (changed(_y=[0] * 120), "each row has a label"),
        (changed(n_samples_fit_=9_000, n_neighbors=8_000), "it stores 120 rows"),
        (changed(n_neighbors=121), "it stores 120 rows"),
        (changed(n_neighbors=-1), "it stores 120 rows"),
        (changed(n_features_in_=9), "its rows have 2"),
        (changed(_fit_X=np.array([[None, "a"]] * 120)), "a matrix of numbers"),
        (changed(effective_metric_="seuclidean"), "use one of chebyshev"),
        (changed(effective_metric_params_={"w": np.ones(1)}), "without weights"),
        (changed(classes_=np.array([0])), "its labels have to be 0 to 0"),
    ],
)
def test_crafted_neighbours_are_refused(change: Callable[[Any], None], reason: str) -> None:
    model = KNeighborsClassifier(3, algorithm="brute").fit(ROWS[["a", "b"]], LABELS)
    refuse(model)
    change(model)
    with pytest.raises(ModelError, match=reason):
        refuse(model)
