"""What can happen to a day's buildings: named scenarios, composed with `+` (`large+nulls`)."""

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
    return frame.assign(u_value=frame["u_value"].mask(lost), region=frame["region"].mask(lost, None))


def _new_region(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return frame.assign(region=frame["region"].mask(rng.random(len(frame)) < 0.08, "islands"))


SCENARIOS: Final[dict[str, Scenario]] = {
    "clean": lambda frame, _: frame,
    "cold-year": lambda frame, _: frame.assign(degree_days=frame["degree_days"] * 1.15),
    "large": lambda frame, _: frame.assign(floor_area=frame["floor_area"] * 1.3),
    "square-feet": lambda frame, _: frame.assign(floor_area=frame["floor_area"] * 10.764),
    "new-region": _new_region,
    "nulls": _nulls,
}
ALIASES: Final = {"drifted": "cold-year+large"}


def scenario_day(rows: int, seed: int, environment: str, day: date, name: str = "clean") -> pd.DataFrame:
    """`rows` buildings of `day`, none of which landed, under the scenarios of `name`.

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
