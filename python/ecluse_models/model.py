"""A loaded model: what it is given, and the number, or the number for each class, that it gives per row."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # it starts a thread, and processes of models are forked from one that has none
    import polars as pl

Kind = Literal["classifier", "multiclass", "regressor"]
"""A binary classifier, one of several classes, or a model of amounts."""
_TYPES = {
    "boolean": "Boolean",
    "integer": "Int32",
    "long": "Int64",
    "float": "Float32",
    "double": "Float64",
    "string": "String",
}


class ModelError(Exception):
    """A model that the platform does not store, load or trust; the message names the cause and the fix."""


@dataclass(frozen=True)
class Column:
    """One input of a model: its name, its MLflow type, and whether it may not be null."""

    name: str
    type: str
    required: bool

    @property
    def dtype(self) -> type[pl.DataType]:
        """The polars type of the column."""
        import polars as pl

        return getattr(pl, _TYPES[self.type])


@dataclass(frozen=True)
class Model(ABC):
    """What a model predicts, its inputs, and the name of the format that it is stored in.

    `classes` are the names of the classes of a multiclass model, in the order of its probabilities.
    `redacted` are inputs that no log may have.
    """

    kind: Kind
    inputs: tuple[Column, ...]
    format: str
    classes: tuple[str, ...] = field(default=(), kw_only=True)
    redacted: tuple[str, ...] = field(default=(), kw_only=True)

    @abstractmethod
    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """Per row the probability of the positive class, or the predicted number; of classes, rows × classes.

        The table has the inputs by name and type; raises ModelError on anything but such numbers.
        """


@dataclass(frozen=True)
class LoadedModel(Model):
    """A model in this process.

    `estimator` has `predict_proba`, as a classifier, or `predict`; both take a table of polars or pandas.
    """

    estimator: Any

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model."""
        rows = _as_trained(table.select([c.name for c in self.inputs]))
        if self.kind == "regressor":
            return require_numbers(np.asarray(self.estimator.predict(rows)), table.height)
        answer = np.asarray(self.estimator.predict_proba(rows))
        return require_numbers(answer if self.classes else answer[:, 1], table.height, len(self.classes))


def _as_trained(rows: pl.DataFrame) -> pl.DataFrame:
    """With NaN for a missing text, as pandas has it in training: to an encoder, None is another category."""
    import polars as pl

    lacking = [column for column in rows if column.dtype == pl.String and column.null_count()]
    return rows.with_columns(
        pl.Series(column.name, [nan if text is None else text for text in column], dtype=pl.Object)
        for column in lacking
    )


def require_numbers(answer: NDArray[Any], rows: int, classes: int = 0) -> NDArray[np.float64]:
    """The scores that a model answered; raises ModelError unless each row has a number, or one per class."""
    if answer.shape != ((rows, classes) if classes else (rows,)):
        of = f" and {classes} classes" if classes else ""
        raise ModelError(f"the model gave an answer of shape {answer.shape} for {rows} rows{of}")
    scores: NDArray[np.float64] = answer.astype(np.float64)
    if not bool(np.isfinite(scores).all()):
        raise ModelError("the model gave a score that is not a number")
    return scores


def wrong_redacted(redacted: object, inputs: tuple[Column, ...]) -> str:
    """What is wrong with a list of inputs that no log may have, in words; empty where nothing is."""
    names = [column.name for column in inputs]
    if not isinstance(redacted, list | tuple) or not all(name in names for name in redacted):
        return f"redacted must be a list of inputs, got {str(redacted)[:80]}"
    return ""


def inputs_of(signature: Any) -> tuple[Column, ...]:
    """The inputs that the signature of an MLmodel file names; raises ModelError."""
    return columns_of(json.loads((signature or {}).get("inputs") or "[]"))


def columns_of(columns: Any) -> tuple[Column, ...]:
    """The inputs of a list as MLflow writes it; raises ModelError."""
    if not columns:
        raise ModelError("the model has no input signature; log it with an input example")
    for column in columns:
        if not isinstance(column.get("name"), str) or column.get("type") not in _TYPES:
            raise ModelError(f"input {column!r} is not a named column of type {', '.join(_TYPES)}")
    return tuple(Column(c["name"], c["type"], bool(c.get("required", True))) for c in columns)
