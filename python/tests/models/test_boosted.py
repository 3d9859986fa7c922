"""Models of XGBoost and LightGBM: what scores as in training, and every kind of file that is refused."""

# pyright: reportUnknownLambdaType=false

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml
from lightgbm import LGBMClassifier, LGBMRegressor, early_stopping
from mlflow import lightgbm as mlflow_lightgbm
from mlflow import xgboost as mlflow_xgboost
from mlflow.models import infer_signature
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from xgboost import DMatrix, XGBClassifier, XGBRegressor, XGBRFRegressor, train

from ecluse_models import prepared
from ecluse_models.confined import confined_model
from ecluse_models.formats import load_model, save_model
from ecluse_models.model import ModelError

RNG = np.random.default_rng(5)
ROWS = pd.DataFrame({"a": RNG.normal(size=300), "b": RNG.normal(size=300), "c": RNG.choice(["x", "y"], 300)})
ROWS.loc[::5, "b"] = np.nan
ROWS.loc[::7, "c"] = None
HAPPENS = ((ROWS["a"] + ROWS["b"].fillna(1) > 0) | ROWS["c"].isna()).astype(int)
AMOUNTS = 5 + 3 * HAPPENS + ROWS["a"].abs()
# Most of a sparse matrix is left out, which XGBoost takes as missing.
ENCODE = make_column_transformer((OneHotEncoder(), ["c"]), remainder="passthrough", sparse_threshold=1)
FEW: dict[str, Any] = {"n_estimators": 8, "max_depth": 3}
QUIET: dict[str, Any] = {**FEW, "verbose": -1}
BAGGED: dict[str, Any] = {"bagging_freq": 1, "bagging_fraction": 0.5}


def fitted(model: Any, encode: Any = ENCODE) -> tuple[Any, pd.DataFrame, str]:
    """A fitted model, its rows, and how it scores; without an encoding, on numbers alone."""
    rows = ROWS if encode is not None else ROWS[["a", "b"]]
    predict = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    whole = make_pipeline(encode, model) if encode is not None else model
    return whole.fit(rows, HAPPENS if predict == "predict_proba" else AMOUNTS), rows, predict


def stored(folder: Path, model: Any, rows: pd.DataFrame, predict: str) -> Path:
    save_model(
        model, str(folder / "model"), predict, signature=infer_signature(rows), input_example=rows.head(3)
    )
    return folder / "model"


def expected(model: Any, rows: pd.DataFrame, predict: str) -> Any:
    answer = getattr(model, predict)(rows)
    return answer[:, 1] if predict == "predict_proba" else answer


def squared(labels: Any, scores: Any) -> Any:
    """A loss of one's own: gradient and second derivative."""
    return scores - labels, np.ones(len(labels))


def early(model: Any) -> Any:
    """Stopped long before its last round."""
    numbers, noise = ROWS[["a", "b"]], RNG.permutation(HAPPENS.to_numpy())
    if isinstance(model, XGBClassifier):
        return model.set_params(early_stopping_rounds=3).fit(numbers, HAPPENS, eval_set=[(numbers, noise)])
    return model.fit(
        numbers, HAPPENS, eval_set=[(numbers, noise)], callbacks=[early_stopping(3, verbose=False)]
    )


@pytest.mark.parametrize("encode", [ENCODE, None])
@pytest.mark.parametrize(
    ("model", "name", "kind"),
    [
        (XGBClassifier(**FEW), "xgboost-json", "classifier"),
        (XGBRegressor(gamma=2, **FEW), "xgboost-json", "regressor"),
        (XGBRegressor(objective="reg:quantileerror", quantile_alpha=0.3, **FEW), "xgboost-json", "regressor"),
        (XGBRegressor(objective="count:poisson", **FEW), "xgboost-json", "regressor"),
        (XGBRFRegressor(**FEW), "xgboost-json", "regressor"),
        (LGBMClassifier(**QUIET), "lightgbm-text", "classifier"),
        (LGBMRegressor(objective="tweedie", **QUIET), "lightgbm-text", "regressor"),
        (LGBMRegressor(boosting_type="rf", **BAGGED, **QUIET), "lightgbm-text", "regressor"),
    ],
)  # fmt: skip
def test_scores_are_those_of_training(tmp_path: Path, model: Any, name: str, kind: str, encode: Any) -> None:
    whole, rows, predict = fitted(model, encode)
    loaded = load_model(stored(tmp_path, whole, rows, predict))
    assert (loaded.format, loaded.kind) == (name, kind)
    assert np.array_equal(loaded.score(pl.from_pandas(rows)), expected(whole, rows, predict))


@pytest.mark.parametrize("model", [XGBClassifier(), LGBMClassifier(verbose=-1)])
def test_only_the_rounds_up_to_the_best_score(tmp_path: Path, model: Any) -> None:
    whole, rows = early(model), ROWS[["a", "b"]]
    loaded = load_model(stored(tmp_path, whole, rows, "predict_proba"))
    assert np.array_equal(loaded.score(pl.from_pandas(rows)), expected(whole, rows, "predict_proba"))


@pytest.mark.parametrize("model", [XGBClassifier(**FEW), LGBMClassifier(**QUIET)])
def test_mlflows_own_flavor_logs_it_too(tmp_path: Path, model: Any) -> None:
    whole, rows, predict = fitted(model, None)
    named: Any = {"signature": infer_signature(rows), "pip_requirements": ["numpy"]}
    if isinstance(model, XGBClassifier):
        mlflow_xgboost.save_model(whole, str(tmp_path / "model"), model_format="json", **named)
    else:
        mlflow_lightgbm.save_model(whole.booster_, str(tmp_path / "model"), **named)
    loaded = load_model(tmp_path / "model")
    assert np.array_equal(loaded.score(pl.from_pandas(rows)), expected(whole, rows, predict))


def test_they_score_where_nothing_can_be_opened(tmp_path: Path) -> None:
    for number, model in enumerate((XGBClassifier(**FEW), LGBMClassifier(**QUIET))):
        (tmp_path / str(number)).mkdir()
        whole, rows, predict = fitted(model)
        loaded = confined_model(stored(tmp_path / str(number), whole, rows, predict))
        assert np.array_equal(loaded.score(pl.from_pandas(rows)), expected(whole, rows, predict))
        with pytest.raises(ModelError, match="the model cannot score these rows"):
            loaded.score(pl.from_pandas(rows).with_columns(a=pl.lit("text")))


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (XGBClassifier(booster="dart"), r"XGBoost\(booster='dart'\).*set booster='gbtree'"),
        (XGBClassifier(missing=-1), r"XGBoost\(missing=-1\).*give np.nan in place of it"),
        (XGBRegressor(objective=squared), r"XGBoost\(objective=a function\)"),
        (XGBClassifier(objective="binary:hinge"), r"XGBoost\(objective='binary:hinge'\).*use one of"),
        (LGBMRegressor(linear_tree=True, verbose=-1), r"LightGBM\(trees=categorical or linear\)"),
        (LGBMRegressor(objective=squared, verbose=-1), r"LightGBM\(objective='none"),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_again_is_not_stored(tmp_path: Path, model: Any, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        stored(tmp_path, *fitted(model.set_params(n_estimators=3), None))
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("kind", [XGBClassifier, LGBMClassifier])
def test_several_classes_without_names_are_refused(tmp_path: Path, kind: Any) -> None:
    rows, labels = ROWS[["a", "b"]], np.arange(len(ROWS)) % 3
    folder = stored(tmp_path, kind(n_estimators=2).fit(rows, labels), rows, "predict_proba")
    with pytest.raises(ModelError, match=r"does not name its classes"):
        load_model(folder)


@pytest.mark.parametrize("kind", [XGBClassifier, LGBMClassifier])
def test_categories_in_the_trees_are_refused(tmp_path: Path, kind: Any) -> None:
    rows = pd.DataFrame({"c": pd.Categorical(["x", "y", "z", "u"] * 75)})
    named: dict[str, Any] = {"enable_categorical": True} if kind is XGBClassifier else {"verbose": -1}
    model = kind(n_estimators=2, min_child_weight=0, **named).fit(rows, (rows["c"] == "x").astype(int))
    with pytest.raises(ModelError, match="encode categories by a step before the"):
        stored(tmp_path, model, rows, "predict_proba")


def own(rows: Any) -> Any:
    return rows


@pytest.mark.parametrize("model", [XGBClassifier(**FEW), LGBMClassifier(**QUIET)])
def test_a_preparation_is_held_to_the_rules_of_scikit_learn(tmp_path: Path, model: Any) -> None:
    whole, rows, predict = fitted(model, make_pipeline(FunctionTransformer(own), ENCODE))
    with pytest.raises(ModelError, match=r"no function or class may be given"):
        stored(tmp_path, whole, rows, predict)
    inside = CalibratedClassifierCV(model).fit(ROWS[["a", "b"]], HAPPENS)
    with pytest.raises(
        ModelError, match=r"CalibratedClassifier\(estimator=.*give it as the last step of a pipeline"
    ):
        stored(tmp_path, inside, ROWS[["a", "b"]], predict)


@pytest.mark.parametrize(
    ("model", "flavor", "reason"),
    [
        (XGBClassifier(**FEW), {"model_format": "ubj"}, "stored as ubj; log it with model_format='json'"),
        (XGBClassifier(**FEW), {"data": "../model.json"}, "which its folder does not hold"),
        (XGBClassifier(**FEW), {"preparation": None}, "holds preparation.skops, which its format does not"),
        (LGBMClassifier(**QUIET), {"data": "model.skops"}, "stored as model.skops; log it by the kit"),
        (LGBMClassifier(**QUIET), {"preparation": "model.lgb"}, "holds preparation.skops, which its format"),
    ],
)
def test_another_flavor_is_refused(tmp_path: Path, model: Any, flavor: dict[str, Any], reason: str) -> None:
    folder = stored(tmp_path, *fitted(model))
    described = yaml.safe_load((folder / "MLmodel").read_text())
    for name in described["flavors"]:
        both = {**described["flavors"][name], **flavor}
        described["flavors"][name] = {key: value for key, value in both.items() if value is not None}
    (folder / "MLmodel").write_text(yaml.safe_dump(described))
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


def test_no_client_scores_rows_that_nobody_has_prepared(tmp_path: Path) -> None:
    folder = stored(tmp_path, *fitted(XGBClassifier(**FEW)))
    assert list(yaml.safe_load((folder / "MLmodel").read_text())["flavors"]) == ["xgboost"]


def test_a_preparation_of_other_columns_is_refused(tmp_path: Path) -> None:
    whole, rows, predict = fitted(XGBClassifier(**FEW))
    folder = stored(tmp_path, whole, rows, predict)
    for made in (make_column_transformer(("passthrough", ["a"])), FunctionTransformer()):
        content = prepared.skops.written(make_pipeline(made).fit(ROWS[["a"]]))
        (folder / prepared.FILE).write_bytes(content)
        loaded = load_model(folder)
        with pytest.raises((ModelError, ValueError), match=r"the model takes 5 columns|could not convert"):
            loaded.score(pl.from_pandas(rows))


Tree = dict[str, Any]


def first(model: dict[str, Any]) -> Tree:
    return model["learner"]["gradient_booster"]["model"]["trees"][0]


def changed(name: str, *values: Any) -> Callable[[dict[str, Any]], None]:
    """The first values of an array of the first tree are these."""

    def change(model: dict[str, Any]) -> None:
        first(model)[name][: len(values)] = values

    return change


def parameter(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda model: model["learner"]["learner_model_param"].update(values)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (changed("left_children", 4_000), "child index"),
        (changed("left_children", 0), "child index"),
        (changed("right_children", -2), "child index"),
        (changed("left_children", 2**80), "not a number for each of its nodes"),
        (changed("left_children", 1.5), "not a number for each of its nodes"),
        (changed("left_children", "1"), "not a number for each of its nodes"),
        (changed("split_indices", 2), "feature index"),
        (changed("split_indices", -1), "feature index"),
        (changed("split_type", 1), "encode categories"),
        (changed("split_conditions", float("nan")), "not a number for each of its nodes"),
        (lambda model: first(model)["base_weights"].pop(), "not a number for each of its nodes"),
        (lambda model: first(model).update(left_children=[[1]]), "not a number for each of its nodes"),
        (lambda model: first(model).update(left_children=[]), "not a number for each of its nodes"),
        (lambda model: first(model).pop("right_children"), "cannot be read: KeyError"),
        (parameter(num_feature="0"), "train it again, on numbers"),
        (parameter(num_feature="1"), "feature index"),
        (parameter(base_score="[nan]"), "train it again, on numbers"),
        (parameter(base_score="[1,2]"), "train it again, on numbers"),
        (parameter(num_class="3"), "only multi:softprob has several classes"),
        (lambda model: model.update(version=["../x"]), "cannot be read: ValueError"),
        (
            lambda model: model["learner"].update(objective={"name": "rank:pairwise"}),
            "use one of binary:logi",
        ),
        (
            lambda model: model["learner"]["objective"].update(reg_loss_param={"scale_pos_weight": "1;rm"}),
            "an objective has numbers only",
        ),
        (
            lambda model: model["learner"]["gradient_booster"]["model"].update(tree_info=[3]),
            "the trees of a round are those of the first class",
        ),
        (lambda model: model["learner"]["gradient_booster"]["model"].update(trees=[]), "each round needs 1"),
    ],
)
def test_a_crafted_file_of_xgboost_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    folder = stored(tmp_path, *fitted(XGBClassifier(**FEW), None))
    model = json.loads((folder / "model.json").read_text())
    change(model)
    (folder / "model.json").write_text(json.dumps(model))
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


def line(name: str, change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    """The words of the first line of this name are changed."""

    def edit(text: str) -> str:
        before, _, rest = text.partition(f"\n{name}=")
        words, _, after = rest.partition("\n")
        return f"{before}\n{name}={' '.join(change(words.split(' ')))}\n{after}"

    return edit


def to(value: str) -> Callable[[list[str]], list[str]]:
    return lambda words: [value, *words[1:]]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (line("left_child", to("4000")), "child index"),
        (line("left_child", to("0")), "child index"),
        (line("right_child", to("-4000")), "leaf outside of its leaves"),
        (line("left_child", to("99999999999999999999")), "child index"),
        (line("left_child", lambda words: words[1:]), "has 6 of left_child, and needs 7"),
        (line("num_leaves", to("500000")), "of leaf_value, and needs 500000"),
        (line("num_leaves", to("0")), "no leaf"),
        (line("split_feature", to("2")), "feature index"),
        (line("split_feature", to("-1")), "feature index"),
        (line("decision_type", to("3")), "encode categories"),
        (line("decision_type", to("900")), "encode categories"),
        (line("num_cat", to("1")), "categorical or linear"),
        (line("is_linear", to("1")), "categorical or linear"),
        (line("leaf_value", to("nan")), "each has to be a number"),
        (line("threshold", to("0x1_")), "cannot be read: ValueError"),
        (line("max_feature_idx", to("900000000")), "each feature has a name"),
        (line("max_feature_idx", to("0")), "feature index"),
        (line("num_class", to("3")), "only multiclass has several classes"),
        (line("objective", to("lambdarank")), "use one of binary"),
        (line("objective", lambda words: [*words, "a:b"]), "an objective has numbers only"),
        (lambda text: text.partition("\nTree=")[0] + "\nend of trees\n", "has no trees"),
    ],
)
def test_a_crafted_file_of_lightgbm_is_refused(
    tmp_path: Path, edit: Callable[[str], str], reason: str
) -> None:
    folder = stored(tmp_path, *fitted(LGBMClassifier(n_estimators=2, num_leaves=8, verbose=-1), None))
    text = (folder / "model.lgb").read_text()
    (folder / "model.lgb").write_text(edit(text))
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


@pytest.mark.parametrize(
    ("model", "name"), [(XGBClassifier(**FEW), "model.json"), (LGBMClassifier(**QUIET), "model.lgb")]
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, model: Any, name: str) -> None:
    folder = stored(tmp_path, *fitted(model, None))
    content = (folder / name).read_bytes()
    # Of a text that is cut off after a tree, LightGBM would take the trees before.
    cut = content[: content.rfind(b"\nTree=")]
    for wrong in (b"", b"[" * 100_000, b"\0" * 1000, b"\xff\xfe", b"{}", content[: len(content) // 2], cut):
        (folder / name).write_bytes(wrong)
        with pytest.raises(ModelError, match=r"cannot be read|has no line"):
            load_model(folder)


@pytest.mark.parametrize(
    ("model", "name"), [(XGBClassifier(**FEW), "model.json"), (LGBMClassifier(**QUIET), "model.lgb")]
)
def test_damaged_numbers_lead_nowhere(tmp_path: Path, model: Any, name: str) -> None:
    """A file that is damaged at random is refused, or scores: C out of bounds would end the tests."""
    whole, rows, predict = fitted(model, None)
    folder, table = stored(tmp_path, whole, rows, predict), pl.from_pandas(rows)
    content = (folder / name).read_bytes()
    digits = [at for at, byte in enumerate(content) if chr(byte) in "-0123456789"]
    refused = 0
    for _ in range(150):
        damaged = bytearray(content)
        for at in RNG.choice(digits, 4):
            damaged[at] = RNG.choice(list(b"-0123456789"))
        (folder / name).write_bytes(damaged)
        try:
            assert load_model(folder).score(table).shape == (len(rows),)
        except ModelError:
            refused += 1
    assert 0 < refused < 150


def test_a_booster_without_the_interface_of_scikit_learn_is_stored(tmp_path: Path) -> None:
    rows = ROWS[["a", "b"]]
    booster = train({"objective": "binary:logistic", "max_depth": 2}, DMatrix(rows, HAPPENS), 5)
    loaded = load_model(stored(tmp_path, booster, rows, "predict"))
    assert loaded.kind == "classifier"
    assert np.array_equal(loaded.score(pl.from_pandas(rows)), booster.predict(DMatrix(rows)))
