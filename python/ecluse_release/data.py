"""The use case's landed data, read by the platform itself from the environment's blob store."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import polars as pl

from ecluse_core.container import BlobError, Container
from ecluse_core.landing import Landing, LandingError
from ecluse_models.model import Model
from ecluse_release.gates import Scores, Task
from ecluse_release.settings import Contract


class DataError(Exception):
    """Landed data that cannot be used; the message names the blob or the column."""


@dataclass(frozen=True)
class Landed:
    """All rows that landed in one container, with their target, and the version of exactly these bytes."""

    table: pl.DataFrame
    version: str


def landed(container: Container, use_case: str, what: str) -> Landed:
    """What landed for a use case; raises DataError, which says `what` it is."""
    try:
        files = Landing(container, use_case).files()
        tables = [pl.read_parquet(BytesIO(content)) for content in files.contents.values()]
        return Landed(pl.concat(tables, how="vertical_relaxed"), files.version)
    except (BlobError, LandingError, pl.exceptions.PolarsError) as error:
        raise DataError(f"{what}: {error}") from None


def labels(table: pl.DataFrame, target: str, task: Task, classes: Sequence[str] = ()) -> Scores:
    """The target as the task needs it; raises DataError on anything else."""
    if target not in table.columns:
        raise DataError(f"the data has no target column {target!r}; correct contract.target of the use case")
    try:
        return task.labels(table[target], classes)
    except ValueError as error:
        raise DataError(f"target {target!r} {error}") from None


def features(table: pl.DataFrame, model: Model) -> pl.DataFrame:
    """The model's inputs as its signature types them; raises DataError."""
    missing = [column.name for column in model.inputs if column.name not in table.columns]
    if missing:
        raise DataError(f"the data lacks the model's inputs {', '.join(missing)}")
    try:
        return table.select(pl.col(column.name).cast(column.dtype) for column in model.inputs)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"the data does not fit the model's signature: {error}") from None


def baseline_scores(
    training: pl.DataFrame, holdout: pl.DataFrame, contract: Contract, task: Task, classes: Sequence[str]
) -> Scores:
    """Scores of what anyone would try first, trained on the numeric columns."""
    names = [
        name
        for name, dtype in training.schema.items()
        if (dtype.is_numeric() or dtype == pl.Boolean) and name not in (contract.target, contract.id)
    ]
    if not names:
        raise DataError("the data has no numeric column for the baseline")
    known = labels(training, contract.target, task, classes)
    return task.baseline_scores(_numbers(training, names), known, _numbers(holdout, names))


def naive_forecast(holdout: pl.DataFrame, column: str, model: Model) -> Scores:
    """The column itself as the forecast, such as the value of one season ago; raises DataError."""
    if column not in {each.name for each in model.inputs}:
        inputs = ", ".join(each.name for each in model.inputs)
        raise DataError(f"contract.baseline is {column!r}: name one of the inputs {inputs}")
    found = features(holdout, model)[column]
    values = found.cast(pl.Float64).to_numpy() if found.dtype.is_numeric() else np.array([np.nan])
    if not np.isfinite(values).all():
        raise DataError(f"contract.baseline {column!r} must hold a finite number in each row of the hold-out")
    return values


def _numbers(table: pl.DataFrame, names: list[str]) -> Scores:
    return table.select(pl.col(names).cast(pl.Float64)).to_numpy()
