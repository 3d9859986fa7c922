"""The body of a scoring request, checked against the model's signature."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import polars as pl

from ecluse_models.model import Column

MAX_RECORDS = 10_000


class Invalid(ValueError):
    """A request that does not fit; the message names the column, the record and the value."""


@dataclass(frozen=True)
class Batch:
    """A checked request: ids as text, one row of inputs per id, and the time of scoring in UTC."""

    ids: tuple[str, ...]
    inputs: pl.DataFrame
    time: datetime


def _time(value: object) -> datetime:
    if value is None:
        return datetime.now(UTC)
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise Invalid(f"time must be ISO 8601 with an offset, as 2026-01-31T12:00:00Z, got {value!r}")
    return time.astimezone(UTC)


def _fits(value: object, kind: str) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    if isinstance(value, bool):
        return False
    if kind in ("integer", "long"):
        bits = 31 if kind == "integer" else 63
        return isinstance(value, int) and -(1 << bits) <= value < (1 << bits)
    return isinstance(value, int | float) and math.isfinite(value)


def _value(record: dict[str, Any], number: int, column: Column) -> object:
    value = record.get(column.name)
    if value is None:
        if column.required:
            raise Invalid(f"records[{number}].{column.name} is required, got null")
        return None
    if not _fits(value, column.type):
        raise Invalid(f"records[{number}].{column.name} must be {column.type}, got {str(value)[:80]!r}")
    return float(value) if column.type in ("float", "double") else value


def _id(record: dict[str, Any], number: int, columns: Sequence[Column]) -> str:
    value = record.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Invalid(f"records[{number}].id must be a text or a whole number, got {str(value)[:80]!r}")
    unknown = record.keys() - {"id"} - {column.name for column in columns}
    if unknown:
        raise Invalid(f"records[{number}].{min(unknown)} is no input of the model")
    return str(value)


def parse_batch(body: bytes, columns: Sequence[Column]) -> Batch:
    """Checks a body; raises Invalid at the first thing that is wrong."""
    try:
        document: Any = json.loads(body)
    except ValueError as error:
        raise Invalid(f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise Invalid('the body must be an object {"time"?, "records": [...]}')
    unknown = cast(dict[str, Any], document).keys() - {"time", "records"}
    if unknown:
        raise Invalid(f"{min(unknown)} is not known; give time and records")
    records: Any = document.get("records")
    if not isinstance(records, list) or not 0 < len(cast(list[Any], records)) <= MAX_RECORDS:
        raise Invalid(f"records must be a list of 1 to {MAX_RECORDS} objects")
    rows = cast(list[Any], records)
    for number, record in enumerate(rows):
        if not isinstance(record, dict):
            raise Invalid(f"records[{number}] must be an object, got {str(record)[:80]!r}")
    ids = tuple(_id(record, number, columns) for number, record in enumerate(rows))
    values = {c.name: [_value(record, n, c) for n, record in enumerate(rows)] for c in columns}
    table = pl.DataFrame(values, schema={column.name: column.dtype for column in columns})
    return Batch(ids, table, _time(document.get("time")))
