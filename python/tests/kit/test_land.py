"""Landing: by date, once, whole or not at all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecluse.__main__ import main
from ecluse.contract import landing_dates
from ecluse.errors import KitError
from ecluse.land import Asked, Stores, land, sampled
from ecluse.landed import read_landed
from ecluse_core.container import Container
from ecluse_core.landing import data_version

from .conftest import CONTRACT, MONTHS, People, use_case

AS_OF = date(2026, 11, 23)
ROWS = 10 * MONTHS + 5
FOLDER = "some-case/customers"


def run(stores: Stores, **given: Any) -> str:
    asked: dict[str, Any] = {"as_of": AS_OF, "rows": ROWS, **given}
    return land(Asked(**asked), use_case(population=People()), stores)


def all_etags(stores: Stores) -> list[dict[str, str]]:
    return [stores.data.container.etags(), stores.holdout.container.etags()]


class Breaking(Container):
    """A container whose machine goes away at the sixth blob, or when a new one comes to more."""

    def write(self, name: str, content: bytes, replacing: str | None = None) -> str:
        if len(self.etags()) >= 5 and name not in self.etags():
            raise ConnectionError("the machine went away")
        return super().write(name, content, replacing)


def breaking(stores: Stores) -> Stores:
    return replace(stores, data=replace(stores.data, container=Breaking(stores.data.container.store)))


def test_dates_are_monthly_up_to_the_day() -> None:
    dates = landing_dates(AS_OF, 10)
    assert (len(dates), dates[0], dates[-1]) == (10, date(2026, 2, 1), date(2026, 11, 1))
    assert landing_dates(date(2026, 1, 31), 2) == [date(2025, 12, 1), date(2026, 1, 1)]


def test_the_newest_dates_land_where_no_training_reads(stores: Stores) -> None:
    assert run(stores).startswith(f"landed {ROWS} rows on {MONTHS} dates")
    landed, held = read_landed(stores.data), read_landed(stores.holdout)
    assert list(held.frames) == ["2026-10-01", "2026-11-01"]
    assert len(landed.frames) == MONTHS - 2 and max(landed.frames) == "2026-09-01"
    assert sum(len(frame) for frame in [*landed.frames.values(), *held.frames.values()]) == ROWS
    assert f"{FOLDER}/date=2026-11-01/part-0.parquet" not in stores.data.container.etags()
    assert list(landed.frames) == sorted(landed.frames)
    assert list(next(iter(landed.frames.values()))) == CONTRACT.columns


def test_held_dates_go_on_to_training_when_newer_ones_land(stores: Stores) -> None:
    run(stores)
    run(stores, as_of=date(2026, 12, 1), replace=True)
    assert list(read_landed(stores.holdout).frames) == ["2026-11-01", "2026-12-01"]
    assert "2026-10-01" in read_landed(stores.data).frames


def test_rows_that_training_has_read_are_never_held_out(stores: Stores) -> None:
    contents = {f"2026-01-0{day}": bytes([day]) for day in range(1, 8)}
    stores.replace(contents, {})
    assert list(stores.data.files().contents) == sorted(contents)[:6]
    before = all_etags(stores)
    with pytest.raises(KitError, match="2026-01-06 would be held out, and training has read the same rows"):
        stores.replace({day: contents[day] for day in sorted(contents)[:6]}, {})
    assert all_etags(stores) == before
    # Other rows of the same dates are not what it has read.
    stores.replace({day: contents[day] + b"new" for day in sorted(contents)[:6]}, {})
    assert list(stores.holdout.files().contents) == ["2026-01-06"]


def test_fewer_dates_than_are_needed_are_refused(stores: Stores) -> None:
    with pytest.raises(KitError, match="rows of 2026-01-01, 2026-01-02 only; land 3 dates or more"):
        stores.replace({"2026-01-01": b"1", "2026-01-02": b"2"}, {})
    assert stores.data.manifest() is None


def test_a_complete_landing_is_left_alone(stores: Stores) -> None:
    run(stores)
    before, version = all_etags(stores), read_landed(stores.data).version
    assert version in run(stores) and all_etags(stores) == before
    # A later day of the same month is the same landing.
    assert run(stores, as_of=date(2026, 11, 30)).startswith("already landed")


def test_other_parameters_need_replace(stores: Stores) -> None:
    run(stores)
    before = all_etags(stores)
    with pytest.raises(KitError, match="add --replace"):
        run(stores, rows=5 * MONTHS)
    assert all_etags(stores) == before
    old, first = read_landed(stores.data).version, min(read_landed(stores.data).frames)
    run(stores, rows=5 * MONTHS, as_of=date(2026, 12, 1), replace=True)
    landed = read_landed(stores.data)
    assert min(landed.frames) > first and landed.version != old


def test_fewer_rows_than_dates_are_refused(stores: Stores) -> None:
    with pytest.raises(KitError, match=f"--rows must be at least {MONTHS}"):
        run(stores, rows=MONTHS - 1)


def test_without_a_population_a_file_is_asked_for(stores: Stores) -> None:
    with pytest.raises(KitError, match="give your own file with --source"):
        land(Asked(AS_OF), use_case(), stores)
    with pytest.raises(KitError, match="there is no such file"):
        land(Asked(AS_OF, source=Path("none.csv")), use_case(), stores)


def test_an_interrupted_landing_is_not_read_and_goes_on(stores: Stores) -> None:
    with pytest.raises(ConnectionError):
        run(breaking(stores))
    with pytest.raises(KitError, match="differ from _landing"):
        read_landed(stores.data)
    assert run(stores).startswith(f"landed {ROWS}")
    assert len(read_landed(stores.data).frames) == MONTHS - 2


def test_one_that_broke_off_between_the_two_goes_on(stores: Stores) -> None:
    run(stores)
    with pytest.raises(ConnectionError):
        run(breaking(stores), as_of=date(2026, 12, 1), replace=True)
    landed = {name for name in stores.data.etags() if name in stores.holdout.etags()}
    assert landed == set()
    assert run(stores, as_of=date(2026, 12, 1), replace=True).startswith(f"landed {ROWS}")


def test_changed_bytes_are_noticed(stores: Stores) -> None:
    run(stores)
    blobs = stores.data.container
    one, other = (f"{FOLDER}/date=2026-{month}-01/part-0.parquet" for month in ("08", "09"))
    blobs.write(other, blobs.read(one).content)
    with pytest.raises(KitError, match="differ from _landing"):
        read_landed(stores.data)


def test_nothing_landed_says_what_to_do(stores: Stores) -> None:
    with pytest.raises(KitError, match="run python -m ecluse land"):
        read_landed(stores.data)


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


@pytest.mark.parametrize(
    ("rows", "changed", "message"),
    [
        (40, {}, "there are 40 rows; land 50 or more"),
        (90, {"age": None}, "column age is empty in every row; export it, or take it out of the contract"),
        (90, {"left": 0}, "column left is 1 in 0 of 90 rows; land 5 or more"),
        (90, {"left": [1] * 4 + [0] * 86}, "column left is 1 in 4 of 90 rows"),
    ],
)
def test_a_file_that_no_model_can_be_trained_on(
    stores: Stores, tmp_path: Path, rows: int, changed: dict[str, Any], message: str
) -> None:
    frame = CONTRACT.draw(rows, np.random.default_rng(1)).assign(**changed)
    frame.to_csv(tmp_path / "own.csv", index=False)
    with pytest.raises(KitError, match=message):
        run(stores, source=tmp_path / "own.csv")
    assert all_etags(stores) == [{}, {}]
