"""The standard error of a mean over rows that may be like those before them.

It is that of the circular block bootstrap, which has a closed form: no draws, and the same rows always give
the same. A block is as long as rows resemble those before them: one row where they do not, weeks of a series
where they do.
"""

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


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
