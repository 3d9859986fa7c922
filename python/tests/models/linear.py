"""A format that only tests have: a linear model of numbers and their squares, stored as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ecluse_models.model import Kind, ModelError

NAME: str = "linear-json"
FLAVOR: str = "linear"
REQUIREMENTS: tuple[str, ...] = ("numpy",)
_FILE = "linear.json"


@dataclass
class Linear:
    """Least squares; the last weight is the intercept."""

    columns: Sequence[str] = ()
    weights: list[float] = field(default_factory=list[float])

    def _design(self, rows: Any) -> NDArray[np.float64]:
        numbers = rows[list(self.columns)].to_numpy().astype(np.float64)
        return np.column_stack([numbers, numbers**2, np.ones(len(numbers))])

    def fit(self, rows: Any, target: Any) -> Self:
        """Fits every column of a table."""
        self.columns = list(rows.columns)
        self.weights = np.linalg.lstsq(self._design(rows), np.asarray(target))[0].tolist()
        return self

    def predict(self, rows: Any) -> NDArray[np.float64]:
        """The expected amount of each row of a table of polars or pandas."""
        return self._design(rows) @ np.array(self.weights)


def takes(model: object) -> bool:
    """Its own class."""
    return isinstance(model, Linear)


def refuse(model: Any) -> None:
    """Refuses weights that are no numbers."""
    if not np.isfinite(model.weights).all():
        raise ModelError(f"weights must be numbers, got {model.weights}; fit it again")


def save(model: Any, path: str, predict: str, **options: Any) -> None:
    """One JSON file beside `MLmodel`."""
    from mlflow.models import Model  # a model's process has no MLflow

    assert predict == "predict"
    Path(path).mkdir()
    Path(path, _FILE).write_text(json.dumps(asdict(model)))
    described: Model = options.get("mlflow_model") or Model()
    described.signature = options["signature"]
    described.add_flavor(FLAVOR, data=_FILE)
    described.save(str(Path(path, "MLmodel")))


def preload() -> None:
    """Nothing: NumPy is there."""


def prepare() -> None:
    """Nothing: NumPy is there."""


def files(flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The JSON file."""
    return (str(flavor["data"]),)


def load(content: Mapping[str, bytes], flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
    """Reads JSON: there is no code in it."""
    return Linear(**json.loads(content[files(flavor)[0]])), "regressor"
