"""What the rows of a hold-out say of a mean: an interval that knows how many they are, and how alike.

Every figure of a gate is the mean of one number per row. Rows are taken in the order in which they landed,
and in blocks of those that are alike (`ecluse_core/blocks.py`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from ecluse_core.blocks import block_length, standard_error

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A mean, and what it may be: it is below `low`, or above `high`, with the stated risk each."""

    value: float
    low: float
    high: float

    def distance(self, ideal: float) -> "Interval":
        """How far it is from what it should be, in either direction."""
        ends = abs(self.low - ideal), abs(self.high - ideal)
        nearest = 0.0 if self.low <= ideal <= self.high else min(ends)
        return Interval(abs(self.value - ideal), nearest, max(ends))


def exact(value: float) -> Interval:
    """A figure that no chance is in."""
    return Interval(value, value, value)


def interval(values: Values, risk: float) -> Interval:
    """The interval of the mean of these values, one per row, at least two."""
    value = float(values.mean())
    if np.ptp(values) == 0:
        return exact(value)
    length = block_length(values)
    freedom = max(1.0, len(values) / length - 1)
    half = float(t.ppf(1 - risk, freedom)) * standard_error(values, length)
    return Interval(value, value - half, value + half)
