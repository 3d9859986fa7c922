"""The log of predictions: one Parquet blob per batch, written before the answer is given."""

import io
import uuid
from collections.abc import Sequence

import polars as pl

from ecluse_core.container import BlobError, Container
from ecluse_serving.records import Batch


class LogError(Exception):
    """A batch could not be logged; its scores must not be given."""


def prediction_table(
    batch: Batch, version: str, scores: Sequence[float], prediction_ids: Sequence[str]
) -> pl.DataFrame:
    """prediction_id, id, model_version, score, time (UTC), and each input as `input_<name>`."""
    own = pl.DataFrame(
        {
            "prediction_id": prediction_ids,
            "id": batch.ids,
            "model_version": [version] * len(batch.ids),
            "score": scores,
            "time": [batch.time] * len(batch.ids),
        },
        schema_overrides={"score": pl.Float64, "time": pl.Datetime("us", "UTC")},
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
