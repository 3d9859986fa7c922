"""Weekly seasons: quiet once each weekday was seen. A drift is found on its first day, and stays found."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.seasons import History, Past, merged
from ecluse_monitor.settings import Settings
from ecluse_monitor.state import Day, Run, State, advance, empty, mine, settle

MONDAY = date(2026, 11, 2)


def rows_of(weekday: int, rows: int, rng: np.random.Generator, shift: float = 0) -> pl.DataFrame:
    """Predictions whose numbers and categories are others at the weekend."""
    weekend = 0.3 if weekday >= 5 else 0.0
    columns: dict[str, Any] = {
        f"input_x{n}": rng.normal(weekend * (n < 2) + shift * (n == 0), 1, rows) for n in range(3)
    }
    columns["input_place"] = np.where(rng.random(rows) < 0.5 + weekend / 2, "shop", "home")
    return pl.DataFrame({**columns, "score": rng.beta(2, 5, rows), "model_version": ["1"] * rows})


@cache
def reference(weekdays: int = 7) -> Baseline:
    """A training that holds whole weeks, or so many days of each from Monday on."""
    rng = np.random.default_rng(7)
    return build_baseline(pl.concat([rows_of(weekday, 3000, rng) for weekday in range(weekdays)]), {})


@dataclass
class Watched:
    """Days that follow each other, with what each was found to be and what was sent."""

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))
    days: dict[date, Past] = field(default_factory=dict[date, Past])
    state: State = field(default_factory=empty)
    sent: list[str] = field(default_factory=list[str])
    weekdays: int = 7

    def day(self, number: int, shift: float = 0) -> Verdict:
        day = MONDAY + timedelta(days=number)
        history = History(day, {each: past for each, past in self.days.items() if (day - each).days <= 28})
        rows = rows_of(day.weekday(), 3000, self.rng, shift)
        verdict = judge(rows, "1", reference(self.weekdays), Settings(), day, None, history)
        if verdict.past:
            self.days[day] = verdict.past
        run = Run(
            str(number), "dev", "churn", "1", day, datetime(2026, 11, 3, tzinfo=UTC) + timedelta(number)
        )
        state = advance(self.state, Day(verdict.findings, verdict.unanswered), run, Settings().alert)
        self.sent += [f"{number} {message['text']}" for message in mine(state, run)]
        self.state = settle(state, run, sent=True)
        return verdict


@pytest.fixture(scope="module")
def quiet() -> Watched:
    """Four weeks with a season and no drift."""
    watched = Watched()
    for number in range(28):
        watched.day(number)
    return watched


def test_a_season_is_one_alert_at_most_and_none_once_it_was_seen(quiet: Watched) -> None:
    opened = [line for line in quiet.sent if "resolved" not in line]
    assert [int(line.split()[0]) for line in opened if int(line.split()[0]) >= 7] == []
    # One day by chance is no alert: that takes two of three.
    assert sum(past["drifted"] != [] for past in list(quiet.days.values())[7:]) <= 1
    assert len([line for line in quiet.sent if "resolved" in line]) <= 1


def test_without_a_history_the_season_is_drift() -> None:
    saturday, rng = MONDAY + timedelta(days=5), np.random.default_rng(1)
    result = judge(rows_of(5, 3000, rng), "1", reference(), Settings(), saturday, None, History(saturday))
    assert {finding.column for finding in result.findings} >= {"x0", "x1", "place"}
    assert History(saturday).lacks == (
        "no earlier Saturday was judged: a weekly season looks like drift until 2026-11-14"
    )


@pytest.mark.parametrize("shift", [0.2, 0.3])
def test_a_drift_is_found_on_its_first_day_and_does_not_become_a_season(quiet: Watched, shift: float) -> None:
    watched = Watched(np.random.default_rng(4), dict(quiet.days), quiet.state)
    for number in range(28, 37):
        verdict = watched.day(number, shift)
        assert "x0" in {finding.column for finding in verdict.findings}, number


def test_a_season_that_the_training_does_not_hold_is_one_alert() -> None:
    watched = Watched(weekdays=5)
    for number in range(21):
        watched.day(number)
    assert [int(line.split()[0]) for line in watched.sent if "resolved" not in line] == [6]


def test_a_drift_is_found_that_moves_weekdays_to_the_average_of_the_training(quiet: Watched) -> None:
    watched = Watched(np.random.default_rng(5), dict(quiet.days), quiet.state)
    found = [watched.day(number, 0.1) for number in range(28, 33)]
    named = [finding for verdict in found for finding in verdict.findings if finding.column == "x0"]
    assert named and all("x0 drifted: from the same weekdays before" in each.text for each in named)


def test_days_that_drifted_are_not_compared_with() -> None:
    past: Past = {"histograms": {"drift of x": [1, 2]}, "drifted": []}
    bad: Past = {"histograms": {"drift of x": [9, 9]}, "drifted": ["drift of x"]}
    days = {MONDAY: past, MONDAY + timedelta(days=7): bad, MONDAY + timedelta(days=1): past}
    assert History(MONDAY + timedelta(days=14), days).comparable("drift of x") == [[1, 2]]


def test_days_together_have_all_their_rows() -> None:
    assert merged([[1, 2], [3, 4]]) == [4, 6]
    assert merged([{"a": 1}, {"a": 2, "b": 3}]) == {"a": 3, "b": 3}
