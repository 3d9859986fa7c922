"""The log is read whole, each prediction once, whatever blobs it is in."""

import io
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from obstore.store import LocalStore

from ecluse_core.container import Container
from ecluse_monitor import predictions
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.predictions import Logged, Once, Part
from tests.monitor.conftest import read_day

DAY = date(2026, 11, 1)


@pytest.fixture
def inference(tmp_path: Path) -> Container:
    return Container(LocalStore(tmp_path))


def rows_of(first: int, last: int) -> pl.DataFrame:
    """Predictions with ids as the server's: spread evenly, and known by their number."""
    numbers = range(first, last)
    ids = [f"{number * 2654435761 % 2**32:08x}-{number}" for number in numbers]
    return pl.DataFrame({"prediction_id": ids, "input_x": [float(number) for number in numbers]})


def put(inference: Container, name: str, rows: pl.DataFrame, day: date = DAY) -> None:
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    inference.write(f"churn/date={day}/{name}.parquet", buffer.getvalue())


def values(batches: list[pl.DataFrame]) -> list[float]:
    return sorted(value for batch in batches for value in batch["input_x"].to_list())


def test_many_blobs_are_one_day(inference: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "LOAD_BLOBS", 7)
    for number in range(30):
        put(inference, f"{number}", rows_of(number * 10, number * 10 + 10))
    put(inference, "again", rows_of(95, 125))
    logged = Logged(inference, "churn", DAY)
    batches = list(logged.batches(["input_x"]))
    assert values(batches) == [float(number) for number in range(300)]
    assert (logged.duplicates, len(batches)) == (30, 5)
    assert read_day(inference, "churn", DAY).height == 300


def test_parts_are_the_day_and_share_nothing(inference: Container) -> None:
    put(inference, "a", rows_of(0, 500))
    put(inference, "b", rows_of(400, 900))
    put(inference, "no ids", rows_of(900, 910).drop("prediction_id"))
    put(inference, "null ids", rows_of(910, 920).with_columns(prediction_id=pl.lit(None, pl.String)))
    for of in (1, 2, 3, 7):
        parts = [Logged(inference, "churn", DAY, Part(index, of)) for index in range(of)]
        found = [values(list(part.batches())) for part in parts]
        assert sorted(value for part in found for value in part) == [float(number) for number in range(920)]
        assert sum(part.duplicates for part in parts) == 100
        assert min(len(part) for part in found) > 0.7 * 920 / of - 20
    with pytest.raises(MonitorError, match="--partition must be 0 to 2 of 3, got 3"):
        Part(3, 3)


def test_a_blob_that_was_compacted_meanwhile_is_read_where_it_went(
    inference: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inference, "a", rows_of(0, 50))
    put(inference, "b", rows_of(50, 100))
    before = inference.sizes("churn")
    inference.delete(f"churn/date={DAY}/b.parquet")
    put(inference, "c", rows_of(0, 100))
    listings = [before, inference.sizes("churn")]

    def listed(_container: Container, _folder: str) -> dict[str, int]:
        return listings.pop(0) if listings else {f"{np.random.default_rng().random()}": 1}

    monkeypatch.setattr(Container, "sizes", listed)
    assert values(list(Logged(inference, "churn", DAY).batches())) == [float(n) for n in range(100)]
    with pytest.raises(MonitorError, match="went away 5 times while they were read; run again"):
        list(Logged(inference, "churn", DAY).batches())


def test_a_damaged_blob_is_named(inference: Container) -> None:
    inference.write(f"churn/date={DAY}/bad.parquet", b"no parquet")
    with pytest.raises(MonitorError, match=r"blob churn/date=2026-11-01/bad\.parquet is no readable Parquet"):
        list(Logged(inference, "churn", DAY).batches())


@pytest.mark.parametrize("shift", [0, 20, 52])
def test_values_that_are_alike_in_their_first_bits_are_told_apart(shift: int) -> None:
    """Of 64 bits the first 28 are looked at first, and the first four divide what is known."""
    rng, once, seen = np.random.default_rng(5), Once(), set[int]()
    for size in (1, 700, 50, 3000, 3000, 1, 400):
        values = rng.integers(0, 2**12, size).astype(np.uint64) << np.uint64(shift)
        first = once.first(values)
        expected = [
            value not in seen and value not in values[:at].tolist()
            for at, value in enumerate(values.tolist())
        ]
        assert (np.ones(size, np.bool_) if first is None else first).tolist() == expected
        seen |= set(values.tolist())


@pytest.mark.parametrize("nulls", [0, 5])
def test_an_id_is_new_once(nulls: int) -> None:
    rng, once, seen = np.random.default_rng(3), Once(), set[str]()
    for _ in range(20):
        numbers = rng.integers(0, 2_000, 300)
        ids = [None if nulls and number % nulls == 0 else f"{number}" for number in numbers]
        wanted: list[bool] = []
        for each in ids:
            wanted.append(each is None or each not in seen)
            seen |= {each} if each else set()
        found = once.new(pl.Series(ids, dtype=pl.String))
        assert all(wanted) if found is None else found.tolist() == wanted
