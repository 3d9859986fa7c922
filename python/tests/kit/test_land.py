"""Landing: by date, once, whole or not at all."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecluse.__main__ import main
from ecluse.contract import landing_dates
from ecluse.errors import KitError
from ecluse.land import Landing, land, sampled
from ecluse.landed import data_version, read_landed
from ecluse_core.container import Container

from .conftest import CONTRACT, MONTHS, People, use_case

AS_OF = date(2026, 11, 23)
ROWS = 10 * MONTHS + 5
FOLDER = "some-case/customers"


def run(blobs: Container, **given: Any) -> str:
    asked: dict[str, Any] = {"as_of": AS_OF, "rows": ROWS, **given}
    return land(Landing(**asked), use_case(population=People()), blobs)


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
    assert run(blobs).startswith(f"landed {ROWS} rows on {MONTHS} dates")
    assert f"{FOLDER}/date=2026-11-01/part-0.parquet" in blobs.etags()
    landed = read_landed(blobs)
    assert sum(len(frame) for frame in landed.frames.values()) == ROWS
    assert list(landed.frames) == sorted(landed.frames)
    assert list(next(iter(landed.frames.values()))) == CONTRACT.columns


def test_a_complete_landing_is_left_alone(blobs: Container) -> None:
    run(blobs)
    before, version = blobs.etags(), read_landed(blobs).version
    assert version in run(blobs) and blobs.etags() == before
    # A later day of the same month is the same landing.
    assert run(blobs, as_of=date(2026, 11, 30)).startswith("already landed")


def test_other_parameters_need_replace(blobs: Container) -> None:
    run(blobs)
    before = blobs.etags()
    with pytest.raises(KitError, match="add --replace"):
        run(blobs, rows=5 * MONTHS)
    assert blobs.etags() == before
    old, first = read_landed(blobs).version, min(read_landed(blobs).frames)
    run(blobs, rows=5 * MONTHS, as_of=date(2026, 12, 1), replace=True)
    landed = read_landed(blobs)
    assert min(landed.frames) > first and landed.version != old


def test_fewer_rows_than_dates_are_refused(blobs: Container) -> None:
    with pytest.raises(KitError, match=f"--rows must be at least {MONTHS}"):
        run(blobs, rows=MONTHS - 1)


def test_without_a_population_a_file_is_asked_for(blobs: Container) -> None:
    with pytest.raises(KitError, match="give your own file with --source"):
        land(Landing(AS_OF), use_case(), blobs)
    with pytest.raises(KitError, match="there is no such file"):
        land(Landing(AS_OF, source=Path("none.csv")), use_case(), blobs)


def test_an_interrupted_landing_is_not_read_and_goes_on(blobs: Container) -> None:
    with pytest.raises(ConnectionError):
        run(Breaking(blobs.store))
    with pytest.raises(KitError, match="differ from _landing"):
        read_landed(blobs)
    assert run(blobs).startswith(f"landed {ROWS}")
    assert len(read_landed(blobs).frames) == MONTHS


def test_changed_bytes_are_noticed(blobs: Container) -> None:
    run(blobs)
    one, other = (f"{FOLDER}/date=2026-{month}-01/part-0.parquet" for month in (10, 11))
    blobs.write(other, blobs.read(one).content)
    with pytest.raises(KitError, match="differ from _landing"):
        read_landed(blobs)


def test_nothing_landed_says_what_to_do(blobs: Container) -> None:
    with pytest.raises(KitError, match="run python -m ecluse land"):
        read_landed(blobs)


def daily(days: int, rows: int) -> Mapping[date, pd.DataFrame]:
    first = date(2025, 1, 1)
    return {first + timedelta(day): pd.DataFrame({"n": np.arange(rows)}) for day in range(days)}


@pytest.mark.parametrize(("days", "rows", "asked"), [(365, 2, 150), (10, 100, 33), (3, 1, 2), (1, 9, 1)])
def test_a_sample_has_exactly_its_rows(days: int, rows: int, asked: int) -> None:
    found = sampled(dict(daily(days, rows)), asked, 7)
    sizes = [len(frame) for frame in found.values()]
    assert sum(sizes) == asked and min(sizes) > 0
    assert max(sizes) <= asked // days + 1


def test_a_sample_of_none_is_refused() -> None:
    with pytest.raises(KitError, match="--sample must be at least 1, got 0"):
        sampled(dict(daily(2, 5)), 0, 7)


def test_the_data_version_depends_on_content_alone() -> None:
    assert data_version({"a": "1", "b": "2"}) == data_version({"b": "2", "a": "1"})
    assert data_version({"a": "1"}) != data_version({"a": "2"})


def test_the_command_refuses_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["land"]) == 1
    assert capsys.readouterr().err.startswith("land: there is no pyproject.toml in ")
