"""Synthetic customers: the use case runs before data of yours is there. Land your own file in their place.

Draws are keyed by (seed, environment, date): dev and prod never hold the same customer.
"""

import zlib
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from .features import CONTRACT

MONTHS: Final = 10
"""How many monthly landing dates a history has."""


def generator(seed: int, environment: str, *purpose: object) -> Generator:
    """A random stream of this seed, environment and purpose alone."""
    words = [zlib.crc32(str(part).encode()) for part in (environment, *purpose)]
    return np.random.default_rng([seed, *words])


def draw_day(rows: int, seed: int, environment: str, day: date, purpose: str = "landing") -> pd.DataFrame:
    """The customers that `environment` sees on `day`; another purpose draws other customers of that day."""
    return draw(rows, generator(seed, environment, day.isoformat(), purpose))


def draw(rows: int, rng: Generator) -> pd.DataFrame:
    """`rows` customers: the contract's columns."""
    regions, channels = (np.array(CONTRACT.categorical[name], dtype=object) for name in ("region", "channel"))
    frame = pd.DataFrame(
        {
            CONTRACT.id: [f"c{n:016x}" for n in rng.integers(0, 2**63, rows)],
            "region": rng.choice(regions, rows, p=[0.45, 0.35, 0.2]),
            "channel": rng.choice(channels, rows, p=[0.5, 0.2, 0.3]),
            "age": np.round(np.clip(rng.normal(44, 15, rows), 18, 95)),
            "household": 1.0 + rng.poisson(1.4, rows),
            "data_gb": np.round(rng.lognormal(2.5, 0.8, rows), 1),
            "call_hours": np.round(rng.gamma(1.5, 6, rows), 1),
            "days_abroad": np.round(np.clip(rng.exponential(9, rows), 0, 200)),
        }
    )
    odds = np.exp(_log_odds(frame))
    ends = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    number = (rng.random((rows, 1)) > ends[:, :-1]).sum(axis=1)
    frame[CONTRACT.target] = np.array(CONTRACT.classes, dtype=object)[number]
    return frame[CONTRACT.columns]


def _log_odds(frame: pd.DataFrame) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Of each class, in the contract's order, against `basic`.

    Children cost data at some ages alone, and who travels calls by phone only: no linear model finds that.
    """
    parent = frame["age"].between(28, 56)
    family = -5.0 + 2.6 * (frame["household"] - 1) * parent + 0.09 * frame["data_gb"]
    travels = frame["days_abroad"] * (frame["channel"] != "app")
    business = -6.0 + 0.3 * frame["call_hours"] + 0.25 * travels + 1.2 * (frame["region"] == "north")
    return np.column_stack([np.zeros(len(frame)), family, business])
