"""The user's own file: what the contract says is what lands, and the rest is refused whole."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.history import History
from ecluse.source import read_source

from .conftest import CONTRACT

DATES = [date(2026, month, 1) for month in range(1, 11)]


def own(path: Path, rows: int = 20, **changed: Any) -> Path:
    """A file that keeps the contract, with some columns set."""
    frame = CONTRACT.draw(rows, np.random.default_rng(1))
    frame["date"] = ["2026-01-01", "2026-02-01"] * (rows // 2)
    frame.assign(**changed).to_csv(path, index=False)
    return path


def read(path: Path, contract: Contract = CONTRACT) -> pd.DataFrame:
    return pd.concat(read_source(path, contract, DATES, date(2026, 11, 30)).values())


def test_it_lands_by_its_dates(tmp_path: Path) -> None:
    found = read_source(own(tmp_path / "own.csv"), CONTRACT, DATES)
    assert {day: len(frame) for day, frame in found.items()} == {DATES[0]: 10, DATES[1]: 10}
    assert all(list(frame) == CONTRACT.columns for frame in found.values())


@pytest.mark.parametrize(
    ("categories", "ids"),
    [
        (("FR", "NA", "DE"), ["a1", "a2", "a3"]),
        (("None", "Basic", "Gold"), ["a1", "a2", "a3"]),
        (("1", "2", "3"), ["00123", "01221", "12334"]),
        (("01", "02", "75"), ["0123", "123", "0"]),
        (("True", "False", "nan"), ["0047E590003", "0048E590004", "12E3"]),
    ],
)
def test_the_contract_alone_says_what_a_value_is(
    tmp_path: Path, categories: tuple[str, ...], ids: list[str]
) -> None:
    contract = Contract(target="y", id="who", categorical={"k": categories})
    path = tmp_path / "own.csv"
    lines = [f"{who},{value},{row % 2}" for row, (who, value) in enumerate(zip(ids, categories, strict=True))]
    path.write_text("\n".join(["who,k,y", *lines]) + "\n")
    frame = read(path, contract)
    assert (sorted(frame["who"]), sorted(frame["k"])) == (sorted(ids), sorted(categories))


def test_empty_cells_are_null_and_texts_are_kept(tmp_path: Path) -> None:
    contract = Contract(target="y", id="who", categorical={"k": ("a",)}, numeric={"n": (0, 9)}, text=("t",))
    path = tmp_path / "own.csv"
    path.write_text("who,k,n,t,y\n1,,,,0\n2,a,NA,null,1\n3,a,7,07,1\n")
    frame = read(path, contract).set_index("who").sort_index()
    assert frame["k"].isna().tolist() == [True, False, False]
    assert frame["n"].isna().tolist() == [True, True, False]
    assert frame["t"].tolist() == ["", "null", "07"]


def test_parquet_with_nulls_and_without_dates_is_spread(tmp_path: Path) -> None:
    frame = CONTRACT.draw(500, np.random.default_rng(1))
    frame["age"] = frame["age"].mask(frame.index < 5)
    frame.to_parquet(tmp_path / "own.parquet")
    found = read_source(tmp_path / "own.parquet", CONTRACT, DATES)
    sizes = [len(part) for part in found.values()]
    assert len(sizes) == 10 and min(sizes) > 20 and sum(sizes) == 500
    assert sum(int(part["age"].isna().sum()) for part in found.values()) == 5


def test_times_with_several_offsets_land_on_their_own_days(tmp_path: Path) -> None:
    times = ["2026-01-05T23:30:00+01:00", "2026-06-05T23:30:00+02:00"] * 10
    found = read_source(own(tmp_path / "own.csv", date=times), CONTRACT, DATES)
    assert list(found) == [date(2026, 1, 5), date(2026, 6, 5)]


WRONG: list[tuple[str, Any, str]] = [
    ("country", "Atlantis", r"row 1: 'Atlantis' \(20 such rows\); use one of FR, NA, 01"),
    ("age", -1e9, "row 1: '-1000000000.0' .*use a number from 18 to 120"),
    ("age", "many", "row 1: 'many' .*use a number"),
    ("age", "inf", "row 1: 'inf' .*use a number"),
    ("left", 2, "row 1: '2' .*use 1 where it happened"),
    ("left", "", "row 1: '' .*use 1 where it happened"),
    ("who", "c1", "row 2: 'c1' .*its own id"),
    ("who", "", "row 1: '' .*its own id"),
    ("date", "23/11/2026", "row 1: '23/11/2026' .*use YYYY-MM-DD"),
    ("date", "2026-02-30", "row 1: '2026-02-30' .*use YYYY-MM-DD"),
    ("date", "1026-11-23", "row 1: '1026-11-23' .*from 1990-01-01 on"),
    ("date", "2062-11-23", "row 1: '2062-11-23' .*is to come; use one up to 2026-11-30"),
    ("age", "41,5", r"row 1: '41,5' .*from 18 to 120; where the comma .*FileFormat\(decimal=','\)"),
]


@pytest.mark.parametrize(("column", "value", "message"), WRONG)
def test_a_wrong_file_is_refused(tmp_path: Path, column: str, value: Any, message: str) -> None:
    with pytest.raises(KitError, match=f"column {column}, {message}"):
        read(own(tmp_path / "own.csv", **{column: value}))


def test_an_amount_must_be_there_and_in_its_range(tmp_path: Path) -> None:
    contract = Contract(target="y", id="who", numeric={"n": (0, 9)}, target_range=(0, 100))
    path = tmp_path / "own.csv"
    for value, fix in (("", "its measured value"), ("101", "from 0 to 100")):
        path.write_text(f"who,n,y\n1,2,{value}\n")
        with pytest.raises(KitError, match=f"column y, row 1: .*{fix}"):
            read(path, contract)


def test_files_that_are_no_source(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.parquet").write_text("x")
    (tmp_path / "a.csv").write_text("who\n1\n")
    (tmp_path / "empty.csv").write_text(",".join(CONTRACT.columns) + "\n")
    for name, message in (
        ("a.txt", "must end with one of .csv, .csv.gz"),
        ("a.parquet", "cannot be read as parquet"),
        ("a.csv", "column country is missing"),
        ("empty.csv", "there are no rows"),
        ("none.csv", "there is no such file or folder"),
    ):
        with pytest.raises(KitError, match=message):
            read(tmp_path / name)


SERIES = Contract(
    target="demand",
    id="row",
    numeric={"lag": (0, 1_000)},
    target_range=(0, 1_000),
    baseline="lag",
    history=History("series", "day", 2, lambda past: {"lag": past.shift(2)}),
)


def history(path: Path, days: int = 40, **changed: Any) -> Path:
    """Two series whose demand counts the days."""
    when = pd.date_range("2026-01-01", periods=days).strftime("%Y-%m-%d")
    parts = [pd.DataFrame({"series": name, "day": when, "demand": np.arange(days)}) for name in ("a", "b")]
    pd.concat(parts).assign(**changed).to_csv(path, index=False)
    return path


def test_a_history_lands_the_month_after(tmp_path: Path) -> None:
    found = read_source(history(tmp_path / "own.csv"), SERIES, DATES)
    assert {day: len(frame) for day, frame in found.items()} == {DATES[1]: 58, DATES[2]: 18}
    first = found[DATES[1]].set_index("row").loc["a/2026-01-03"]
    assert (first["lag"], first["demand"]) == (0, 2)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("demand", -1, "row 1: '-1' .*use a number from 0"),
        ("demand", "", "row 1: '' .*leave out days without a value"),
        ("day", "23/11/2026", "row 1: '23/11/2026' .*use YYYY-MM-DD"),
        ("day", "2026-11-23", "row 2: '2026-11-23' .*one row per day"),
        ("series", "", "row 1: '' .*name the series"),
    ],
)
def test_a_wrong_history_is_refused(tmp_path: Path, column: str, value: Any, message: str) -> None:
    with pytest.raises(KitError, match=f"column {column}, {message}"):
        read_source(history(tmp_path / "own.csv", **{column: value}), SERIES, DATES)


def test_a_short_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="export more than 2 days of a series"):
        read_source(history(tmp_path / "own.csv", days=2), SERIES, DATES)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"numeric": {}}, "there is no input"),
        ({"numeric": {"n": (9, 0)}}, "n is 9 to 0"),
        ({"categorical": {"k": ()}}, "k has no category"),
        ({"text": ("y",)}, "y stands twice"),
        ({"baseline": "x"}, "baseline x is no numeric input"),
    ],
)
def test_a_wrong_contract_is_refused(wrong: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"target": "y", "id": "who", "numeric": {"n": (0, 9)}, **wrong}
    with pytest.raises(KitError, match=message):
        Contract(**given)
