"""The probability that a customer leaves: a level effect per factor, between a floor and a ceiling.

Offsets are log odds, found by `python -m bank_churn.calibrate`, so that every published churn rate holds.
"""

from typing import Final, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNEXPLAINED: Final = 0.056
"""Share that leaves, and that stays, for reasons in no column: it sets the AUC that a model can reach."""

AGE_KNOTS: Final = (24.0, 35.0, 45.0, 55.0, 65.0, 78.0)
"""Centres of the age bands; between them the effect of age is linear."""

OFFSETS: Final[dict[str, Floats]] = {
    "country": np.array([-3.12, 0.728, -2.878]),
    "gender": np.array([1.093, -2.021]),
    "products": np.array([1.255, -6.086, 12.408, 0.0]),
    "active": np.array([1.741, -3.062]),
    "has_card": np.array([-0.152, -0.391]),
    "age": np.array([-8.764, -4.599, 3.32, 8.0, 2.439, -10.315]),
}
"""Log odds per level: France, Germany, Spain; Female, Male; 1 to 4 products; no, yes; the six age bands."""


def churn_probability(frame: pd.DataFrame, offsets: dict[str, Floats] = OFFSETS) -> Floats:
    """Probability of leaving per row, 0 to 1; whoever has four products leaves for certain."""
    log_odds = np.interp(column(frame, "age"), AGE_KNOTS, offsets["age"])
    for name in ("country", "gender", "products", "active", "has_card"):
        log_odds = log_odds + offsets[name][levels(frame, name)]
    probability = UNEXPLAINED + (1 - 2 * UNEXPLAINED) / (1 + np.exp(-log_odds))
    return np.where(column(frame, "products") >= 4, 1.0, probability)


def levels(frame: pd.DataFrame, name: str) -> NDArray[np.int64]:
    """The level of each row in `OFFSETS[name]`; of age, its band."""
    if name == "age":
        return np.searchsorted([30, 40, 50, 60, 70], column(frame, "age"), side="left")
    if name in ("country", "gender"):
        order = {"country": ("France", "Germany", "Spain"), "gender": ("Female", "Male")}[name]
        return np.asarray(pd.Categorical(frame[name], categories=order).codes, dtype=np.int64)
    values = column(frame, name).astype(np.int64)
    return values - 1 if name == "products" else values


def column(frame: pd.DataFrame, name: str) -> Floats:
    """A column as float64."""
    return cast(Floats, frame[name].to_numpy(dtype=np.float64))
