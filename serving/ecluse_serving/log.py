"""The log of predictions: one Parquet blob per batch, written before the answer is given."""

import io
import urllib.parse
import urllib.request
import uuid
from collections.abc import Sequence

import polars as pl

from ecluse_serving.records import Batch

_TIMEOUT_SECONDS = 10
_TRIES = 2


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


def write_predictions(container_url: str, use_case: str, batch: Batch, table: pl.DataFrame) -> None:
    """Puts the table at `<use case>/date=<day of the batch>/<uuid>.parquet`; raises LogError."""
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    base, _, sas = container_url.partition("?")
    name = f"{use_case}/date={batch.time.date().isoformat()}/{uuid.uuid4()}.parquet"
    url = f"{base.rstrip('/')}/{urllib.parse.quote(name, safe='/=')}?{sas}"
    headers = {"x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02"}
    for attempt in range(_TRIES):
        try:
            request = urllib.request.Request(url, buffer.getvalue(), headers, method="PUT")
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):
                return
        except OSError as error:
            if attempt == _TRIES - 1:
                # The error of a request may hold its URL, and that the SAS: only its kind is told.
                code = getattr(error, "code", "")
                raise LogError(
                    f"the prediction log cannot be written: {type(error).__name__} {code}"
                ) from None
