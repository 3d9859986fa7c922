"""Seasons: a day that is like the same weekday before is no drift, however far from the training it is.

Three things are compared. The day with the training, as without any history. Where it differs, the day with
the same weekdays before: it must be further from them than days without drift were from theirs. And the week
that ends with it with the training, since a drift that stays becomes the history of later days. A week that
differs asks for the second comparison also on a day that is like the training.
"""

from collections import Counter
from collections.abc import Callable, Iterable
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
MOST_DAYS = 4
"""Days of a week that are most of them."""


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

    @property
    def before_this_week(self) -> "History":
        """The days that are more than six days before."""
        days = {day: past for day, past in self.days.items() if (self.as_of - day).days > WHOLE_WEEK}
        return History(self.as_of, days)

    def week(self, check: str) -> list[Histogram]:
        """The six days before."""
        days = (self.as_of - timedelta(days=number) for number in range(1, 7))
        past = [self.days[day]["histograms"] for day in days if day in self.days]
        return [histograms[check] for histograms in past if check in histograms]

    def whole_week(self, check: str, today: Histogram) -> list[Histogram]:
        """The week that ends with the day; empty where too few of its days are known."""
        week = [*self.week(check), today]
        return week if len(week) >= WHOLE_WEEK else []

    @property
    def lacks(self) -> str:
        """What the report says where seasons cannot be known yet."""
        if any(day.weekday() == self.as_of.weekday() for day in self.days):
            return ""
        until = self.as_of + timedelta(days=7)
        return f"no earlier {self.as_of:%A} was judged: a weekly season looks like drift until {until}"


def _is_quiet(past: Past, check: str) -> bool:
    return check in past["histograms"] and check not in past["drifted"]


def is_season(
    comparable: list[Histogram], is_apart: Callable[[], bool], week_differs: Callable[[], bool]
) -> bool:
    """Whether a day that differs from the training is like the same weekdays, in a week that does not."""
    return bool(comparable) and not is_apart() and not week_differs()


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


@dataclass(frozen=True)
class Weekday:
    """A column's day beside the same weekdays before."""

    history: History
    check: str
    column: Column
    today: Histogram
    settings: DriftLimits
    limits: Limits

    def is_season(self, rng: Generator) -> bool:
        """Whether a day that differs from the training does as it does each week.

        The training may hold no season, such as weekdays alone: then it is like most days of the week.
        """
        week = self._week()
        return is_season(
            self.history.comparable(self.check),
            lambda: self._apart(rng) is not None,
            lambda: self._differs(week, rng) and self._differs(self._nearest(week), rng),
        )

    def hidden(self, rng: Generator) -> float | None:
        """How far a day that is like the training is from the same weekdays, in a week that is not.

        A drift may move a weekday to where the training's average is. None where it is no drift.
        """
        if not self.history.comparable(self.check) or not self._differs(self._week(), rng):
            return None
        return self._apart(rng)

    @property
    def _level(self) -> float:
        # A season shows in many columns each week: chance must explain a day away far less often.
        return self.settings.fdr / 10

    def _apart(self, rng: Generator) -> float | None:
        """The distance to the same weekdays, where it is more than chance and than days without drift had."""
        before = merged(self.history.comparable(self.check))
        # A drift that began with this week may be in its days.
        earlier = self.history.before_this_week.own_distances(self.check, self.column)
        own = earlier or self.history.own_distances(self.check, self.column)
        usual = float(np.quantile(own, self.settings.history_quantile)) if own else 0.0
        distance = self._distance(before, self.today, rng)
        return distance if distance is not None and distance >= usual else None

    def _distance(self, left: Histogram, right: Histogram, rng: Generator) -> float | None:
        if _distance(self.column, left, right) < self.limits.warn:
            return None
        distance, p_value = compare(self.column, left, right, round(20 / self._level), rng)
        return distance if p_value <= self._level else None

    def _week(self) -> list[Histogram]:
        return self.history.whole_week(self.check, self.today)

    def _nearest(self, week: list[Histogram]) -> list[Histogram]:
        then = trained(self.column)
        return sorted(week, key=lambda day: _distance(self.column, then, day))[:MOST_DAYS]

    def _differs(self, days: list[Histogram], rng: Generator) -> bool:
        return bool(days) and self._distance(trained(self.column), merged(days), rng) is not None
