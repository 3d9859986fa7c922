"""Finds a prediction in the log, of which only its id is known: the log is by day, and the id names none.

Under a key of its caller an id is the same on any day, so it cannot have the day. So blobs are read side by
side, the newest day first, and of a large one only the rows that can have the id: compaction sorts them.
"""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, BinaryIO, Final, cast

import polars as pl
from pyarrow import ArrowException, parquet

from ecluse_core.container import BlobError, Container, Missing

_COLUMNS: Final = ("prediction_id", "id", "model_version", "score", "time")
# The hourly compaction removes blobs whose rows are in another by then.
_TRIES: Final = 3
_THREADS: Final = 16
_TOGETHER: Final = 8 * _THREADS
"""Blobs that are read before it is looked whether one has it."""
_WHOLE_BYTES: Final = 1 << 20
"""A blob up to this size is read by one request; of a larger one only parts."""


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
            return _search(container, _sizes(container, use_case, day), prediction_id)
        except Missing:
            if not tries_left:
                raise
    return None


def _sizes(container: Container, use_case: str, day: date | None) -> list[tuple[str, int]]:
    """The blobs of the log with their bytes, those of the newest day first."""
    begin = f"{use_case}/date={day.isoformat() if day else ''}"
    sizes = container.sizes(f"{use_case}/date={day.isoformat()}" if day else use_case)
    found = [each for each in sizes.items() if each[0].startswith(begin) and each[0].endswith(".parquet")]
    return sorted(found, reverse=True)


def _search(container: Container, sizes: list[tuple[str, int]], prediction_id: str) -> Prediction | None:
    with ThreadPoolExecutor(_THREADS) as pool:
        for some in _parts(sizes):
            for found in pool.map(partial(_find, container, prediction_id), some):
                if found:
                    return found
    return None


def _parts(sizes: list[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """A few at first: most that is asked for is of the newest blobs."""
    yield sizes[:_THREADS]
    for first in range(_THREADS, len(sizes), _TOGETHER):
        yield sizes[first : first + _TOGETHER]


def _find(container: Container, prediction_id: str, blob: tuple[str, int]) -> Prediction | None:
    name, size = blob
    content = io.BytesIO(container.read(name).content) if size <= _WHOLE_BYTES else container.reader(name)
    try:
        rows = _rows(content, prediction_id)
    except (ArrowException, OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise BlobError(f"{name} is no log of predictions: {reason}") from None
    if rows is None:
        return None
    row = rows.row(0, named=True)
    own = prediction_id, row["id"], str(row["model_version"]), row["score"]
    return Prediction(*own, row["time"].isoformat(timespec="milliseconds"), name)


def _rows(content: BinaryIO, prediction_id: str) -> pl.DataFrame | None:
    """The rows of an id in a Parquet file, of which only the groups are read that can have it."""
    with parquet.ParquetFile(content) as file:
        for group in range(file.num_row_groups):
            if not _may_have(file, group, prediction_id):
                continue
            read = cast(Any, file.read_row_group(group, columns=list(_COLUMNS)))
            rows = cast(pl.DataFrame, pl.from_arrow(read)).filter(pl.col("prediction_id") == prediction_id)
            if rows.height:
                return rows
    return None


def _may_have(file: parquet.ParquetFile, group: int, prediction_id: str) -> bool:
    """Whether the statistics of a group leave the id in; without any it may be there."""
    place = file.schema_arrow.get_field_index("prediction_id")
    found = file.metadata.row_group(group).column(place).statistics if place >= 0 else None
    if found is None or not found.has_min_max or not isinstance(found.min, str):
        return True
    return found.min <= prediction_id <= found.max
