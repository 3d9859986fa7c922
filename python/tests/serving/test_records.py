"""What a scoring request may hold, and the table that is logged of it."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from ecluse_core.opening import open_container
from ecluse_models.model import Column
from ecluse_serving.log import LogError, prediction_table, write_predictions
from ecluse_serving.records import MAX_RECORDS, Invalid, parse_batch

COLUMNS = (
    Column("age", "double", True),
    Column("products", "long", True),
    Column("country", "string", False),
    Column("active", "boolean", False),
)
GOOD = {"id": "c-1", "age": 41, "products": 2, "country": "France", "active": True}


def body(record: dict[str, Any], **others: Any) -> bytes:
    return json.dumps({"records": [record], **others}).encode()


def test_a_good_batch_is_typed_as_the_signature_says() -> None:
    batch = parse_batch(body({**GOOD, "active": None}, time="2026-01-31T12:00:00+02:00"), COLUMNS)
    assert batch.ids == ("c-1",)
    assert batch.time == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert batch.inputs.schema == {
        "age": pl.Float64,
        "products": pl.Int64,
        "country": pl.String,
        "active": pl.Boolean,
    }
    assert batch.inputs.rows() == [(41.0, 2, "France", None)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be an object"),
        (b'{"records": []}', f"1 to {MAX_RECORDS}"),
        (json.dumps({"records": [GOOD] * (MAX_RECORDS + 1)}).encode(), f"1 to {MAX_RECORDS}"),
        (b'{"records": [1]}', r"records\[0\] must be an object, got '1'"),
        (body(GOOD, rows=[]), "rows is not known"),
        (body(GOOD, time="yesterday"), "time must be ISO 8601 .* got 'yesterday'"),
        (body(GOOD, time="2026-01-31T12:00:00"), "with an offset"),
        (body({**GOOD, "id": None}), r"records\[0\].id must be .* got 'None'"),
        (body({**GOOD, "age": "old"}), r"records\[0\].age must be double, got 'old'"),
        (body({**GOOD, "age": True}), r"records\[0\].age must be double, got 'True'"),
        (body({**GOOD, "age": None}), r"records\[0\].age is required"),
        (b'{"records": [{"id": "c", "age": NaN, "products": 1}]}', "age must be double, got 'nan'"),
        (body({**GOOD, "products": 1.5}), r"records\[0\].products must be long, got '1.5'"),
        (body({**GOOD, "products": 1 << 63}), r"records\[0\].products must be long"),
        (body({**GOOD, "country": 3}), r"records\[0\].country must be string, got '3'"),
        (body({**GOOD, "active": 1}), r"records\[0\].active must be boolean, got '1'"),
        (body({**GOOD, "iban": "x"}), r"records\[0\].iban is no input of the model"),
    ],
)
def test_a_wrong_batch_names_what_is_wrong(text: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        parse_batch(text, COLUMNS)


def test_the_log_has_the_columns_that_the_monitor_reads() -> None:
    batch = parse_batch(body(GOOD, time="2026-01-31T12:00:00Z"), COLUMNS)
    table = prediction_table(batch, "3", [0.25], ["p-1"])
    assert table.columns[:5] == ["prediction_id", "id", "model_version", "score", "time"]
    assert table.columns[5:] == ["input_age", "input_products", "input_country", "input_active"]
    assert table.rows()[0][:4] == ("p-1", "c-1", "3", 0.25)
    assert table.schema["time"] == pl.Datetime("us", "UTC")


def test_a_log_that_cannot_be_written_is_an_error_without_the_sas() -> None:
    batch = parse_batch(body(GOOD), COLUMNS)
    table = prediction_table(batch, "3", [0.25], ["p-1"])
    closed = open_container("URL", {"URL": "http://127.0.0.1:9/prod/inference?sig=secret"})
    with pytest.raises(LogError, match=r"not logged: .* cannot be written: .*ConnectionRefused") as error:
        write_predictions(closed, "bank-churn", batch, table)
    assert "secret" not in str(error.value)
