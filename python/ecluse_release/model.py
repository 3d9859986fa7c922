"""Loads a scikit-learn model stored as skops, which runs no code of it, and scores tables with it.

Shared by the release and the model server, so that what was gated is what serves; free of MLflow.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import skops.io
import yaml
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, is_regressor

from ecluse_release.trees import check_trees

# Private parts of scikit-learn's own estimators that skops asks about. Each is a plain holder of numbers
# (those of trees are checked in trees.py); a name is added here by the platform, never taken from a model.
TRUSTED_TYPES = (
    "functools.partial",  # of a function that must be trusted too: categories in histogram boosting
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
)
Kind = Literal["classifier", "regressor"]
_Dtype = type[pl.DataType]
_TYPES: dict[str, _Dtype] = {
    "boolean": pl.Boolean,
    "integer": pl.Int32,
    "long": pl.Int64,
    "float": pl.Float32,
    "double": pl.Float64,
    "string": pl.String,
}


class ModelError(Exception):
    """A stored model that the platform does not load; the message names the cause and the fix."""


@dataclass(frozen=True)
class Column:
    """One input of a model: its name, its MLflow type, and whether it may not be null."""

    name: str
    type: str
    required: bool

    @property
    def dtype(self) -> _Dtype:
        """The polars type of the column."""
        return _TYPES[self.type]


@dataclass(frozen=True)
class Model:
    """A loaded binary classifier or regressor, and its inputs."""

    estimator: Any
    kind: Kind
    inputs: tuple[Column, ...]

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """Per row the probability of the positive class, or the predicted number.

        The table has the inputs by name and type; raises ModelError on anything but a number per row.
        """
        rows = table.select([c.name for c in self.inputs])
        if self.kind == "classifier":
            answer = np.asarray(self.estimator.predict_proba(rows))[:, 1]
        else:
            answer = np.asarray(self.estimator.predict(rows))
        if answer.shape != (table.height,):
            raise ModelError(f"the model gave an answer of shape {answer.shape} for {table.height} rows")
        scores: NDArray[np.float64] = answer.astype(np.float64)
        if not bool(np.isfinite(scores).all()):
            raise ModelError("the model gave a score that is not a number")
        return scores


def _inputs(signature: Any) -> tuple[Column, ...]:
    columns: Sequence[dict[str, Any]] = json.loads((signature or {}).get("inputs") or "[]")
    if not columns:
        raise ModelError("the model has no input signature; log it with an input example")
    for column in columns:
        if "name" not in column or column.get("type") not in _TYPES:
            raise ModelError(f"input {column!r} is not a named column of type {', '.join(_TYPES)}")
    return tuple(Column(c["name"], c["type"], c.get("required", True)) for c in columns)


def load_model(folder: Path) -> Model:
    """Loads the model in an MLflow model folder; raises ModelError on anything but trusted skops."""
    try:
        described = yaml.safe_load((folder / "MLmodel").read_text())
        flavor = described["flavors"]["sklearn"]
        path = folder / str(flavor["pickled_model"])
        kind = flavor["serialization_format"]
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ModelError(f"the model is no scikit-learn model of MLflow: {error!r}") from None
    if kind != "skops":
        raise ModelError(f"the model is stored as {kind}; log it with serialization_format='skops'")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"the model names a file outside of its folder: {path.name}")
    return Model(*_estimator(path), _inputs(described.get("signature")))


def _estimator(path: Path) -> tuple[Any, Kind]:
    try:
        untrusted = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED_TYPES))
        if untrusted:
            raise ModelError(
                f"the model holds types that the platform does not trust: {', '.join(untrusted)}"
            )
        estimator: Any = skops.io.load(path, trusted=list(TRUSTED_TYPES))
        check_trees(estimator)
        return estimator, _kind(estimator)
    except ModelError:
        raise
    except Exception as error:  # whatever a crafted file makes skops raise, it is a refusal
        raise ModelError(f"the model cannot be read: {type(error).__name__}: {error}") from error


def _kind(estimator: Any) -> Kind:
    if isinstance(estimator, BaseEstimator) and is_regressor(estimator):
        return "regressor"
    if len(getattr(estimator, "classes_", ())) == 2 and hasattr(estimator, "predict_proba"):
        return "classifier"
    raise ModelError("the model is neither a binary classifier with probabilities nor a regressor")
