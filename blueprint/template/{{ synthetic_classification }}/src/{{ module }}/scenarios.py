"""What can happen to a day's machines: named scenarios, composed with `+` (`hot+nulls`)."""

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
    return frame.assign(load=frame["load"].mask(lost), site=frame["site"].mask(lost, None))


def _new_site(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return frame.assign(site=frame["site"].mask(rng.random(len(frame)) < 0.08, "Metz"))


SCENARIOS: Final[dict[str, Scenario]] = {
    "clean": lambda frame, _: frame,
    "hot": lambda frame, _: frame.assign(temperature=frame["temperature"] + 10),
    "unserviced": lambda frame, _: frame.assign(service_days=frame["service_days"] + 60),
    "fahrenheit": lambda frame, _: frame.assign(temperature=frame["temperature"] * 1.8 + 32),
    "new-site": _new_site,
    "nulls": _nulls,
}
ALIASES: Final = {"drifted": "hot+unserviced"}


def scenario_day(rows: int, seed: int, environment: str, day: date, name: str = "clean") -> pd.DataFrame:
    """`rows` machines of `day`, none of which landed, under the scenarios of `name`.

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
