"""The use case's landed data, read by the platform itself from the environment's blob store."""

from collections.abc import Iterable
from io import BytesIO

import numpy as np
import polars as pl

from ecluse_core.container import BlobError, Container, Missing
from ecluse_models.model import Model
from ecluse_release.gates import Scores, Task


class DataError(Exception):
    """Landed data that cannot be used; the message names the blob or the column."""


def landed(container: Container, use_case: str, dates: Iterable[str]) -> pl.DataFrame:
    """The rows that landed on these dates, with their target; raises DataError."""
    return pl.concat([_partition(container, use_case, day) for day in dates], how="vertical_relaxed")


def _partition(container: Container, use_case: str, day: str) -> pl.DataFrame:
    name = f"{use_case}/customers/date={day}/part-0.parquet"
    try:
        return pl.read_parquet(BytesIO(container.read(name).content))
    except Missing:
        raise DataError(f"no data landed at {name}") from None
    except BlobError as error:
        raise DataError(str(error)) from None


def labels(table: pl.DataFrame, target: str, task: Task) -> Scores:
    """The target as the task needs it; raises DataError on anything else."""
    if target not in table.columns:
        raise DataError(f"the data has no target column {target!r}")
    try:
        return task.labels(table[target])
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
    training: pl.DataFrame, holdout: pl.DataFrame, target: str, id_column: str, task: Task
) -> Scores:
    """Scores of what anyone would try first, trained on the numeric columns."""
    names = [
        name
        for name, dtype in training.schema.items()
        if (dtype.is_numeric() or dtype == pl.Boolean) and name not in (target, id_column)
    ]
    if not names:
        raise DataError("the data has no numeric column for the baseline")
    return task.baseline_scores(
        _numbers(training, names), labels(training, target, task), _numbers(holdout, names)
    )


def naive_forecast(holdout: pl.DataFrame, column: str, model: Model) -> Scores:
    """The column itself as the forecast, such as the value of one season ago; raises DataError."""
    if column not in {each.name for each in model.inputs}:
        inputs = ", ".join(each.name for each in model.inputs)
        raise DataError(f"tag ecluse.baseline_column is {column!r}: name one of the inputs {inputs}")
    found = features(holdout, model)[column]
    values = found.cast(pl.Float64).to_numpy() if found.dtype.is_numeric() else np.array([np.nan])
    if not np.isfinite(values).all():
        raise DataError(f"baseline column {column!r} must hold a finite number in each row of the hold-out")
    return values


def _numbers(table: pl.DataFrame, names: list[str]) -> Scores:
    return table.select(pl.col(names).cast(pl.Float64)).to_numpy()
