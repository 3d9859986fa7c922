"""The format of ONNX: a graph of operators, which onnxruntime computes.

For models of one's own class, as a network of PyTorch: the class exports itself by `to_onnx()`. A graph has
no code. Its operators are checked here; what onnxruntime does with their numbers is left to lockdown.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecluse_core.answer import FEWEST_CLASSES, MOST_CLASSES
from ecluse_models.model import Kind
from ecluse_models.refusals import refusal

NAME: str = "onnx"
FLAVOR: str = "onnx"
REQUIREMENTS: tuple[str, ...] = ("onnx", "onnxruntime")

_FILE = "model.onnx"
_PROBABILITIES = "probabilities"
_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
_REFUSED = {
    "Loop": "it may go on without end; unroll it",
    **dict.fromkeys(
        (
            "Bernoulli",
            "Multinomial",
            "RandomNormal",
            "RandomNormalLike",
            "RandomUniform",
            "RandomUniformLike",
        ),
        "the same row would get other scores; export the model in evaluation mode",
    ),
}
_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}
_CLOSE = 1e-3


@dataclass(frozen=True)
class Graph:
    """A graph that takes each column as an input of its name, or all as the columns of one matrix."""

    content: bytes
    session: Any

    def predict(self, rows: Any) -> NDArray[np.float64]:
        """A number for each row of a table."""
        answer = np.asarray(self.session.run([self._outputs()[0]], self._inputs(rows))[0])
        return answer.reshape(len(answer), -1).astype(np.float64).squeeze(axis=1)

    def predict_proba(self, rows: Any) -> NDArray[np.float64]:
        """The probability of each class."""
        return np.asarray(self.session.run([_PROBABILITIES], self._inputs(rows))[0], np.float64)

    def kind(self) -> Kind:
        """A classifier has an output `probabilities`, a regressor has one; raises ModelError for others."""
        names = self._outputs()
        if _PROBABILITIES in names:
            shape = next(each.shape for each in self.session.get_outputs() if each.name == _PROBABILITIES)
            if len(shape) == 2 and shape[1] in (2, None):
                return "classifier"
            if len(shape) != 2 or shape[1] not in range(FEWEST_CLASSES, MOST_CLASSES + 1):
                raise refusal(
                    "ONNX", _PROBABILITIES, str(shape), "give a column for each class, and say how many"
                )
            return "multiclass"
        if len(names) != 1:
            raise refusal("ONNX", "outputs", str(names), f"name one {_PROBABILITIES}, or give one number")
        return "regressor"

    def _outputs(self) -> list[str]:
        return [each.name for each in self.session.get_outputs()]

    def _inputs(self, rows: Any) -> dict[str, NDArray[Any]]:
        given = self.session.get_inputs()
        if len(given) == 1 and given[0].name not in rows.columns:
            return {given[0].name: np.asarray(rows, _type(given[0]))}
        missing = [each.name for each in given if each.name not in rows.columns]
        if missing:
            raise refusal("ONNX", "inputs", str(missing), "name each as a column, or take one matrix of all")
        return {each.name: _column(rows[each.name], each) for each in given}


def _type(given: Any) -> Any:
    if given.type not in _TYPES:
        raise refusal("ONNX", given.name, given.type, f"an input is one of {', '.join(_TYPES)}")
    return _TYPES[given.type]


def _column(values: Any, given: Any) -> NDArray[Any]:
    """A column of an input's type and shape; a missing number is NaN, and a missing text is empty."""
    kind, column = _type(given), values.to_numpy()
    if kind is np.object_:
        column = np.array([each if isinstance(each, str) else "" for each in column], np.object_)
    return column.astype(kind).reshape((-1, 1) if len(given.shape) == 2 else -1)


def takes(model: object) -> bool:
    """Models with a method `to_onnx`, which gives an `onnx.ModelProto`; or that itself."""
    return callable(getattr(model, "to_onnx", None)) or type(model).__module__.startswith("onnx.")


def refuse(model: Any) -> None:
    """Refuses operators and files that a graph may not have."""
    _check(model.content if isinstance(model, Graph) else _content(model))


def save(model: Any, path: str, predict: str, **options: Any) -> None:
    """Writes the folder by MLflow's own flavor; refuses a graph that scores otherwise than the model did."""
    from mlflow.onnx import save_model  # a model server has no MLflow

    content = _content(model)
    example = options.get("input_example")
    if example is not None and hasattr(model, predict):
        exported = np.asarray(getattr(_graph(content), predict)(example))
        trained = np.asarray(getattr(model, predict)(example)).reshape(exported.shape)
        apart = float(np.max(np.abs(exported - trained) / np.maximum(1, np.abs(trained))))
        if not apart < _CLOSE:
            raise refusal("ONNX", "scores", f"{apart:.3g} off", "the export has to score as the model does")
    save_model(_parsed(content), path, save_as_external_data=False, **options)


def files(flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The one file of the graph."""
    return (str(flavor["data"]),)


def preload() -> None:
    """Imports what reads a graph; onnxruntime starts a thread as it is imported."""
    import onnx  # pyright: ignore[reportUnusedImport]  # noqa: F401


def prepare() -> None:
    """Imports what computes a graph, and has it compute one."""
    from onnx import TensorProto, helper

    number = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("a", "b")]
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "g", number[:1], number[1:])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    _graph(made.SerializeToString()).session.run(None, {"a": np.zeros((1, 1), np.float32)})


def load(files: Mapping[str, bytes], flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
    """Loads a graph whose operators were checked."""
    content = files[str(flavor["data"])]
    _check(content)
    graph = _graph(content)
    return graph, graph.kind()


def _content(model: Any) -> bytes:
    exported = model.to_onnx() if hasattr(model, "to_onnx") else model
    return bytes(exported.SerializeToString())


def _parsed(content: bytes) -> Any:
    from onnx import load_model_from_string

    return load_model_from_string(content)


def _graph(content: bytes) -> Graph:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return Graph(content, onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"]))


def _check(content: bytes) -> None:
    """Raises ModelError for what is no part of ONNX's own operators, or leads out of the file."""
    model = _parsed(content)
    if len(model.functions) or not len(model.graph.output):
        raise refusal("ONNX", "functions", str(len(model.functions)), "export the graph without functions")
    for node in _nodes(model.graph):
        if node.domain not in _DOMAINS:
            raise refusal("ONNX", node.op_type, node.domain, "use operators of ONNX itself")
        if node.op_type in _REFUSED:
            raise refusal("ONNX", "operator", node.op_type, _REFUSED[node.op_type])
        tensors = [each.t for each in node.attribute if each.HasField("t")]
        _refuse_files([*tensors, *(tensor for each in node.attribute for tensor in each.tensors)])


def _nodes(graph: Any) -> Iterator[Any]:
    """Those of a graph, and of the graphs inside of them."""
    waiting = [graph]
    while waiting:
        found = waiting.pop()
        _refuse_files([*found.initializer, *(each.values for each in found.sparse_initializer)])
        for node in found.node:
            yield node
            waiting += [each.g for each in node.attribute if each.HasField("g")]
            waiting += [inner for each in node.attribute for inner in each.graphs]


def _refuse_files(tensors: list[Any]) -> None:
    for tensor in tensors:
        if len(tensor.external_data) or tensor.data_location:
            raise refusal("ONNX", tensor.name, "in another file", "save it with save_as_external_data=False")
