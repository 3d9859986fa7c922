"""Each scenario does what it says, and nothing else."""

from datetime import date

import pandas as pd
import pytest

from bank_churn.features import CONTRACT
from bank_churn.population import AGE_SD
from bank_churn.scenarios import scenario_day

DAY = date(2026, 11, 23)  # a Monday
ROWS = 20_000


def day(name: str, when: date = DAY) -> pd.DataFrame:
    return scenario_day(ROWS, 7, "dev", when, name)


@pytest.fixture(scope="module")
def clean() -> pd.DataFrame:
    return day("clean")


@pytest.mark.parametrize(("name", "shift"), [("age-drift", 0.3), ("slight-age-drift", 0.1), ("drifted", 0.3)])
def test_ages_move(clean: pd.DataFrame, name: str, shift: float) -> None:
    moved = (day(name)["age"].mean() - clean["age"].mean()) / AGE_SD
    assert moved == pytest.approx(shift, abs=4 * (2 / ROWS) ** 0.5)


@pytest.mark.parametrize("name", ["germany", "drifted"])
def test_germany_grows(name: str) -> None:
    assert (day(name)["country"] == "Germany").mean() == pytest.approx(0.45, abs=0.015)


def test_one_segment_alone_drifts(clean: pd.DataFrame) -> None:
    before, after = (frame.groupby("country")["age"].mean() for frame in (clean, day("segment")))
    moved = (after - before) / AGE_SD
    assert moved["Spain"] == pytest.approx(1.0, abs=0.1)
    assert abs(moved["France"]) < 0.06 and abs(moved["Germany"]) < 0.08


def test_what_arrives_is_corrupted(clean: pd.DataFrame) -> None:
    assert set(day("one-product")["products"]) == {1.0}
    pd.testing.assert_series_equal(day("cents")["balance"], clean["balance"] * 100)
    assert (day("new-country")["country"] == "Italy").mean() == pytest.approx(0.08, abs=0.01)
    assert day("nulls")[["credit_score", "country"]].isna().mean().to_list() == pytest.approx(
        [0.15] * 2, abs=0.01
    )


def test_flipped_labels_leave_the_inputs_alone(clean: pd.DataFrame) -> None:
    flipped = day("flipped")
    pd.testing.assert_frame_equal(flipped[CONTRACT.inputs], clean[CONTRACT.inputs])
    assert flipped[CONTRACT.target].mean() == pytest.approx(1 - clean[CONTRACT.target].mean(), abs=0.02)


def test_weekends_differ() -> None:
    monday, saturday = (day("weekly", when)["active"].mean() for when in (DAY, date(2026, 11, 28)))
    assert saturday - monday == pytest.approx(0.065, abs=0.02)


def test_scenarios_compose(clean: pd.DataFrame) -> None:
    both = day("cents+germany")
    assert both["balance"].max() > 100 * 100_000 and (both["country"] == "Germany").mean() > 0.4
