"""Finds the offsets of `churn.py`: `python -m bank_churn.calibrate` prints them.

Raking: each factor in turn moves its levels by the log odds that they miss, until every published rate holds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .churn import OFFSETS, churn_probability, levels
from .population import draw

Floats = NDArray[np.float64]

RATES: Final = {
    "country": (0.162, 0.324, 0.167),
    "gender": (0.251, 0.165),
    "products": (0.277, 0.076, 0.827),
    "active": (0.269, 0.143),
    "has_card": (0.208, 0.202),
    "age": (0.075, 0.121, 0.340, 0.562, 0.314, 0.083),
}
"""Published churn rate per level of `OFFSETS`; four products are certain, and need no offset."""


def calibrate(rows: int = 500_000, rounds: int = 80) -> dict[str, Floats]:
    """Offsets whose expected churn rates over `rows` customers match `RATES`."""
    frame = draw(rows, np.random.default_rng(1))
    index = {name: levels(frame, name) for name in RATES}
    offsets = {name: np.zeros_like(values) for name, values in OFFSETS.items()}
    for _ in range(rounds):
        for name, target in RATES.items():
            size = len(target)
            weights = churn_probability(frame, offsets)
            reached = np.bincount(index[name], weights)[:size] / np.bincount(index[name])[:size]
            offsets[name][:size] += _logit(np.array(target)) - _logit(reached)
    return offsets


def _logit(rate: Floats) -> Floats:
    return np.log(rate / (1 - rate))


if __name__ == "__main__":
    for factor, values in calibrate().items():
        print(f'    "{factor}": np.array({np.round(values, 3).tolist()}),')
