"""What can happen to a day's customers: named scenarios, composed with `+` (`holidays+nulls`)."""

from collections.abc import Callable
from datetime import date
from typing import Final

import pandas as pd
from numpy.random import Generator

from .population import draw_day, generator

Scenario = Callable[[pd.DataFrame, Generator], pd.DataFrame]
"""Changes the inputs as they arrive."""


def _nulls(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    lost = rng.random(len(frame)) < 0.15
    return frame.assign(age=frame["age"].mask(lost), region=frame["region"].mask(lost, None))


def _new_region(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return frame.assign(region=frame["region"].mask(rng.random(len(frame)) < 0.08, "east"))


SCENARIOS: Final[dict[str, Scenario]] = {
    "clean": lambda frame, _: frame,
    "older": lambda frame, _: frame.assign(age=frame["age"] + 10),
    "holidays": lambda frame, _: frame.assign(days_abroad=frame["days_abroad"] + 14),
    "minutes": lambda frame, _: frame.assign(call_hours=frame["call_hours"] * 60),
    "new-region": _new_region,
    "nulls": _nulls,
}
ALIASES: Final = {"drifted": "older+holidays"}


def scenario_day(rows: int, seed: int, environment: str, day: date, name: str = "clean") -> pd.DataFrame:
    """`rows` customers of `day`, none of which landed, under the scenarios of `name`.

    Raises ValueError for a name that is not in `SCENARIOS` or `ALIASES`.
    """
    chosen = [find(part) for part in ALIASES.get(name, name).split("+")]
    frame = draw_day(rows, seed, environment, day, purpose="traffic")
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
