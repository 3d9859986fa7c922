"""What can happen to a day's customers: named scenarios, composed with `+` (`age-drift+nulls`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from .population import Mix, draw_day, generator

Compose = Callable[[Mix, date], Mix]
Corrupt = Callable[[pd.DataFrame, Generator], pd.DataFrame]


@dataclass(frozen=True)
class Scenario:
    """`compose` changes who comes, before anyone leaves; `corrupt` changes what arrives of it."""

    about: str
    compose: Compose = lambda mix, _day: mix
    corrupt: Corrupt = lambda frame, _rng: frame


def _cents(frame: pd.DataFrame, _rng: Generator) -> pd.DataFrame:
    return frame.assign(balance=frame["balance"] * 100)


def _new_country(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return frame.assign(country=frame["country"].mask(rng.random(len(frame)) < 0.08, "Italy"))


def _nulls(frame: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    lost = rng.random(len(frame)) < 0.15
    return frame.assign(
        credit_score=frame["credit_score"].mask(lost, np.nan), country=frame["country"].mask(lost, None)
    )


SCENARIOS: Final[dict[str, Scenario]] = {
    "clean": Scenario("nothing happens"),
    "weekly": Scenario(
        "at weekends more active customers come", lambda mix, day: replace(mix, weekend=day.weekday() >= 5)
    ),
    "age-drift": Scenario("customers are 0.3 sd older", lambda mix, _: replace(mix, age_shift=0.3)),
    "slight-age-drift": Scenario("customers are 0.1 sd older", lambda mix, _: replace(mix, age_shift=0.1)),
    "germany": Scenario("Germany grows from 25 to 45 %", lambda mix, _: replace(mix, germany=0.45)),
    "segment": Scenario(
        "in Spain alone customers are 1 sd older", lambda mix, _: replace(mix, spain_age_shift=1.0)
    ),
    "one-product": Scenario(
        "the number of products is stuck at 1", lambda mix, _: replace(mix, one_product_only=True)
    ),
    "flipped": Scenario(
        "who stayed leaves, and the reverse (labels only)", lambda mix, _: replace(mix, inverted_labels=True)
    ),
    "cents": Scenario("balances arrive in cents", corrupt=_cents),
    "new-country": Scenario("8 % come from a country never seen", corrupt=_new_country),
    "nulls": Scenario("15 % arrive without credit score and country", corrupt=_nulls),
}
ALIASES: Final = {"drifted": "age-drift+germany"}


def scenario_day(rows: int, seed: int, environment: str, day: date, name: str = "clean") -> pd.DataFrame:
    """`rows` customers that come on `day` under the scenarios of `name`, with the label `exited`.

    Raises ValueError for a name that is not in `SCENARIOS` or `ALIASES`.
    """
    chosen = [find(part) for part in ALIASES.get(name, name).split("+")]
    mix = Mix()
    for scenario in chosen:
        mix = scenario.compose(mix, day)
    frame = draw_day(rows, seed, environment, day, mix, purpose="traffic")
    rng = generator(seed, environment, day.isoformat(), "corrupt", name)
    for scenario in chosen:
        frame = scenario.corrupt(frame, rng)
    return frame


def find(name: str) -> Scenario:
    """The scenario of this name."""
    if name not in SCENARIOS:
        names = ", ".join([*SCENARIOS, *ALIASES])
        raise ValueError(f"scenario must be one of {names} (join several with +), got {name!r}")
    return SCENARIOS[name]
