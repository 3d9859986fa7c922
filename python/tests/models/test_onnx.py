"""Models of ONNX: what scores as in training, and every kind of graph that is refused."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import polars as pl
import pytest
from mlflow import onnx as mlflow_onnx
from mlflow.models import infer_signature
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ecluse_models.confined import confined_model
from ecluse_models.formats import load_model, save_model
from ecluse_models.model import ModelError

RNG = np.random.default_rng(5)
ROWS = pd.DataFrame({"a": RNG.normal(size=200), "b": RNG.normal(size=200), "c": RNG.choice(["x", "y"], 200)})
ROWS.loc[::5, "b"] = np.nan
ROWS.loc[::7, "c"] = None
HAPPENS = ((ROWS["a"] + ROWS["b"].fillna(1) > 0) | ROWS["c"].isna()).astype(int)
TYPES: Any = [(name, FloatTensorType([None, 1])) for name in "ab"] + [("c", StringTensorType([None, 1]))]


class Neighbours:
    """A model that skops does not store."""

    def fit(self, rows: pd.DataFrame, labels: Any) -> Self:
        """Fits a pipeline of scikit-learn."""
        numbers = (make_pipeline(SimpleImputer(), StandardScaler()), ["a", "b"])
        encode = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["c"]), numbers)
        self.pipeline = make_pipeline(encode, KNeighborsClassifier(5)).fit(self._filled(rows), labels)
        return self

    def _filled(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.fillna({"c": ""})

    def predict_proba(self, rows: pd.DataFrame) -> Any:
        """The probability of both classes."""
        return self.pipeline.predict_proba(self._filled(rows))

    def to_onnx(self) -> ModelProto:
        """The same, as a graph."""
        made = to_onnx(self.pipeline, initial_types=TYPES, options={"zipmap": False}, target_opset=21)
        assert isinstance(made, ModelProto)
        return made


class Line:
    """A regressor of one matrix, whose graph is made by hand."""

    weight, exported = 3.0, 3.0

    def predict(self, rows: Any) -> Any:
        """The sum of the columns, times the weight."""
        return np.asarray(rows, np.float64).sum(axis=1) * self.weight

    def to_onnx(self) -> ModelProto:
        """One product of matrices."""
        weights = np.full((2, 1), self.exported, np.float32)
        return graph(
            [helper.make_node("MatMul", ["rows", "w"], ["amount"])], [numpy_helper.from_array(weights, "w")]
        )


def graph(
    nodes: list[Any], tensors: list[Any], wide: int = 1, name: str = "amount", **more: Any
) -> ModelProto:
    """A graph of a matrix of two columns."""
    ends = [
        helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 2]),
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, wide]),
    ]
    made = helper.make_graph(nodes, "g", ends[:1], ends[1:], initializer=tensors)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, **more)


def stored(folder: Path, model: Any, rows: pd.DataFrame, predict: str) -> Path:
    save_model(
        model, str(folder / "model"), predict, signature=infer_signature(rows), input_example=rows.head(9)
    )
    return folder / "model"


def test_scores_are_those_of_training_with_texts_and_nulls(tmp_path: Path) -> None:
    model = Neighbours().fit(ROWS, HAPPENS)
    folder = stored(tmp_path, model, ROWS, "predict_proba")
    for loaded in (load_model(folder), confined_model(folder)):
        assert (loaded.format, loaded.kind) == ("onnx", "classifier")
        assert np.allclose(loaded.score(pl.from_pandas(ROWS)), model.predict_proba(ROWS)[:, 1], atol=1e-5)


def test_a_graph_of_one_matrix_gives_amounts(tmp_path: Path) -> None:
    rows = ROWS[["a", "b"]].fillna(0)
    loaded = load_model(stored(tmp_path, Line(), rows, "predict"))
    assert loaded.kind == "regressor"
    assert np.allclose(loaded.score(pl.from_pandas(rows)), Line().predict(rows), atol=1e-5)


def test_a_network_of_scikit_learn_and_mlflows_own_flavor(tmp_path: Path) -> None:
    rows = ROWS[["a", "b"]].fillna(0)
    network = MLPRegressor(hidden_layer_sizes=(4,), max_iter=20, random_state=1).fit(rows, HAPPENS)
    made = to_onnx(network, rows.to_numpy(np.float32), target_opset=21)
    named: Any = {"signature": infer_signature(rows), "pip_requirements": ["numpy"]}
    mlflow_onnx.save_model(made, str(tmp_path / "model"), save_as_external_data=False, **named)
    loaded = load_model(tmp_path / "model")
    assert np.allclose(loaded.score(pl.from_pandas(rows)), network.predict(rows), atol=1e-4)


def test_an_export_that_scores_otherwise_is_not_stored(tmp_path: Path) -> None:
    model = Line()
    model.exported = 3.1
    with pytest.raises(ModelError, match=r"ONNX\(scores=.* off\).*has to score as the model does"):
        stored(tmp_path, model, ROWS[["a", "b"]].fillna(0), "predict")
    assert not (tmp_path / "model").exists()


ONES = numpy_helper.from_array(np.ones((2, 1), np.float32), "w")
WIDE = numpy_helper.from_array(np.ones((2, 3), np.float32), "w")
THREE = helper.make_node("MatMul", ["rows", "w"], ["probabilities"])
PRODUCT = helper.make_node("MatMul", ["rows", "w"], ["amount"])


def elsewhere() -> TensorProto:
    """A tensor that is read of another file."""
    tensor = TensorProto()
    tensor.CopyFrom(ONES)
    set_external_data(tensor, "/etc/hostname")
    return tensor


def looped() -> Any:
    """A loop inside of a branch."""
    inner = helper.make_graph([helper.make_node("Loop", ["", "c"], ["x"])], "inner", [], [])
    return helper.make_node("If", ["rows"], ["amount"], then_branch=inner, else_branch=inner)


FUNCTION = helper.make_function("own", "f", ["x"], ["y"], [PRODUCT], [helper.make_opsetid("", 17)])


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (graph([looped()], []), r"ONNX\(operator=Loop\).*without end"),
        (graph([helper.make_node("RandomUniformLike", ["rows"], ["amount"])], []), "evaluation mode"),
        (graph([helper.make_node("Own", ["rows"], ["amount"], domain="own")], []), "of ONNX itself"),
        (graph([PRODUCT], [elsewhere()]), "save it with save_as_external_data=False"),
        (graph([helper.make_node("Constant", [], ["amount"], value=elsewhere())], []), "in another file"),
        (graph([PRODUCT], [ONES], functions=[FUNCTION]), "without functions"),
        (graph([PRODUCT], []), "cannot be read: "),
        (graph([THREE], [WIDE], 3, "probabilities"), "does not name its classes"),
        (ModelProto(), "without functions"),
    ],
)  # fmt: skip
def test_a_graph_that_may_not_be(tmp_path: Path, model: ModelProto, reason: str) -> None:
    folder = stored(tmp_path, Line(), ROWS[["a", "b"]].fillna(0), "predict")
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match=reason):
        load_model(folder)


def test_what_is_no_graph_is_refused(tmp_path: Path) -> None:
    folder = stored(tmp_path, Line(), ROWS[["a", "b"]].fillna(0), "predict")
    content = (folder / "model.onnx").read_bytes()
    for wrong in (b"", b"nonsense", content[:-30], b"\x3a\x80" * 50_000):
        (folder / "model.onnx").write_bytes(wrong)
        with pytest.raises(ModelError, match=r"cannot be read|without functions"):
            load_model(folder)


def test_a_graph_of_other_columns_is_refused_with_its_inputs(tmp_path: Path) -> None:
    model = Neighbours().fit(ROWS, HAPPENS)
    loaded = load_model(stored(tmp_path, model, ROWS, "predict_proba"))
    with pytest.raises(ModelError, match=r"ONNX\(inputs=\['c'\]\).*name each as a column"):
        loaded.estimator.predict_proba(ROWS[["a", "b"]])
