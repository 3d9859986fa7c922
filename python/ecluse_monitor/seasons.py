"""Seasons: a day that is like the same weekday before is no drift, however far from the training it is.

Three things are compared. The day with the training, as without any history. Where it differs, the day with
the same weekdays before: it must be further from them than days without drift were from theirs. And the week
that ends with it with the training, since a drift that stays becomes the history of later days.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypedDict, cast

import numpy as np
from numpy.random import Generator

from ecluse_monitor.columns import Column
from ecluse_monitor.drift import compare, trained
from ecluse_monitor.settings import DriftLimits, Limits
from ecluse_monitor.sketch import Histogram

WHOLE_WEEK = 6
"""Days of a week that it takes to compare the week."""


class Past(TypedDict):
    """A day that was judged: the histogram of each check's column, and the checks that found drift there."""

    histograms: dict[str, Histogram]
    drifted: list[str]


@dataclass(frozen=True)
class History:
    """The days before the one that is judged."""

    as_of: date
    days: dict[date, Past] = field(default_factory=dict[date, Past])

    def comparable(self, check: str) -> list[Histogram]:
        """The same weekday of earlier weeks, where it did not drift."""
        return self._quiet(check, self.as_of)

    def _quiet(self, check: str, day: date) -> list[Histogram]:
        return [
            past["histograms"][check]
            for other, past in self.days.items()
            if other != day and other.weekday() == day.weekday() and _is_quiet(past, check)
        ]

    def own_distances(self, check: str, column: Column) -> list[float]:
        """How far each day without drift was from the same weekdays of other weeks."""
        found: list[float] = []
        for day, past in self.days.items():
            others = self._quiet(check, day)
            if others and _is_quiet(past, check):
                found.append(_distance(column, merged(others), past["histograms"][check]))
        return found

    def week(self, check: str) -> list[Histogram]:
        """The six days before."""
        days = (self.as_of - timedelta(days=number) for number in range(1, 7))
        past = [self.days[day]["histograms"] for day in days if day in self.days]
        return [histograms[check] for histograms in past if check in histograms]

    @property
    def lacks(self) -> str:
        """What the report says where seasons cannot be known yet."""
        if any(day.weekday() == self.as_of.weekday() for day in self.days):
            return ""
        until = self.as_of + timedelta(days=7)
        return f"no earlier {self.as_of:%A} was judged: a weekly season looks like drift until {until}"


def _is_quiet(past: Past, check: str) -> bool:
    return check in past["histograms"] and check not in past["drifted"]


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """All rows of some days together."""
    given = list(histograms)
    if isinstance(given[0], dict):
        total: Counter[str] = Counter()
        for each in given:
            total.update(cast(dict[str, int], each))
        return dict(total)
    return np.sum([np.asarray(each, dtype=np.int64) for each in given], axis=0).tolist()


def _distance(column: Column, left: Histogram, right: Histogram) -> float:
    return compare(column, left, right, 0, np.random.default_rng(0))[0]


def is_season(
    history: History,
    check: str,
    column: Column,
    today: Histogram,
    settings: DriftLimits,
    limits: Limits,
    rng: Generator,
) -> bool:
    """Whether a day that differs from the training is like the same weekdays, in a week that does not."""
    comparable = history.comparable(check)
    if not comparable:
        return False
    # A season shows in many columns each week: chance must explain a day away far less often.
    level = settings.fdr / 10
    draws = round(20 / level)
    distance, p_value = compare(column, merged(comparable), today, draws, rng)
    own = history.own_distances(check, column)
    usual = float(np.quantile(own, settings.history_quantile)) if own else 0.0
    if p_value <= level and distance >= max(limits.warn, usual):
        return False
    week = [*history.week(check), today]
    if len(week) < WHOLE_WEEK:
        return True
    distance, p_value = compare(column, trained(column), merged(week), draws, rng)
    return p_value > level or distance < limits.warn
