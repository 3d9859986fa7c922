"""The use case's landed data, read by the platform itself from the environment's blob store."""

from collections.abc import Iterable
from io import BytesIO

import numpy as np
import polars as pl
from ecluse_monitor.container import BlobError, Container, Missing
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse_release.model import Model


class DataError(Exception):
    """Landed data that cannot be used; the message names the blob or the column."""


def landed(container: Container, use_case: str, dates: Iterable[str]) -> pl.DataFrame:
    """The customers that landed on these dates, with their target; raises DataError."""
    return pl.concat([_partition(container, use_case, day) for day in dates], how="vertical_relaxed")


def _partition(container: Container, use_case: str, day: str) -> pl.DataFrame:
    name = f"{use_case}/customers/date={day}/part-0.parquet"
    try:
        return pl.read_parquet(BytesIO(container.read(name).content))
    except Missing:
        raise DataError(f"no data landed at {name}") from None
    except BlobError as error:
        raise DataError(str(error)) from None


def labels(table: pl.DataFrame, target: str) -> NDArray[np.float64]:
    """The target as 0 and 1; raises DataError on anything else, a null, or a single class."""
    if target not in table.columns:
        raise DataError(f"the data has no target column {target!r}")
    values = table[target].cast(pl.Float64, strict=False).to_numpy()
    if set(np.unique(values)) != {0.0, 1.0}:
        raise DataError(f"target {target!r} must hold 0 and 1, both and nothing else")
    return values


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
    training: pl.DataFrame, holdout: pl.DataFrame, target: str, id_column: str
) -> NDArray[np.float64]:
    """Scores of what anyone would try first: a logistic regression on the numeric columns."""
    names = [
        name
        for name, dtype in training.schema.items()
        if (dtype.is_numeric() or dtype == pl.Boolean) and name not in (target, id_column)
    ]
    if not names:
        raise DataError("the data has no numeric column for the baseline")
    estimator = make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=500)
    )
    estimator.fit(_numbers(training, names), labels(training, target))
    return np.asarray(estimator.predict_proba(_numbers(holdout, names))[:, 1], dtype=np.float64)


def _numbers(table: pl.DataFrame, names: list[str]) -> NDArray[np.float64]:
    return table.select(pl.col(names).cast(pl.Float64)).to_numpy()
