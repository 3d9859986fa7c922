"""Which files are time series, by which step, and that they land by the contract that is proposed."""

import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import numpy as np
import pandas as pd
import pytest

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.profile import Axis, Profile, profile
from ecluse.proposal import propose, source
from ecluse.source import read_source

TEMPLATE = Path(__file__).parents[3] / "blueprint/template/{{ timeseries }}/src/{{ module }}/lags.py.jinja"


def proposed(found: Profile, monkeypatch: pytest.MonkeyPatch, edit: tuple[str, str] = ("", "")) -> Contract:
    """The contract of the text that a person would be given and edits, beside the template's `lags.py`."""
    assert found.axis
    package, lags = ModuleType("own"), ModuleType("own.lags")
    exec(jinja2.Template(TEMPLATE.read_text()).render(step=found.axis.step), vars(lags))
    monkeypatch.setitem(sys.modules, "own", package)
    monkeypatch.setitem(sys.modules, "own.lags", lags)
    names: dict[str, Any] = {"__package__": "own"}
    exec(source(found).replace(*edit), names)
    return names["CONTRACT"]


def landed(path: Path, by: Contract) -> pd.DataFrame:
    return pd.concat(read_source(path, by, [], date(2027, 1, 1)).values())


def write(path: Path, **columns: Any) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_hours_with_a_gap_and_a_change_of_summer_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = pd.date_range("2026-09-01", "2026-11-15 23:00", freq="h", tz="Europe/Berlin")
    gap = pd.Timestamp("2026-10-01 05:00+0200"), pd.Timestamp("2026-10-01 17:00+0200")
    times = times[(times < gap[0]) | (times > gap[1])]
    load = 50 + 20 * np.sin(times.hour / 24 * 2 * np.pi) - 90 * (times.hour == 4)
    path = write(tmp_path / "own.csv", utc=times.strftime("%d.%m.%Y %H:%M"), price=times.hour % 5 - 2.5,
                 load=load.round(2))  # fmt: skip
    found = profile(path, "load")
    assert found.axis == Axis("utc", "", "hour") and found.written.dates == "%d.%m.%Y %H:%M"
    assert found.notes[0].startswith("hours that stand twice, as where clocks are changed: 1; set zone")
    with pytest.raises(KitError, match="give each series one row per hour"):
        landed(path, proposed(found, monkeypatch))
    by = proposed(found, monkeypatch, ('step="hour"', 'step="hour", zone="Europe/Berlin"'))
    rows = landed(path, by)
    assert by.history and by.history.given == ("price",) and by.numeric["price"][0] < 0
    # A week makes no rows, nor do the 13 hours of the gap and those a week later.
    assert len(rows) == len(times) - 7 * 24 - 13 and rows["price"].notna().all()
    assert by.target_range and by.target_range[0] < rows["load"].min() < 0


def test_days_of_several_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = pd.date_range("2024-01-01", periods=800).strftime("%Y-%m-%d")
    shops = [pd.DataFrame({"shop": name, "town": "Ulm", "day": days, "sold": np.arange(800) % 7 + level,
                           "offer": ["yes", "no"] * 400}) for level, name in enumerate("ab")]  # fmt: skip
    path = tmp_path / "own.csv"
    pd.concat(shops).sample(frac=1, random_state=1).to_csv(path, index=False)
    found = profile(path, "sold")
    assert found.axis == Axis("day", "shop", "day")
    by = proposed(found, monkeypatch)
    assert by.categorical["offer"] == ("no", "yes") and "town" not in by.inputs
    rows = landed(path, by)
    assert len(rows) == 2 * (800 - 364) and (rows["sold"] == rows["season_ago"]).all()


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m"])
def test_months_by_their_ends(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = pd.date_range("2015-01-31", periods=120, freq="ME")
    path = write(tmp_path / "own.csv", month=ends.strftime(form), visitors=range(1000, 1120),
                 degrees=np.arange(120) % 12 - 6.0)  # fmt: skip
    found = profile(path, "degrees")
    assert found.axis == Axis("month", "", "month")
    rows = landed(path, proposed(found, monkeypatch))
    assert len(rows) == 108 and (rows["degrees"] == rows["season_ago"]).all() and rows["degrees"].min() < 0
    assert propose(found)["task"] == "timeseries" and "visitors of its time" in source(found)


@pytest.mark.parametrize(
    ("days", "columns"),
    [
        (pd.date_range("2024-01-01", periods=60, freq="7D"), {}),
        (pd.date_range("2024-01-01", periods=60), {"customer_id": range(60)}),
        (pd.DatetimeIndex(["2024-01-01"] * 60), {}),
    ],
)
def test_what_is_no_time_series(tmp_path: Path, days: pd.DatetimeIndex, columns: dict[str, Any]) -> None:
    path = write(
        tmp_path / "own.csv", day=days.strftime("%Y-%m-%d"), n=[1, 2] * 30, y=np.arange(60) / 2, **columns
    )
    if columns:
        assert profile(path, "y").axis is None and propose(profile(path, "y"))["task"] == "regression"
        return
    with pytest.raises(
        KitError, match="A time series needs none: it has a row for each series and hour, day"
    ):
        profile(path, "y")
