"""Landing: by date, once, whole or not at all; the user's own file under a schema check."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bank_churn.blobs import DataError, read_landed
from bank_churn.container import Container
from bank_churn.features import DATE, ID, INPUTS, TARGET
from bank_churn.land import land, landing_dates, main
from bank_churn.population import customers

AS_OF = date(2026, 11, 23)


def options(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(
        **{"as_of": AS_OF, "rows": 105, "seed": 7, "source": None, "sample": None, "replace": False} | given
    )


class Breaking(Container):
    """A container whose machine goes away at the sixth blob."""

    def write(self, name: str, content: bytes, replacing: str | None = None) -> str:
        if len(self.etags()) == 5:
            raise ConnectionError("the machine went away")
        return super().write(name, content, replacing)


def own(path: Path, rows: int = 200, **changed: Any) -> Path:
    """A user's own file with some columns set."""
    frame = customers(rows, 1, "own", AS_OF)
    frame[DATE] = ["2026-01-01", "2026-02-01"] * (rows // 2)
    frame.assign(**changed).to_csv(path, index=False)
    return path


def test_dates_are_monthly_up_to_the_day() -> None:
    dates = landing_dates(AS_OF)
    assert (len(dates), dates[0], dates[-1]) == (10, date(2026, 2, 1), date(2026, 11, 1))
    assert landing_dates(date(2026, 1, 31), 2) == [date(2025, 12, 1), date(2026, 1, 1)]


def test_history_lands_by_date(blobs: Container) -> None:
    assert land(options(), blobs).startswith("landed 105 customers on 10 dates")
    assert "bank-churn/customers/date=2026-11-01/part-0.parquet" in blobs.etags()
    landed = read_landed(blobs)
    assert sum(len(frame) for frame in landed.frames.values()) == 105
    assert list(landed.frames) == sorted(landed.frames)
    assert list(next(iter(landed.frames.values()))) == [ID, *INPUTS, TARGET]


def test_a_complete_landing_is_left_alone(blobs: Container) -> None:
    land(options(), blobs)
    before, version = blobs.etags(), read_landed(blobs).version
    assert version in land(options(), blobs) and blobs.etags() == before


def test_a_later_day_of_the_same_month_is_the_same_landing(blobs: Container) -> None:
    land(options(), blobs)
    assert land(options(as_of=date(2026, 11, 30)), blobs).startswith("already landed")


def test_other_parameters_need_replace(blobs: Container) -> None:
    land(options(), blobs)
    before = blobs.etags()
    with pytest.raises(DataError, match="add --replace"):
        land(options(rows=50), blobs)
    assert blobs.etags() == before
    old = read_landed(blobs).version
    land(options(rows=50, as_of=date(2026, 12, 1), replace=True), blobs)
    landed = read_landed(blobs)
    assert min(landed.frames) == "2026-03-01" and landed.version != old


def test_an_interrupted_landing_is_not_read_and_goes_on(blobs: Container) -> None:
    with pytest.raises(ConnectionError):
        land(options(), Breaking(blobs.store))
    with pytest.raises(DataError, match="differ from _landing"):
        read_landed(blobs)
    assert land(options(), blobs).startswith("landed 105")
    assert len(read_landed(blobs).frames) == 10


def test_changed_bytes_are_noticed(blobs: Container) -> None:
    land(options(), blobs)
    name = "bank-churn/customers/date=2026-11-01/part-0.parquet"
    blobs.write(name, blobs.read("bank-churn/customers/date=2026-10-01/part-0.parquet").content)
    with pytest.raises(DataError, match="differ from _landing"):
        read_landed(blobs)


def test_nothing_landed_says_what_to_do(blobs: Container) -> None:
    with pytest.raises(DataError, match=r"run python -m bank_churn\.land"):
        read_landed(blobs)


def test_own_file_lands_by_its_dates(blobs: Container, tmp_path: Path) -> None:
    land(options(source=own(tmp_path / "own.csv")), blobs)
    landed = read_landed(blobs)
    assert {day: len(frame) for day, frame in landed.frames.items()} == {"2026-01-01": 100, "2026-02-01": 100}


def test_own_file_lands_as_a_sample_of_every_date(blobs: Container, tmp_path: Path) -> None:
    source = own(tmp_path / "own.csv")
    land(options(source=source, sample=50), blobs)
    assert [len(frame) for frame in read_landed(blobs).frames.values()] == [25, 25]
    with pytest.raises(DataError, match="--replace"):
        land(options(source=source), blobs)


def test_own_parquet_with_nulls_and_without_dates_is_spread(blobs: Container, tmp_path: Path) -> None:
    frame = customers(500, 1, "own", AS_OF)
    frame["age"] = frame["age"].mask(frame.index < 5)
    frame.to_parquet(tmp_path / "own.parquet")
    land(options(source=tmp_path / "own.parquet"), blobs)
    landed = read_landed(blobs)
    sizes = [len(part) for part in landed.frames.values()]
    assert len(sizes) == 10 and min(sizes) > 20 and sum(sizes) == 500
    assert sum(int(part["age"].isna().sum()) for part in landed.frames.values()) == 5


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"country": "Italy"}, r"column country, row 1: 'Italy' \(200 such rows\); use one of France"),
    ({"age": 7}, "column age, row 1: 7 .*use a number from 18 to 120"),
    ({"age": "old"}, "column age, row 1: 'old' .*use a number"),
    ({"exited": 2}, "column exited, row 1: 2 .*use 1 for a customer who left"),
    ({"customer_id": "c1"}, "column customer_id, row 2: 'c1' .*its own id"),
    ({"date": "23/11/2026"}, "column date, row 1: '23/11/2026' .*use YYYY-MM-DD"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG, ids=[message[7:20] for _, message in WRONG])
def test_a_wrong_file_lands_nothing(
    blobs: Container, tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        land(options(source=own(tmp_path / "own.csv", **changed)), blobs)
    assert blobs.etags() == {}


def test_files_that_are_no_source(blobs: Container, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.parquet").write_text("x")
    (tmp_path / "a.csv").write_text("customer_id,age\n1,20\n")
    (tmp_path / "empty.csv").write_text(",".join([ID, *INPUTS, TARGET]) + "\n")
    for name, message in (
        ("a.txt", "must be a .csv or .parquet"),
        ("a.parquet", "cannot be read as parquet"),
        ("a.csv", "column country is missing"),
        ("empty.csv", "there are no rows"),
        ("none.csv", "there is no such file"),
    ):
        with pytest.raises(DataError, match=message):
            land(options(source=tmp_path / name), blobs)


def test_the_command_refuses_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ECLUSE_DATA_URL", raising=False)
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("land: ECLUSE_DATA_URL is not set")
