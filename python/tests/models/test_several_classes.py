"""Models of several classes, of every format: a probability for each, by the names that the folder gives."""

# pyright: reportUnknownLambdaType=false

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from lightgbm import LGBMClassifier
from mlflow.models import infer_signature
from onnx import ModelProto
from skl2onnx import to_onnx
from sklearn.datasets import load_wine
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier, XGBRFClassifier

from ecluse_core.answer import columns_of_scores, wrong_classes
from ecluse_models.confined import confined_model
from ecluse_models.formats import CLASSES, load_model, save_model
from ecluse_models.model import ModelError

WINE: Any = load_wine(as_frame=True)
ROWS: pd.DataFrame = WINE.frame[["alcohol", "hue", "proline"]].astype(np.float64)
LABELS: Any = WINE.target
NAMES = ["barolo", "grignolino", "barbera"]
FEW: dict[str, Any] = {"n_estimators": 4, "max_depth": 3}


class Exported:
    """A model that exports itself."""

    def __init__(self) -> None:
        self.model = make_pipeline(StandardScaler(), LogisticRegression())

    def fit(self, rows: pd.DataFrame, labels: Any) -> "Exported":
        """Fits it."""
        self.model.fit(rows.to_numpy(np.float32), labels)
        return self

    def predict_proba(self, rows: pd.DataFrame) -> Any:
        """The probability of each class."""
        return self.model.predict_proba(rows.to_numpy(np.float32))

    def to_onnx(self) -> ModelProto:
        """The same, as a graph."""
        example = ROWS.to_numpy(np.float32)[:1]
        made = to_onnx(self.model, example, options={"zipmap": False}, target_opset=21)
        assert isinstance(made, ModelProto)
        return made


def stored(folder: Path, model: Any, names: Any = NAMES) -> Path:
    """The folder of a model, fitted on the numbers of the classes."""
    named = {} if names is None else {"metadata": {CLASSES: names}}
    place = str(folder / "model")
    save_model(
        model, place, "predict_proba", signature=infer_signature(ROWS), input_example=ROWS.head(3), **named
    )
    return folder / "model"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (make_pipeline(StandardScaler(), LogisticRegression()), "skops"),
        (HistGradientBoostingClassifier(max_iter=4), "skops"),
        (RandomForestClassifier(**FEW), "skops"),
        (XGBClassifier(**FEW), "xgboost-json"),
        (XGBRFClassifier(**FEW), "xgboost-json"),
        (make_pipeline(StandardScaler(), XGBClassifier(num_parallel_tree=2, **FEW)), "xgboost-json"),
        (LGBMClassifier(verbose=-1, **FEW), "lightgbm-text"),
        (Exported(), "onnx"),
    ],
)
def test_each_class_has_the_probability_of_training(tmp_path: Path, model: Any, name: str) -> None:
    folder = stored(tmp_path, model.fit(ROWS, LABELS))
    loaded = load_model(folder)
    assert (loaded.kind, loaded.format, loaded.classes) == ("multiclass", name, tuple(NAMES))
    scores = loaded.score(pl.from_pandas(ROWS))
    assert scores.shape == (len(ROWS), 3)
    np.testing.assert_allclose(scores, model.predict_proba(ROWS), rtol=0, atol=1e-6)


def test_they_are_scored_in_a_process_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecluse_models.confined.BATCH_ROWS", 120)  # several batches
    models: list[Any] = [XGBClassifier(**FEW), LGBMClassifier(verbose=-1, **FEW), Exported()]
    for number, model in enumerate(models):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = confined_model(stored(folder, model.fit(ROWS, LABELS)))
        assert (found.kind, found.classes) == ("multiclass", tuple(NAMES))
        scores = found.score(pl.from_pandas(ROWS))
        np.testing.assert_allclose(scores, model.predict_proba(ROWS), rtol=0, atol=1e-6)
        assert found.score(pl.from_pandas(ROWS.head(0))).shape == (0, 3)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (None, "does not name its classes"),
        (["a", "b"], "there are 2 classes, and 3 to 100 are taken"),
        (["a", "b", "a"], "the class 'a' stands twice"),
        (["a", "b", ""], "is no name of 1 to 100 characters"),
        (["a", "b", "c\n"], "is no name of 1 to 100 characters"),
        ([1, 2, 3], "classes must be a list of texts"),
        ("abc", "classes must be a list of texts"),
    ],
)
def test_classes_without_good_names_are_refused(tmp_path: Path, names: Any, reason: str) -> None:
    folder = stored(tmp_path, LogisticRegression(max_iter=5000).fit(ROWS, LABELS), names)
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


def test_names_of_more_classes_than_it_has_give_no_score(tmp_path: Path) -> None:
    loaded = load_model(
        stored(tmp_path, LogisticRegression(max_iter=5000).fit(ROWS, LABELS), [*NAMES, "merlot"])
    )
    with pytest.raises(ModelError, match=r"shape \(178, 3\) for 178 rows and 4 classes"):
        loaded.score(pl.from_pandas(ROWS))


def test_names_of_a_model_of_two_are_refused(tmp_path: Path) -> None:
    folder = stored(tmp_path, LogisticRegression(max_iter=5000).fit(ROWS, LABELS == 1))
    with pytest.raises(ModelError, match="is a classifier, and its MLmodel names classes"):
        load_model(folder)


def test_gradient_boosting_of_several_classes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="one tree per stage"):
        stored(tmp_path, GradientBoostingClassifier(**FEW).fit(ROWS, LABELS))


def learner(**parts: Any) -> Callable[[dict[str, Any]], object]:
    return lambda model: model["learner"]["learner_model_param"].update(parts)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (learner(num_class="4"), r"num_class=4\), .* which has 3"),
        (learner(num_class="1000"), "num_class=1000"),
        (learner(num_class="0"), "num_class=0"),
        (learner(base_score="[1,2]"), "base_score"),
        (
            lambda model: model["learner"]["gradient_booster"]["model"]["tree_info"].reverse(),
            "the trees of a round are those of the first class",
        ),
        (
            lambda model: model["learner"]["objective"].update(softmax_multiclass_param={"num_class": "9"}),
            "which has 9",
        ),
    ],
)
def test_a_crafted_file_of_xgboost_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    folder = stored(tmp_path, XGBClassifier(**FEW).fit(ROWS, LABELS))
    model = json.loads((folder / "model.json").read_text())
    change(model)
    (folder / "model.json").write_text(json.dumps(model))
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("\nnum_class=3\n", "\nnum_class=4\n", "num_class=4"),
        ("multiclass num_class:3", "multiclass num_class:300", "num_class=3"),
        ("num_tree_per_iteration=3", "num_tree_per_iteration=1", "num_class=3"),
        ("multiclass num_class:3", "multiclassova num_class:3 sigmoid:1", "use one of binary, multiclass"),
        ("\nTree=1\n", "\nTree_of_no_kind\n", "each round needs 3|cannot be read"),
    ],
)
def test_a_crafted_file_of_lightgbm_is_refused(tmp_path: Path, before: str, after: str, reason: str) -> None:
    folder = stored(tmp_path, LGBMClassifier(verbose=-1, **FEW).fit(ROWS, LABELS))
    text = (folder / "model.lgb").read_text()
    assert before in text
    (folder / "model.lgb").write_text(text.replace(before, after))
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


def test_the_columns_of_an_answer_have_the_classes_names() -> None:
    one = columns_of_scores(np.array([0.1, 0.9]), ())
    assert list(one) == ["score"] and one["score"].tolist() == [0.1, 0.9]
    found = columns_of_scores(np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]), ("a", "b", "c"))
    assert list(found) == ["score", "class", "probability_a", "probability_b", "probability_c"]
    assert (found["score"].tolist(), found["class"].tolist()) == ([0.5, 0.6], ["b", "a"])
    assert found["probability_c"].tolist() == [0.3, 0.3]


def test_what_is_wrong_with_names_is_said() -> None:
    assert wrong_classes(("a", "b", "c")) == ""
    assert "3 to 100 are taken" in wrong_classes([str(number) for number in range(101)])
    assert "no name of 1 to 100" in wrong_classes(["a", "b", "x" * 101])
