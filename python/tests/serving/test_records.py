"""What a scoring request may hold, and the table that is logged of it."""

import io
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from ecluse_models.model import Column
from ecluse_serving.log import prediction_ids, prediction_table
from ecluse_serving.records import MAX_RECORDS, Invalid, parse_batch, table_of

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
    batch = parse_batch(body({**GOOD, "active": None}, time="2026-01-31T12:00:00+02:00"), COLUMNS, True)
    assert batch.ids == ("c-1",)
    assert batch.time == datetime(2026, 1, 31, 10, tzinfo=UTC)
    table = table_of([batch])
    assert table.schema == {
        "age": pl.Float64,
        "products": pl.Int64,
        "country": pl.String,
        "active": pl.Boolean,
    }
    assert table.rows() == [(41.0, 2, "France", None)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be an object"),
        (b'{"records": []}', f"1 to {MAX_RECORDS}"),
        (json.dumps({"records": [GOOD] * (MAX_RECORDS + 1)}).encode(), f"1 to {MAX_RECORDS}"),
        (b'{"records": [1]}', r"records\[0\] must be an object, got '1'"),
        (body(GOOD, rows=[]), "'rows' is not known"),
        (body(GOOD, time="yesterday"), "time must be ISO 8601 .* got 'yesterday'"),
        (body(GOOD, time="2026-01-31T12:00:00"), "with an offset"),
        (body({**GOOD, "id": None}), r"records\[0\].id must be .* got 'None'"),
        (body({**GOOD, "age": "old"}), r"records\[0\].age must be double, got 'old'"),
        (body({**GOOD, "age": True}), r"records\[0\].age must be double, got 'True'"),
        (body({**GOOD, "age": None}), r"records\[0\].age is required"),
        (b'{"records": [{"id": "c", "age": NaN, "products": 1}]}', "NaN is no number of JSON"),
        (b'{"records": [{"id": "c", "age": -Infinity, "products": 1}]}', "-Infinity is no number of JSON"),
        (b'{"records": [{"id": "c", "age": 1e999, "products": 1}]}', "age must be double, got 'inf'"),
        (body({**GOOD, "age": 10**309}), r"records\[0\].age must be double, got '10{79}'"),
        (b'{"records": [{"id": "c", "age": ' + b"9" * 5_000 + b"}]}", "not JSON that can be used: Exceeds"),
        (b'{"records": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"records": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, "nested too deeply"),
        (b'{"records": [{"id": "\\ud800", "age": 1, "products": 1}]}', "surrogates not allowed"),
        (
            b'{"records": [{"id": "c", "age": 1, "products": 1, "country": "\\udfff"}]}',
            "surrogates not allowed",
        ),
        (b'{"records": [{"id": "c", "\\ud800": 1}]}', "surrogates not allowed"),
        (b'{"records": [], "records": []}', "it gives 'records' twice"),
        (b'{"records": [{"id": "c", "age": 1, "age": 2, "products": 1}]}', "it gives 'age' twice"),
        (b'{"records": "\xff"}', "can't decode byte 0xff"),
        (json.dumps({"records": [GOOD]}).encode("utf-16"), "can't decode byte"),
        (b"\xef\xbb\xbf" + body(GOOD), "BOM"),
        (body({**GOOD, "id": "x" * 201}), r"records\[0\].id has more than 200 characters: 'x{80}'"),
        (body({**GOOD, "id": 10**300}), r"records\[0\].id has more than 200 characters"),
        (body(GOOD, time="0001-01-01T00:00:00+14:00"), "time must be ISO 8601"),
        (body(GOOD, time="9999-12-31T23:59:59-14:00"), "time must be ISO 8601"),
        (body(GOOD, time=20260131), "time must be ISO 8601 .* got '20260131'"),
        (body({**GOOD, "products": 1.5}), r"records\[0\].products must be long, got '1.5'"),
        (body({**GOOD, "products": 1 << 63}), r"records\[0\].products must be long"),
        (body({**GOOD, "country": 3}), r"records\[0\].country must be string, got '3'"),
        (body({**GOOD, "active": 1}), r"records\[0\].active must be boolean, got '1'"),
        (body({**GOOD, "iban": "x"}), r"records\[0\] has 'iban', which is no input of the model"),
        (body({**GOOD, "a\nb": "x"}), r"records\[0\] has 'a\\nb', which"),
    ],
)
def test_a_wrong_batch_names_what_is_wrong(text: bytes, message: str) -> None:
    for backdates in (False, True):
        with pytest.raises(Invalid, match=message) as error:
            parse_batch(text, COLUMNS, backdates)
        assert len(str(error.value)) < 400 and "\n" not in str(error.value)


def test_a_caller_chooses_no_day() -> None:
    now = datetime.now(UTC)
    for given in (None, now - timedelta(days=400), now - timedelta(minutes=6), now + timedelta(minutes=4)):
        batch = parse_batch(body(GOOD, time=given and given.isoformat()), COLUMNS)
        assert abs(batch.time - now) < timedelta(minutes=1)
        assert batch.caller_time == given
    yesterday = now - timedelta(days=1)
    assert parse_batch(body(GOOD, time=yesterday.isoformat()), COLUMNS, True).time == yesterday
    for backdates in (False, True):
        with pytest.raises(Invalid, match=r"time must not be after the server's .* by more than 0:05:00"):
            parse_batch(body(GOOD, time=(now + timedelta(minutes=6)).isoformat()), COLUMNS, backdates)


def survives(text: bytes, columns: tuple[Column, ...]) -> bool:
    """Whether a body is not refused in words; it is then logged, and read again as it was."""
    try:
        batch = parse_batch(text, columns, True)
    except Invalid as error:
        str(error).encode()
        return False
    count = len(batch.ids)
    ids = [f"p{n}" for n in range(count)]
    table = prediction_table([batch], table_of([batch]), "3", [0.5] * count, ids)
    for write, read in ((table.write_ipc_stream, pl.read_ipc_stream), (table.write_parquet, pl.read_parquet)):
        buffer = io.BytesIO()
        write(buffer)
        assert read(io.BytesIO(buffer.getvalue())).equals(table)
    return True


@pytest.mark.parametrize(("value", "fits"), [("3.4e38", True), ("-3.5e38", False), ("1e39", False)])
def test_a_number_that_a_float_has_no_room_for_is_refused(value: str, fits: bool) -> None:
    text = f'{{"records": [{{"id": 1, "income": {value}}}]}}'.encode()
    assert survives(text, (Column("income", "float", True),)) is fits


ODD = [
    *(
        "null",
        "true",
        "0",
        "-0.0",
        "1e308",
        "-1e400",
        "3e38",
        "4e38",
        "1e39",
        "NaN",
        "Infinity",
        "[]",
        "{}",
        '""',
    ),
    *(
        "2147483648",
        "-9223372036854775809",
        "9" * 400,
        "9" * 4301,
        '"\\ud834\\udd1e"',
        '"\\ud800"',
        '"\\u0000"',
    ),
    *('"\U0001f40b"', '"\\\\"', "[" * 2_000 + "]" * 2_000, '"' + "x" * 250 + '"', '"0001-01-01T00:00:00Z"'),
    *(
        '"9999-12-31T23:59:59Z"',
        '"2026-02-30T00:00:00Z"',
        '"2020-02-29T23:59:60Z"',
        '"2020-02-29T12:00:00-23:59"',
    ),
    *('"1970-01-01T00:00:00.000000001Z"', '"2020-W01-1T00:00:00Z"', "\x00", "\ufeff", "'x'", "1_000", "0x10"),
]


def drawn(random: Random) -> bytes:
    """A body that is good but for some of its values, keys and bytes."""
    members = {
        "id": '"c-1"',
        "age": "41",
        "income": "1.5",
        "products": "2",
        "country": '"FR"',
        "active": "true",
    }
    for name in random.sample(sorted(members), random.randrange(3)):
        members[name] = random.choice(ODD)
    pairs = list(members.items())
    if random.random() < 0.1:
        pairs.append((random.choice(["age", "\\ud800", "odd", ""]), random.choice(ODD)))
    record = ",".join(f'"{key}":{value}' for key, value in pairs)
    time = f',"time":{random.choice(ODD)}' if random.random() < 0.4 else ""
    text = bytearray((f'{{"records":[{{{record}}}]{time}}}').encode())
    for _ in range(random.choice([0, 0, 0, 1, 3])):
        text[random.randrange(len(text))] = random.randrange(256)
    return bytes(text)


def test_any_bytes_are_a_batch_that_can_be_logged_or_refused_in_words() -> None:
    random = Random(16)
    columns = (*COLUMNS, Column("income", "float", False))
    good = sum(survives(drawn(random), columns) for _ in range(4_000))
    assert 400 < good < 3_600
    assert not any(survives(random.randbytes(random.randrange(60)), columns) for _ in range(4_000))


def test_the_log_has_the_columns_that_the_monitor_reads() -> None:
    batch = parse_batch(body(GOOD, time="2026-01-31T12:00:00Z"), COLUMNS, True)
    other = parse_batch(body({**GOOD, "id": "c-2"}), COLUMNS, True)
    both = [batch, other]
    table = prediction_table(both, table_of(both), "3", [0.25, 0.5], ["p-1", "p-2"])
    assert table.columns[:6] == [
        "prediction_id",
        "id",
        "model_version",
        "score",
        "time",
        "caller_time",
    ]
    assert table.columns[6:] == ["input_age", "input_products", "input_country", "input_active"]
    assert table.rows()[0][:6] == ("p-1", "c-1", "3", 0.25, batch.time, batch.time)
    assert table.rows()[1][:6] == ("p-2", "c-2", "3", 0.5, other.time, None)
    assert table.schema["time"] == pl.Datetime("us", "UTC")


def test_a_batch_that_is_sent_again_has_the_same_ids_and_any_other_has_not() -> None:
    def ids(*records: dict[str, Any], time: str = "2026-01-31T12:00:00Z", version: str = "3") -> list[str]:
        sent = json.dumps({"time": time, "records": records}).encode()
        return prediction_ids(parse_batch(sent, COLUMNS, True), version)

    sent = ids(GOOD, {**GOOD, "id": 7})
    assert ids(GOOD, {**GOOD, "id": 7}, time="2026-01-31T23:00:00Z") == sent
    others = [
        ids({**GOOD, "id": "c-2"}),
        ids({**GOOD, "age": 41.5}),
        ids({**GOOD, "country": None}),
        ids(GOOD, time="2026-02-01T12:00:00Z"),
        ids(GOOD, version="4"),
    ]
    assert len({*sent, *(each[0] for each in others)}) == 7


def test_under_a_key_of_its_caller_a_row_has_one_id_on_any_day_and_by_any_version() -> None:
    def ids(key: str | None, version: str, time: str, record: dict[str, Any] = GOOD) -> list[str]:
        return prediction_ids(parse_batch(body(record, time=time), COLUMNS, True, key), version)

    first, later = "2026-01-31T23:59:59Z", "2026-02-01T00:00:01Z"
    assert ids("ana k", "3", first) == ids("ana k", "4", later)
    others = [
        ids("ana k", "3", first),
        ids("ana l", "3", first),
        ids("ben k", "3", first),
        ids(None, "3", first),
        ids("ana k", "3", first, {**GOOD, "age": 42}),
    ]
    assert len({each[0] for each in others}) == 5
