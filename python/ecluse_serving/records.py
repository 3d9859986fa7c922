"""The body of a scoring request, checked against the model's signature."""

import json
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final, cast

import polars as pl

from ecluse_models.model import Column

MAX_RECORDS = 10_000
LONGEST_ID: Final = 200
NEAR: Final = timedelta(minutes=5)
"""How far a caller's clock may be ahead of the server's."""

_LARGEST: Final = {"float": 3.4028234663852886e38, "double": sys.float_info.max}


class Invalid(ValueError):
    """A request that does not fit; the message names the column, the record and the value."""


@dataclass(frozen=True)
class Batch:
    """A checked request: ids as text, a value of each column per id, and times in UTC.

    `time` is the server's, whose day the monitor judges it with; `caller_time` is what the caller gave.
    """

    ids: tuple[str, ...]
    columns: Sequence[Column]
    values: Sequence[list[Any]]
    """A list for each column."""
    time: datetime
    caller_time: datetime | None = None
    key: str | None = None
    """The caller and its key, of a request that it may send again."""


def table_of(batches: Sequence[Batch]) -> pl.DataFrame:
    """The inputs of batches for one and the same model, as one table."""
    columns = batches[0].columns
    values = [list(chain.from_iterable(own)) for own in zip(*(each.values for each in batches), strict=True)]
    schema = {column.name: column.dtype for column in columns}
    return pl.DataFrame(dict(zip(schema, values, strict=True)), schema=schema)


def shown(value: object) -> str:
    """The value as a message may hold it: short, and on one line."""
    return repr(str(value)[:80])


def _caller_time(value: object, now: datetime) -> datetime | None:
    if value is None:
        return None
    try:
        given = datetime.fromisoformat(value if isinstance(value, str) else "")
        time = given.astimezone(UTC) if given.tzinfo else None
    except (ValueError, OverflowError):
        time = None
    if time is None:
        raise Invalid(f"time must be ISO 8601 with an offset, as 2026-01-31T12:00:00Z, got {shown(value)}")
    if time > now + NEAR:
        raise Invalid(
            f"time must not be after the server's {now:%Y-%m-%dT%H:%M:%SZ} by more than {NEAR}, "
            f"got {shown(value)}; leave it out"
        )
    return time


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
    # Compared and not converted: a whole number may be too large for that.
    return isinstance(value, int | float) and abs(value) <= _LARGEST[kind]


def _value(record: dict[str, Any], number: int, column: Column) -> object:
    value = record.get(column.name)
    if value is None:
        if column.required:
            raise Invalid(f"records[{number}].{column.name} is required, got null")
        return None
    if not _fits(value, column.type):
        raise Invalid(f"records[{number}].{column.name} must be {column.type}, got {shown(value)}")
    return float(value) if column.type in ("float", "double") else value


def read_id(value: object, what: str) -> str:
    """A caller's own id as text; raises Invalid with what it is of."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise Invalid(f"{what} must be a text or a whole number, got {shown(value)}")
    if len(str(value)) > LONGEST_ID:
        raise Invalid(f"{what} has more than {LONGEST_ID} characters: {shown(value)}")
    return str(value)


def _id(record: dict[str, Any], number: int, columns: Sequence[Column]) -> str:
    found = read_id(record.get("id"), f"records[{number}].id")
    unknown = record.keys() - {"id"} - {column.name for column in columns}
    if unknown:
        raise Invalid(f"records[{number}] has {shown(min(unknown))}, which is no input of the model")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON: each key once, and texts that UTF-8 can write, as every log and answer does."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"it gives {shown(next(key for key in keys if keys.count(key) > 1))} twice")
    for text in (*found, *found.values()):
        if isinstance(text, str):
            text.encode()
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON; give null where there is none")


def read_document(body: bytes, keys: Set[str]) -> dict[str, Any]:
    """The object of a body, which has none but these keys; raises Invalid."""
    try:
        # Decoded here: the parser would guess among encodings.
        document: Any = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except ValueError as error:
        raise Invalid(f"the body is not JSON that can be used: {error}") from None
    if not isinstance(document, dict):
        raise Invalid(f"the body must be an object of {' and '.join(sorted(keys))}")
    found = cast(dict[str, Any], document)
    unknown = found.keys() - keys
    if unknown:
        raise Invalid(f"{shown(min(unknown))} is not known; give {' and '.join(sorted(keys))}")
    return found


def _batch(document: dict[str, Any], columns: Sequence[Column], backdates: bool, key: str | None) -> Batch:
    records = document.get("records")
    if not isinstance(records, list) or not 0 < len(cast(list[Any], records)) <= MAX_RECORDS:
        raise Invalid(f"records must be a list of 1 to {MAX_RECORDS} objects")
    rows = cast(list[Any], records)
    for number, record in enumerate(rows):
        if not isinstance(record, dict):
            raise Invalid(f"records[{number}] must be an object, got {shown(cast(object, record))}")
    ids = tuple(_id(record, number, columns) for number, record in enumerate(rows))
    values = [[_value(record, n, c) for n, record in enumerate(rows)] for c in columns]
    now = datetime.now(UTC)
    given = _caller_time(document.get("time"), now)
    # The monitor judges a day's predictions: who chose their day could poison it, or hide from it.
    return Batch(ids, columns, values, given if given and backdates else now, given, key)


def parse_batch(
    body: bytes, columns: Sequence[Column], backdates: bool = False, key: str | None = None
) -> Batch:
    """Checks a body; raises Invalid at the first thing that is wrong, whatever the bytes are.

    The time of a caller that `backdates` decides on the day; that of any other is kept beside the server's.
    """
    try:
        return _batch(read_document(body, {"time", "records"}), columns, backdates, key)
    except RecursionError:
        raise Invalid("the body is nested too deeply; a record holds no lists and no objects") from None
