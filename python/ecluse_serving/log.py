"""The log of predictions: the id of each, and the table of their columns."""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from ecluse_core.answer import CLASS, columns_of_scores
from ecluse_serving.records import Batch

PREDICTIONS = uuid.UUID("7c1b3f52-0d0b-5c43-9a55-3f4b8f0c6f1e")
"""The name space of prediction ids."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LogError(Exception):
    """A batch could not be logged; its scores must not be given."""


def prediction_ids(
    batch: Batch, version: str, scores: Sequence[Any] = (), redacted: Sequence[str] = ()
) -> list[str]:
    """An id for each row, the same for the same row on the same day.

    So a batch that a caller sends again, since it had no answer, counts once, and has one label. Under a key
    of its caller it is the same on any day, and by any version. Whoever has the log could find a redacted
    value by trying which gives the id. In its place is the row's score, or under a key its place.
    """
    origin = [batch.key] if batch.key else [version, batch.time.date().isoformat()]
    kept = [
        values
        for column, values in zip(batch.columns, batch.values, strict=True)
        if column.name not in redacted
    ]
    if redacted:
        kept.append(list(range(len(batch.ids))) if batch.key else list(scores))
    rows = zip(batch.ids, zip(*kept, strict=True), strict=True)
    return [str(uuid.uuid5(PREDICTIONS, json.dumps([*origin, id_, inputs]))) for id_, inputs in rows]


def prediction_table(
    batches: Sequence[Batch],
    inputs: pl.DataFrame,
    version: str,
    scores: Any,
    ids: Sequence[str],
    classes: Sequence[str] = (),
) -> pl.DataFrame:
    """prediction_id, id, model_version, score, time and caller_time (UTC), and inputs as `input_<name>`.

    The rows of all batches in their order, of which `inputs` is the table. Of several classes, `scores` are
    rows × classes, and the columns of `columns_of_scores` take the place of score.
    """
    answer = columns_of_scores(np.asarray(scores, np.float64), classes)
    sizes = [len(batch.ids) for batch in batches]
    own = [
        pl.Series("prediction_id", ids, pl.String),
        pl.Series("id", list(chain.from_iterable(batch.ids for batch in batches)), pl.String),
        pl.Series("model_version", [version] * len(ids), pl.String),
        *(
            pl.Series(name, values, pl.String if name == CLASS else pl.Float64)
            for name, values in answer.items()
        ),
        _times("time", [batch.time for batch in batches], sizes),
        _times("caller_time", [batch.caller_time for batch in batches], sizes),
    ]
    return pl.DataFrame([*own, *(column.alias(f"input_{column.name}") for column in inputs)])


def _times(name: str, times: Sequence[datetime | None], sizes: Sequence[int]) -> pl.Series:
    """A time for each row of batches of these sizes; by numbers, ten times faster than by objects."""
    numbers = [time and (time - _EPOCH) // timedelta(microseconds=1) for time in times]
    repeated = [number for number, size in zip(numbers, sizes, strict=True) for _ in range(size)]
    return pl.Series(name, repeated, pl.Int64).cast(pl.Datetime("us", "UTC"))
