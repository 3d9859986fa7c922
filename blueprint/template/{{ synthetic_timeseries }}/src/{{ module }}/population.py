"""Synthetic shops: the use case runs before data of yours is there. Land your own file in their place.

Draws are keyed by seed and environment: dev and prod never hold the same shop. Its demand is a level
of its own with growth, a week, a year and holidays, times noise that no column explains.
"""

import zlib
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtri

from .features import CONTRACT
from .lags import DAY, HISTORY_DAYS, is_holiday, with_lags

Floats = NDArray[np.float64]

MONTHS: Final = 24
"""How many monthly landing dates a history has: two whole years, so that no season has more weight."""
SHOPS: Final = 24
"""The fewest shops; more rows than these have are of more shops."""
EPOCH: Final = date(2020, 1, 1)
"""The first day of every shop."""
GROWTH: Final = 0.02
"""Per year."""
WEEK: Final = np.array([0.9, 0.85, 0.9, 1.0, 1.2, 1.45, 0.7])
"""Monday to Sunday."""


def generator(seed: int, environment: str, *purpose: object) -> Generator:
    """A random stream of this seed, environment and purpose alone."""
    words = [zlib.crc32(str(part).encode()) for part in (environment, *purpose)]
    return np.random.default_rng([seed, *words])


def draw_day(rows: int, seed: int, environment: str, day: date) -> pd.DataFrame:
    """What lands on `day`, the first of a month: `rows` rows of the month before."""
    last = day - timedelta(days=1)
    return draw(rows, seed, environment, last.replace(day=1), last)


def draw(rows: int, seed: int, environment: str, first: date, last: date) -> pd.DataFrame:
    """`rows` rows of the days `first` to `last`: the contract's columns."""
    shops = max(SHOPS, -(-rows // ((last - first).days + 1)))
    days = pd.date_range(EPOCH, last, freq="D")
    start = (first - EPOCH).days - HISTORY_DAYS
    shape = _calendar(days[start:])
    past = dict(_shop(seed, environment, shop, len(days), shape) for shop in range(shops))
    found = with_lags(pd.DataFrame(past, index=days[start:]))
    found = found[found[DAY] >= pd.Timestamp(first)]
    chosen = generator(seed, environment, first, last, "rows").permutation(len(found))[:rows]
    return found.iloc[np.sort(chosen)][CONTRACT.columns].reset_index(drop=True)


def _shop(seed: int, environment: str, shop: int, days: int, shape: Floats) -> tuple[str, Floats]:
    # Noise is drawn from the shop's first day on, so that a day has the same in every draw.
    rng = generator(seed, environment, "shop", shop)
    name, noise = f"s{rng.integers(0, 2**63):016x}", np.exp(rng.normal(0, 0.2, days))
    return name, np.round(_level(seed, environment, shop) * shape * noise[-len(shape) :], 1)


def _level(seed: int, environment: str, shop: int) -> float:
    # Steps of the golden ratio: few shops have the same spread of levels as many.
    share = (generator(seed, environment, "levels").random() + shop * 0.6180339887) % 1
    return float(100 * np.exp(0.45 * ndtri(0.02 + 0.96 * share)))


def _calendar(days: pd.DatetimeIndex) -> Floats:
    years = (days - pd.Timestamp(EPOCH)).days.to_numpy() / 365.25
    season = 1 + 0.1 * np.cos(2 * np.pi * (years % 1))
    return (1 + GROWTH * years) * season * WEEK[days.day_of_week] * np.where(is_holiday(days), 0.4, 1.0)
