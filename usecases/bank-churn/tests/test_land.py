"""Landing: by date, once, whole or not at all."""

import argparse
from datetime import date
from typing import Any

import pytest

from bank_churn.blobs import DataError, read_landed
from bank_churn.container import Container
from bank_churn.features import ID, INPUTS, TARGET
from bank_churn.land import land, landing_dates, main
from bank_churn.population import MONTHS

AS_OF = date(2026, 11, 23)
ROWS = 10 * MONTHS + 5
FOLDER = "bank-churn/customers"


def options(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(
        **{"as_of": AS_OF, "rows": ROWS, "seed": 7, "source": None, "sample": None, "replace": False} | given
    )


class Breaking(Container):
    """A container whose machine goes away at the sixth blob."""

    def write(self, name: str, content: bytes, replacing: str | None = None) -> str:
        if len(self.etags()) == 5:
            raise ConnectionError("the machine went away")
        return super().write(name, content, replacing)


def test_dates_are_monthly_up_to_the_day() -> None:
    dates = landing_dates(AS_OF, 10)
    assert (len(dates), dates[0], dates[-1]) == (10, date(2026, 2, 1), date(2026, 11, 1))
    assert landing_dates(date(2026, 1, 31), 2) == [date(2025, 12, 1), date(2026, 1, 1)]


def test_history_lands_by_date(blobs: Container) -> None:
    assert land(options(), blobs).startswith(f"landed {ROWS} rows on {MONTHS} dates")
    assert f"{FOLDER}/date=2026-11-01/part-0.parquet" in blobs.etags()
    landed = read_landed(blobs)
    assert sum(len(frame) for frame in landed.frames.values()) == ROWS
    assert list(landed.frames) == sorted(landed.frames)
    assert list(next(iter(landed.frames.values()))) == [ID, *INPUTS, TARGET]


def test_a_complete_landing_is_left_alone(blobs: Container) -> None:
    land(options(), blobs)
    before, version = blobs.etags(), read_landed(blobs).version
    assert version in land(options(), blobs) and blobs.etags() == before
    # A later day of the same month is the same landing.
    assert land(options(as_of=date(2026, 11, 30)), blobs).startswith("already landed")


def test_other_parameters_need_replace(blobs: Container) -> None:
    land(options(), blobs)
    before = blobs.etags()
    with pytest.raises(DataError, match="add --replace"):
        land(options(rows=5 * MONTHS), blobs)
    assert blobs.etags() == before
    old, first = read_landed(blobs).version, min(read_landed(blobs).frames)
    land(options(rows=5 * MONTHS, as_of=date(2026, 12, 1), replace=True), blobs)
    landed = read_landed(blobs)
    assert min(landed.frames) > first and landed.version != old


def test_fewer_rows_than_dates_are_refused(blobs: Container) -> None:
    with pytest.raises(DataError, match=f"--rows must be at least {MONTHS}"):
        land(options(rows=MONTHS - 1), blobs)


def test_an_interrupted_landing_is_not_read_and_goes_on(blobs: Container) -> None:
    with pytest.raises(ConnectionError):
        land(options(), Breaking(blobs.store))
    with pytest.raises(DataError, match="differ from _landing"):
        read_landed(blobs)
    assert land(options(), blobs).startswith(f"landed {ROWS}")
    assert len(read_landed(blobs).frames) == MONTHS


def test_changed_bytes_are_noticed(blobs: Container) -> None:
    land(options(), blobs)
    one, other = (f"{FOLDER}/date=2026-{month}-01/part-0.parquet" for month in (10, 11))
    blobs.write(other, blobs.read(one).content)
    with pytest.raises(DataError, match="differ from _landing"):
        read_landed(blobs)


def test_nothing_landed_says_what_to_do(blobs: Container) -> None:
    with pytest.raises(DataError, match=r"run python -m bank_churn\.land"):
        read_landed(blobs)


def test_the_command_refuses_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ECLUSE_DATA_URL", raising=False)
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("land: ECLUSE_DATA_URL is not set")
