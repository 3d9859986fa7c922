"""The log of predictions: one Parquet blob per batch, written before the answer is given."""

import io
import json
import uuid
from collections.abc import Sequence

import polars as pl

from ecluse_core.container import BlobError, Container
from ecluse_serving.records import Batch

PREDICTIONS = uuid.UUID("7c1b3f52-0d0b-5c43-9a55-3f4b8f0c6f1e")
"""The name space of prediction ids."""


class LogError(Exception):
    """A batch could not be logged; its scores must not be given."""


def prediction_ids(batch: Batch, version: str) -> list[str]:
    """An id for each row, the same for the same row on the same day.

    So a batch that a caller sends again, since it had no answer, counts once, and has one label.
    """
    day = batch.time.date().isoformat()
    rows = zip(batch.ids, batch.inputs.iter_rows(), strict=True)
    return [str(uuid.uuid5(PREDICTIONS, json.dumps([version, day, id_, inputs]))) for id_, inputs in rows]


def prediction_table(batch: Batch, version: str, scores: Sequence[float], ids: Sequence[str]) -> pl.DataFrame:
    """prediction_id, id, model_version, score, time and caller_time (UTC), and inputs as `input_<name>`."""
    own = pl.DataFrame(
        {
            "prediction_id": ids,
            "id": batch.ids,
            "model_version": [version] * len(batch.ids),
            "score": scores,
            "time": [batch.time] * len(batch.ids),
            "caller_time": [batch.caller_time] * len(batch.ids),
        },
        schema_overrides={
            "score": pl.Float64,
            "time": pl.Datetime("us", "UTC"),
            "caller_time": pl.Datetime("us", "UTC"),
        },
    )
    return pl.concat([own, batch.inputs.rename(lambda name: f"input_{name}")], how="horizontal")


def write_predictions(container: Container, use_case: str, batch: Batch, table: pl.DataFrame) -> None:
    """Puts the table at `<use case>/date=<day of the batch>/<uuid>.parquet`; raises LogError."""
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    name = f"{use_case}/date={batch.time.date().isoformat()}/{uuid.uuid4()}.parquet"
    try:
        container.write(name, buffer.getvalue())
    except BlobError as error:
        raise LogError(f"predictions are not logged: {error}") from None
