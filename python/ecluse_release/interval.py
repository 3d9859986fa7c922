"""What the rows of a hold-out say of a mean: an interval that knows how many they are, and how alike.

Every figure of a gate is the mean of one number per row. Its standard error is that of the circular block
bootstrap, which has a closed form: no draws, and the same rows always give the same interval. Rows are taken
in the order in which they landed. A block is as long as errors resemble those before them: one row where they
do not, weeks of a series where they do.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

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


def interval(values: Values, risk: float) -> Interval:
    """The interval of the mean of these values, one per row, at least two."""
    value = float(values.mean())
    if np.ptp(values) == 0:
        return Interval(value, value, value)
    length = block_length(values)
    freedom = max(1.0, len(values) / length - 1)
    half = float(t.ppf(1 - risk, freedom)) * standard_error(values, length)
    return Interval(value, value - half, value + half)


def standard_error(values: Values, length: int) -> float:
    """The standard error of a mean, by blocks of so many neighbours; of one row each, the usual one."""
    rows = len(values)
    around = np.concatenate([values, values[: length - 1]]) - values.mean()
    sums = np.cumsum(np.concatenate([[0.0], around]))
    means = (sums[length:] - sums[:-length]) / length
    # As by n - 1 in place of n: so many blocks have one mean of their own.
    return math.sqrt(float(means @ means) / rows * length / (rows - length))


def block_length(values: Values) -> int:
    """The best length of a block: the rule of Politis and White (2004), as Patton (2009) corrected it."""
    rows = len(values)
    steps = max(5, int(math.log10(rows)))
    most = min(math.ceil(math.sqrt(rows)) + steps, rows - 2)
    covariance, alike = _neighbours(values - values.mean(), most)
    bound = 2 * math.sqrt(math.log10(rows) / rows)
    quiet = (first for first in range(most - steps) if (alike[first + 1 : first + 1 + steps] < bound).all())
    lags = np.arange(1, min(2 * max(next(quiet, most), 1), most) + 1)
    weights = np.minimum(1, 2 * (1 - lags / lags[-1])) * covariance[lags]
    spread = covariance[0] + 2 * float(weights.sum())
    slope = 2 * float((weights * lags).sum())
    longest = min(3 * math.sqrt(rows), rows / 3)
    if spread <= 0:  # neighbours are opposites, and no block is too long
        return max(1, int(longest))
    best = (1.5 * (slope / spread) ** 2 * rows) ** (1 / 3)
    return max(1, round(min(best, longest)))


def _neighbours(errors: Values, most: int) -> tuple[Values, Values]:
    """Autocovariance, and the size of the autocorrelation, at the lags from 0 to `most`."""
    rows, squares = len(errors), np.cumsum(np.concatenate([[0.0], errors**2]))
    products = np.array([errors[lag:] @ errors[: rows - lag] for lag in range(most + 1)])
    lags = np.arange(most + 1)
    norms = np.sqrt((squares[-1] - squares[lags]) * squares[rows - lags])
    return products / rows, np.abs(products) / np.where(norms > 0, norms, 1)
