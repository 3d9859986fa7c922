"""A synthetic bank's customers, calibrated to the published figures of the bank-churn data set.

Draws are keyed by (seed, environment, date): dev and prod never hold the same customer. The constants of
the churn model come from `calibrate.py`; `tests/test_population.py` checks each figure.
"""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from .churn import churn_probability
from .features import CONTRACT

Floats = NDArray[np.float64]

MONTHS = 10
"""How many monthly landing dates a history has."""
AGES = np.arange(18, 93)
# Piecewise-linear log density that has mean 38.9, sd 10.5, skew 1.0 and the six age bands' shares at once.
AGE_KNOTS = (18, 22, 27, 31, 35, 39, 44, 50, 56, 62, 70, 78, 92)
AGE_LOG_DENSITY = (-2.97, -1.78, -0.76, -0.4, -0.11, 0.0, -0.72, -1.37, -1.97, -2.53, -3.11, -4.46, -6.7)
AGE_SD = 10.49
COUNTRIES = ("France", "Germany", "Spain")
ZERO_BALANCE = (0.482, 0.0, 0.484)
"""Share of customers without a balance, by country."""
PRODUCTS = {True: (0.247, 0.72, 0.027, 0.006), False: (0.654, 0.313, 0.027, 0.006)}
"""Shares of 1 to 4 products, with and without a zero balance."""


@dataclass(frozen=True)
class Mix:
    """The composition of a population: shares from 0 to 1, shifts of the age in standard deviations."""

    germany: float = 0.251
    age_shift: float = 0.0
    spain_age_shift: float = 0.0
    one_product_only: bool = False
    weekend: bool = False
    inverted_labels: bool = False


def generator(seed: int, environment: str, *purpose: object) -> Generator:
    """A random stream of this seed, environment and purpose alone."""
    words = [zlib.crc32(str(part).encode()) for part in (environment, *purpose)]
    return np.random.default_rng([seed, *words])


def draw(rows: int, rng: Generator, mix: Mix | None = None) -> pd.DataFrame:
    """`rows` customers: the contract's columns."""
    mix = mix or Mix()
    country = _countries(rows, rng, mix)
    zero = rng.random(rows) < np.asarray(ZERO_BALANCE)[country]
    frame = pd.DataFrame(
        {
            CONTRACT.id: [f"c{n:016x}" for n in rng.integers(0, 2**63, rows)],
            "country": np.asarray(COUNTRIES, dtype=object)[country],
            "gender": np.where(rng.random(rows) < 0.454, "Female", "Male").astype(object),
            "age": _ages(rows, rng, mix, country),
            "credit_score": _credit_scores(rows, rng),
            "tenure": rng.integers(0, 11, rows).astype(float),
            "balance": np.where(zero, 0.0, _balances(rows, rng)),
            "products": _products(rng, zero, mix),
            "has_card": (rng.random(rows) < 0.706).astype(float),
            "active": (rng.random(rows) < (0.58 if mix.weekend else 0.515)).astype(float),
            "salary": np.round(rng.uniform(0, 200_000, rows), 2),
        }
    )
    probability = churn_probability(frame)
    if mix.inverted_labels:
        probability = 1 - probability
    frame[CONTRACT.target] = (rng.random(rows) < probability).astype(np.int64)
    return frame[CONTRACT.columns]


def draw_day(
    rows: int, seed: int, environment: str, day: date, mix: Mix | None = None, purpose: str = "landing"
) -> pd.DataFrame:
    """The customers that `environment` sees on `day`; another purpose draws other customers of that day."""
    return draw(rows, generator(seed, environment, day.isoformat(), purpose), mix)


def _countries(rows: int, rng: Generator, mix: Mix) -> NDArray[np.int64]:
    france = (1 - mix.germany) * 0.501 / 0.749
    return np.searchsorted([france, france + mix.germany], rng.random(rows), side="right")


def _ages(rows: int, rng: Generator, mix: Mix, country: NDArray[np.int64]) -> Floats:
    density = np.exp(np.interp(AGES, AGE_KNOTS, AGE_LOG_DENSITY))
    cumulative = np.cumsum(density) / density.sum()
    ages = AGES[np.searchsorted(cumulative[:-1], rng.random(rows), side="right")].astype(float)
    shift = mix.age_shift + mix.spain_age_shift * (country == COUNTRIES.index("Spain"))
    # A random rounding keeps the mean of a shift that is no whole number of years.
    moved = np.floor(ages + shift * AGE_SD + rng.random(rows))
    return np.clip(moved, AGES[0], AGES[-1])


def _credit_scores(rows: int, rng: Generator) -> Floats:
    return np.clip(np.round(rng.normal(651.3, 98.6, rows)), 350, 850)


def _balances(rows: int, rng: Generator) -> Floats:
    return np.round(np.clip(rng.normal(119_800, 30_100, rows), 3_000, None), 2)


def _products(rng: Generator, zero: NDArray[np.bool_], mix: Mix) -> Floats:
    uniform = rng.random(zero.size)
    if mix.one_product_only:
        return np.ones(zero.size)
    with_zero, without = (np.cumsum(PRODUCTS[key])[:-1] for key in (True, False))
    chosen = np.where(
        zero,
        np.searchsorted(with_zero, uniform, side="right"),
        np.searchsorted(without, uniform, side="right"),
    )
    return chosen + 1.0
