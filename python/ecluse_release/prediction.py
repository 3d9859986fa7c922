"""Finds a prediction in the log, of which only its id is known: the log is by day, and the id names none."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from ecluse_core.container import Container, Missing

_COLUMNS = ("prediction_id", "id", "model_version", "score", "time")
# The hourly compaction removes blobs whose rows are in another by then.
_TRIES = 3


@dataclass(frozen=True)
class Prediction:
    """A logged prediction; `id` is the caller's, `time` ISO 8601 in UTC, `blob` where it is logged."""

    prediction_id: str
    id: str | None
    version: str
    score: float | None
    time: str
    blob: str


def find_prediction(
    container: Container, use_case: str, prediction_id: str, day: date | None = None
) -> Prediction | None:
    """The prediction of this id, on a day or from the newest day back, or None; raises BlobError."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return _search(container, _names(container, use_case, day), prediction_id)
        except Missing:
            if not tries_left:
                raise
    return None


def _names(container: Container, use_case: str, day: date | None) -> Iterable[str]:
    """The blobs of the log, those of the newest day first."""
    begin = f"{use_case}/date={day.isoformat() if day else ''}"
    names = container.etags(f"{use_case}/date={day.isoformat()}" if day else use_case)
    return sorted(
        (name for name in names if name.startswith(begin) and name.endswith(".parquet")), reverse=True
    )


def _search(container: Container, names: Iterable[str], prediction_id: str) -> Prediction | None:
    for name in names:
        rows = pl.read_parquet(io.BytesIO(container.read(name).content), columns=list(_COLUMNS))
        found = rows.filter(pl.col("prediction_id") == prediction_id)
        if found.height:
            row = found.row(0, named=True)
            time = row["time"].isoformat(timespec="milliseconds")
            own = prediction_id, row["id"], str(row["model_version"]), row["score"]
            return Prediction(*own, time, name)
    return None
