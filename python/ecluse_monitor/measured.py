"""A quantity with its uncertainty."""

from dataclasses import dataclass

from ecluse_monitor.bins import Floats


@dataclass(frozen=True)
class Measured:
    """A metric, its standard error, and of how many rows."""

    value: float
    error: float
    rows: int


def mean_of(values: Floats) -> Measured:
    """The mean of one number per row, of two rows at least."""
    return Measured(float(values.mean()), float(values.std(ddof=1) / len(values) ** 0.5), len(values))
