"""Labels: what a prediction turned out to be, as callers know it later. Kept beside the predictions."""

import io
import math
import re
import uuid
from datetime import UTC, datetime
from typing import Any, Final, cast

import polars as pl

from ecluse_core.container import BlobError, Container
from ecluse_serving.log import LogError
from ecluse_serving.records import MAX_RECORDS, Invalid, read_document, shown

_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def parse_labels(body: bytes) -> pl.DataFrame:
    """The table of a body {"labels": [{"prediction_id", "label"}]}: prediction_id, label and time (UTC).

    Raises Invalid at the first thing that is wrong, whatever the bytes are.
    """
    try:
        labels = read_document(body, {"labels"}).get("labels")
    except RecursionError:
        raise Invalid("the body is nested too deeply; a label holds no lists and no objects") from None
    if not isinstance(labels, list) or not 0 < len(cast(list[Any], labels)) <= MAX_RECORDS:
        raise Invalid(f"labels must be a list of 1 to {MAX_RECORDS} objects")
    rows = [_row(item, number) for number, item in enumerate(cast(list[Any], labels))]
    schema = {"prediction_id": pl.String, "label": pl.Float64}
    now = pl.lit(datetime.now(UTC), pl.Datetime("us", "UTC"))
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(time=now)


def _row(item: object, number: int) -> tuple[str, float]:
    keys = {"prediction_id", "label"}
    if not isinstance(item, dict) or cast(dict[str, Any], item).keys() != keys:
        raise Invalid(f"labels[{number}] must be an object of prediction_id and label, got {shown(item)}")
    given = cast(dict[str, Any], item)
    name = given["prediction_id"]
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise Invalid(f"labels[{number}].prediction_id must be one that /score gave, got {shown(name)}")
    label = given["label"]
    if not isinstance(label, int | float) or abs(label) > 1e300 or not math.isfinite(label):
        raise Invalid(f"labels[{number}].label must be a number, true or false, got {shown(label)}")
    return name, float(label)


def write_labels(container: Container, use_case: str, table: pl.DataFrame) -> None:
    """Puts the table at `<use case>/labels/date=<day of the server>/<uuid>.parquet`; raises LogError."""
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    day = cast(datetime, table["time"][0]).date().isoformat()
    try:
        container.write(f"{use_case}/labels/date={day}/{uuid.uuid4()}.parquet", buffer.getvalue())
    except BlobError as error:
        raise LogError(f"labels are not kept: {error}") from None
