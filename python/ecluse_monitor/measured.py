"""A quantity with its uncertainty."""

from dataclasses import dataclass, replace

import numpy as np

from ecluse_core.blocks import block_length, standard_error
from ecluse_monitor.bins import Floats


@dataclass(frozen=True)
class Measured:
    """A metric, its standard error, and of how many rows."""

    value: float
    error: float
    rows: int

    def by(self, alike: float) -> "Measured":
        """The same, of rows that are `alike`."""
        return replace(self, error=self.error * alike)


def mean_of(values: Floats) -> Measured:
    """The mean of one number per row, of two rows at least."""
    return Measured(float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5), len(values))


def alike(values: Floats) -> float:
    """How many times larger than by chance the standard error of such rows is, in their order; 1 at least.

    Errors of a time series are like those before them: a thousand of these say less than others would.
    """
    if len(values) < 4 or np.ptp(values) == 0:
        return 1.0
    by_chance = standard_error(values, 1)
    return max(1.0, standard_error(values, block_length(values)) / by_chance)
