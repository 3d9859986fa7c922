"""What can happen to what is asked for on a day: named scenarios, composed with `+` (`slump+nulls`)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pandas as pd
from numpy.random import Generator

from .population import draw, generator

Scenario = Callable[[pd.DataFrame, Generator], pd.DataFrame]
"""Changes the inputs as they arrive."""


def _nulls(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    lost = rng.random(len(frame)) < 0.15
    return frame.assign(lag_364=frame["lag_364"].mask(lost), weekday=frame["weekday"].mask(lost, None))


def _slump(frame: pd.DataFrame, _: Generator) -> pd.DataFrame:
    past = ["lag_364", "lag_371", "mean_28_lag_364"]
    return frame.assign(**{name: frame[name] * 0.65 for name in past})


SCENARIOS: Final[dict[str, Scenario]] = {
    "clean": lambda frame, _: frame,
    "slump": _slump,
    "thousands": lambda frame, _: frame.assign(lag_364=frame["lag_364"] / 1_000),
    "weekends-only": lambda frame, rng: frame.assign(weekday=rng.choice(["Sat", "Sun"], len(frame))),
    "nulls": _nulls,
}
ALIASES: Final = {"drifted": "slump"}


def scenario_day(rows: int, seed: int, environment: str, day: date, name: str = "clean") -> pd.DataFrame:
    """`rows` forecasts that are asked for on `day`, under the scenarios of `name`.

    They are for the days of the next 52 weeks, which is what a planner asks for, and so as any year is.
    Raises ValueError for a name that is not in `SCENARIOS` or `ALIASES`.
    """
    chosen = [find(part) for part in ALIASES.get(name, name).split("+")]
    frame = draw(rows, seed, environment, day + timedelta(days=1), day + timedelta(days=364))
    rng = generator(seed, environment, day.isoformat(), name)
    for scenario in chosen:
        frame = scenario(frame, rng)
    return frame


def find(name: str) -> Scenario:
    """The scenario of this name."""
    if name not in SCENARIOS:
        names = ", ".join([*SCENARIOS, *ALIASES])
        raise ValueError(f"scenario must be one of {names} (join several with +), got {name!r}")
    return SCENARIOS[name]
