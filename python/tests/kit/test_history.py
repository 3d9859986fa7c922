"""Time series by the hour, the day and the month: what a file of them lands, and what is refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.file_format import FileFormat
from ecluse.history import History, history_rows
from ecluse.source import read_source


def contract(history: History, **more: Any) -> Contract:
    """A contract of temperatures, which may be below zero."""
    known: dict[str, Any] = {"numeric": {"lag": (-60, 60)}, "target_range": (-60, 60), "baseline": "lag"}
    return Contract(target="degrees", id="row", history=history, **{**known, **more})


def inputs(back: int) -> Any:
    """The value of so many steps before."""

    def lagged(past: pd.DataFrame) -> dict[str, pd.DataFrame]:
        return {"lag": past.shift(back)}

    return lagged


WEEK: Any = "week"
HOURS = contract(History("place", "at", 24, inputs(24), "hour", "Europe/Paris"))
MONTHS = contract(History("", "month", 12, inputs(12), "month"))


def write(path: Path, **columns: Any) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def landed(path: Path, by: Contract, latest: date | None = None) -> dict[str, pd.DataFrame]:
    return {str(day): rows.set_index("row") for day, rows in read_source(path, by, [], latest).items()}


def hourly(first: str, last: str) -> pd.DatetimeIndex:
    return pd.date_range(first, last, freq="h", tz="Europe/Paris")


AUTUMN = hourly("2026-10-23 00:00", "2026-10-26 05:00")


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S%z"])
def test_an_hour_that_clocks_repeat_is_two_rows(tmp_path: Path, form: str) -> None:
    values = np.arange(len(AUTUMN)) - 40.0
    path = write(tmp_path / "own.csv", place="Lyon", at=AUTUMN.strftime(form), degrees=values)
    found = pd.concat(landed(path, HOURS).values())
    assert len(found) == len(AUTUMN) - 24 and found.index.is_unique
    summer, winter = (found.loc[f"Lyon/2026-10-25T02:00+0{hours}00"] for hours in (2, 1))
    assert winter["degrees"] == summer["degrees"] + 1 == summer["lag"] + 25
    assert (found["degrees"] - found["lag"] == 24).all() and found["degrees"].min() < 0


def test_spring_has_an_hour_less_and_a_gap_makes_no_rows(tmp_path: Path) -> None:
    times = hourly("2026-03-27 00:00", "2026-03-30 12:00")
    wall = times.strftime("%Y-%m-%d %H:%M")
    there = (times < pd.Timestamp("2026-03-28 06:00+0100")) | (times > pd.Timestamp("2026-03-28 08:00+0100"))
    path = write(tmp_path / "own.csv", place="Lyon", at=wall[there], degrees=np.arange(len(times))[there] / 2)
    found = landed(path, HOURS)
    assert list(found) == ["2026-03-30", "2026-04-06"], "each lands on the Monday after"
    rows = pd.concat(found.values())
    # Neither the hours of the gap, nor those a day later, whose lag is not known.
    assert len(rows) == len(times) - 24 - 2 * 3
    assert "Lyon/2026-03-29T03:00+0200" in rows.index and (rows["degrees"] - rows["lag"] == 12).all()


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (["2026-03-29 02:00"], "row 1: '2026-03-29 02:00' .*use YYYY-MM-DDTHH:00, as Europe/Paris has it"),
        (
            ["2026-10-25 02:00"] * 3,
            r"row 3: '2026-10-25 02:00' \(1 such rows\); give each series one row per",
        ),
        (["2026-10-25 03:00"] * 2, "row 2: .*one row per hour"),
        (["2026-10-25 03:15"], "row 1: .*use full hours: sum up what is shorter"),
        (["25.10.2026 03:00"], "row 1: .*use YYYY-MM-DDTHH:00"),
        (["2027-01-02 00:00"], "row 1: .*that day is to come"),
    ],
)
def test_hours_that_are_refused(tmp_path: Path, at: list[str], message: str) -> None:
    path = write(tmp_path / "own.csv", place="Lyon", at=at, degrees=1)
    with pytest.raises(KitError, match=f"column at, {message}"):
        landed(path, HOURS, date(2027, 1, 1))


@pytest.mark.parametrize("anchor", ["start", "end", "text"])
def test_months_are_the_same_by_their_first_or_last_day(tmp_path: Path, anchor: str) -> None:
    periods = pd.period_range("2023-11", periods=30, freq="M")
    days = periods.to_timestamp(how="end" if anchor == "end" else "start").strftime("%Y-%m-%d")
    texts = periods.strftime("%m/%Y") if anchor == "text" else days
    by = replace(MONTHS, file=FileFormat(dates="%m/%Y")) if anchor == "text" else MONTHS
    path = write(tmp_path / "own.csv", month=texts, degrees=np.arange(30) - 20)
    found = landed(path, by)
    assert len(found) == 18 and min(found) == "2024-12-01", "each lands on the first of the month after"
    rows = pd.concat(found.values())
    assert list(rows.index[:4]) == ["2024-11", "2024-12", "2025-01", "2025-02"]
    assert (rows["degrees"] - rows["lag"] == 12).all()


def test_days_in_a_series_of_months_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "own.csv", month=["2024-01-30", "2024-01-31"], degrees=1)
    with pytest.raises(KitError, match=r"column month, row 2: '2024-01-31' .*one row per month"):
        landed(path, MONTHS)


def test_what_a_file_has_itself_is_an_input(tmp_path: Path) -> None:
    by = contract(
        History("place", "day", 1, inputs(1), given=("rain", "wind")),
        numeric={"lag": (-60, 60), "rain": (0, 100)},
        categorical={"wind": ("north", "south")},
    )
    days = pd.date_range("2026-01-01", periods=4).strftime("%Y-%m-%d")
    columns = {"place": "Lyon", "day": days, "degrees": [-3, -2, -1, 0], "wind": ["north", "south"] * 2}
    rows = landed(write(tmp_path / "own.csv", **columns, rain=["1", "", "3", "4"]), by)["2026-02-01"]
    assert rows["rain"].fillna(-1).to_list() == [-1, 3, 4] and rows.loc["Lyon/2026-01-02", "wind"] == "south"
    with pytest.raises(KitError, match=r"column rain, row 1: '200' .*use a number from 0 to 100"):
        landed(write(tmp_path / "own.csv", **columns, rain=["200"] * 4), by)


def test_calendars_are_the_same_for_each_series() -> None:
    by = contract(
        History(
            "place", "day", 1, lambda past: {"lag": past.shift(1), "n": pd.Series([1.0, 2.0], past.index)}
        ),
        numeric={"lag": (-60, 60), "n": (0, 9)},
    )
    past = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=pd.date_range("2026-01-01", periods=2))
    rows = history_rows(by, past)
    assert rows.to_numpy().tolist() == [["a/2026-01-02", 1, 2, 2], ["b/2026-01-02", 3, 2, 4]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: History("s", "t", 1, inputs(1), WEEK), "step is 'week'; use one of hour, day, month"),
        (lambda: History("s", "t", 1, inputs(1), zone="Paris"), "zone 'Paris' is unknown; use a name such"),
        (lambda: contract(History("s", "t", 1, inputs(1), given=("x",))), "given x is no input"),
        (
            lambda: history_rows(contract(History("s", "t", 1, lambda _: {})), pd.DataFrame()),
            "input lag is made",
        ),
    ],
)
def test_what_makes_no_history(wrong: Any, message: str) -> None:
    with pytest.raises(KitError, match=message):
        wrong()
