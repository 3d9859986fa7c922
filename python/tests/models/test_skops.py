"""Loading skops models: what scores, and every kind of file that is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import skops.io
import yaml
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.svm import LinearSVC

from ecluse_models.formats import load_model
from ecluse_models.model import ModelError
from ecluse_models.skops import refuse
from tests.release.demand import DEMAND, demand, forecaster
from tests.release.training import FEATURES, customers, pipeline

TABLE = customers("2026-01-01")
INPUTS = [
    {"name": "age", "type": "double", "required": True},
    {"name": "balance", "type": "double", "required": False},
    {"name": "products", "type": "long", "required": True},
    {"name": "country", "type": "string", "required": False},
]


def fitted(estimator: Any, columns: list[str]) -> Any:
    return estimator.fit(TABLE.select(columns).to_pandas(), TABLE["churn"].to_numpy())


def stored(folder: Path, estimator: Any, inputs: object = INPUTS, **flavor: str) -> Path:
    """An MLflow model folder as `log_model(serialization_format="skops")` writes it."""
    skops.io.dump(estimator, folder / "model.skops")
    sklearn = {"pickled_model": "model.skops", "serialization_format": "skops", **flavor}
    described = {"flavors": {"sklearn": sklearn}, "signature": {"inputs": json.dumps(inputs)}}
    (folder / "MLmodel").write_text(yaml.safe_dump(described))
    return folder


def test_scores_are_those_of_training(tmp_path: Path) -> None:
    estimator = fitted(pipeline(), FEATURES)
    model = load_model(stored(tmp_path, estimator))
    expected = estimator.predict_proba(TABLE.select(FEATURES).to_pandas())[:, 1]
    assert np.array_equal(model.score(TABLE), expected)
    assert [column.required for column in model.inputs] == [True, False, True, False]
    assert model.kind == "classifier"


def test_a_missing_text_scores_as_in_training(tmp_path: Path) -> None:
    """Who has no country churns here: a model that takes the missing one for unseen would miss them all."""
    rows = TABLE.with_columns(country=pl.when(pl.col("churn") == 0).then(pl.col("country")))
    encoded = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["country"]))
    estimator = make_pipeline(encoded, LogisticRegression()).fit(
        rows.select("country").to_pandas(), rows["churn"].to_numpy()
    )
    scores = load_model(stored(tmp_path, estimator, INPUTS[3:])).score(rows)
    assert np.array_equal(scores, estimator.predict_proba(rows.select("country").to_pandas())[:, 1])
    assert bool((scores[rows["churn"].to_numpy() == 1] > 0.9).all())


def regressor() -> Any:
    """A fitted forecaster."""
    table = demand("2025-01-01")
    return forecaster().fit(table.select(DEMAND.features).to_pandas(), table["demand"].to_numpy())


NUMBERS = [{"name": name, "type": "double", "required": False} for name in DEMAND.features]


def test_a_regressor_scores_the_predicted_number(tmp_path: Path) -> None:
    estimator, table = regressor(), demand("2025-02-01")
    model = load_model(stored(tmp_path, estimator, NUMBERS))
    scores = model.score(table)
    assert np.array_equal(scores, estimator.predict(table.select(DEMAND.features).to_pandas()))
    assert (model.kind, bool((scores > 1000).all())) == ("regressor", True)


def test_a_regressor_of_two_numbers_is_refused(tmp_path: Path) -> None:
    table = demand("2025-01-01")
    estimator = LinearRegression().fit(
        table.select(DEMAND.features).to_pandas(), table.select("demand", "lag_7").to_numpy()
    )
    model = load_model(stored(tmp_path, estimator, NUMBERS))
    with pytest.raises(ModelError, match=r"shape \(1000, 2\) for 1000 rows"):
        model.score(table)


def harmless(values: Any) -> Any:
    return values


@pytest.mark.parametrize(
    ("estimator", "inputs", "flavor", "reason"),
    [
        (
            make_pipeline(FunctionTransformer(harmless), LogisticRegression()),
            INPUTS,
            {},
            "does not trust: .*harmless",
        ),
        (
            make_pipeline(FunctionTransformer(np.load), LogisticRegression()),
            INPUTS,
            {},
            "does not trust: .*load",
        ),
        (LogisticRegression(), INPUTS, {"serialization_format": "pickle"}, "stored as pickle"),
        (LogisticRegression(), INPUTS, {"pickled_model": "../model.skops"}, "which its folder does not hold"),
        (LogisticRegression(), [], {}, "no input signature"),
        (LogisticRegression(), [{"type": "double"}], {}, "not a named column"),
        (LogisticRegression(), [{"name": "a", "type": "binary"}], {}, "not a named column"),
        (KMeans(2), INPUTS, {}, "neither a classifier with probabilities nor a regressor"),
        (LinearSVC(), INPUTS, {}, "neither a classifier with probabilities nor a regressor"),
    ],
)
def test_a_refused_model(tmp_path: Path, estimator: Any, inputs: Any, flavor: Any, reason: str) -> None:
    final = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    fitted(final, ["age", "products"])
    with pytest.raises(ModelError, match=reason):
        load_model(stored(tmp_path, estimator, inputs, **flavor))


def test_no_model_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model of MLflow by its MLmodel: KeyError\(.MLmodel"):
        load_model(tmp_path)
    stored(tmp_path, fitted(LogisticRegression(), ["age"]))
    (tmp_path / "model.skops").write_bytes(b"PK nonsense")
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("left", 4_000_000_000, "child index"),
        ("right", 0, "child index"),
        ("feature_idx", 99, "feature index"),
        ("feature_idx", -1, "feature index"),
    ],
)
def test_a_crafted_boosted_tree_is_refused(tmp_path: Path, field: str, value: int, reason: str) -> None:
    for estimator in (fitted(pipeline(), FEATURES), regressor()):
        estimator.steps[-1][1]._predictors[0][0].nodes[field][0] = value
        with pytest.raises(ModelError, match=reason):
            load_model(stored(tmp_path, estimator))


def test_a_crafted_forest_is_refused() -> None:
    estimator = fitted(RandomForestClassifier(3, random_state=0), ["age", "products"])
    refuse(estimator)
    estimator.estimators_[1].tree_.children_left[0] = 10_000
    with pytest.raises(ModelError, match="child index"):
        refuse(estimator)


def test_a_score_that_is_no_number_is_refused(tmp_path: Path) -> None:
    estimator = fitted(LogisticRegression(), ["age"])
    estimator.coef_[:] = np.nan
    model = load_model(stored(tmp_path, estimator, INPUTS[:1]))
    with pytest.raises(ModelError, match="not a number"):
        model.score(pl.DataFrame({"age": [1.0]}))
