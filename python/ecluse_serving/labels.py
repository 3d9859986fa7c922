"""Labels: what a prediction turned out to be, as callers know it later. Kept beside the predictions."""

import io
import math
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final, cast

import polars as pl

from ecluse_core.container import BlobError, Container
from ecluse_serving.log import LogError
from ecluse_serving.records import MAX_RECORDS, Invalid, read_document, read_id, shown

_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


_Row = tuple[str | None, str | None, date | None, float | str]
_SCHEMA: Final = {"prediction_id": pl.String, "id": pl.String, "date": pl.Date}


def parse_labels(body: bytes, classes: Sequence[str] = ()) -> pl.DataFrame:
    """The table of a body {"labels": […]}: prediction_id, or else id and date, and label and time (UTC).

    Of several classes, a label is the name of one as text. Raises Invalid at the first thing that is wrong,
    whatever the bytes are.
    """
    try:
        labels = read_document(body, {"labels"}).get("labels")
    except RecursionError:
        raise Invalid("the body is nested too deeply; a label holds no lists and no objects") from None
    if not isinstance(labels, list) or not 0 < len(cast(list[Any], labels)) <= MAX_RECORDS:
        raise Invalid(f"labels must be a list of 1 to {MAX_RECORDS} objects")
    rows = [_row(item, number, classes) for number, item in enumerate(cast(list[Any], labels))]
    now = pl.lit(datetime.now(UTC), pl.Datetime("us", "UTC"))
    schema = {**_SCHEMA, "label": pl.String if classes else pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(time=now)


def _row(item: object, number: int, classes: Sequence[str]) -> _Row:
    given = cast(dict[str, Any], item) if isinstance(item, dict) else {}
    if given.keys() not in ({"prediction_id", "label"}, {"id", "date", "label"}):
        raise Invalid(
            f"labels[{number}] must be an object of label and prediction_id, or of label, id and date, "
            f"got {shown(item)}"
        )
    read = partial(_class, classes=classes) if classes else _label
    label = read(given["label"], number)
    if "id" in given:
        return None, read_id(given["id"], f"labels[{number}].id"), _date(given["date"], number), label
    name = given["prediction_id"]
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise Invalid(f"labels[{number}].prediction_id must be one that /score gave, got {shown(name)}")
    return name, None, None, label


def _label(label: object, number: int) -> float:
    if not isinstance(label, int | float) or abs(label) > 1e300 or not math.isfinite(label):
        raise Invalid(f"labels[{number}].label must be a number, true or false, got {shown(label)}")
    return float(label)


def _class(label: object, number: int, classes: Sequence[str]) -> str:
    # Names may be whole numbers, which tables of other programs have as 2 or as 2.0.
    is_whole = isinstance(label, int) or (isinstance(label, float) and label.is_integer())
    name = str(int(cast(float, label))) if is_whole and not isinstance(label, bool) else label
    if not isinstance(name, str) or name not in classes:
        raise Invalid(f"labels[{number}].label must be one of {', '.join(classes)}, got {shown(label)}")
    return name


def _date(value: object, number: int) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise Invalid(
            f"labels[{number}].date must be the day of the prediction, as 2026-01-31, got {shown(value)}"
        ) from None


def write_labels(container: Container, use_case: str, table: pl.DataFrame) -> None:
    """Puts the table at `<use case>/labels/date=<day of the server>/<uuid>.parquet`; raises LogError."""
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    day = cast(datetime, table["time"][0]).date().isoformat()
    try:
        container.write(f"{use_case}/labels/date={day}/{uuid.uuid4()}.parquet", buffer.getvalue())
    except BlobError as error:
        raise LogError(f"labels are not kept: {error}") from None
