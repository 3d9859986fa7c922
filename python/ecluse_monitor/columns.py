"""What a baseline knows of one column."""

from typing import TypedDict, cast

import numpy as np
import polars as pl

from ecluse_monitor.bins import Floats

FENCE = 3
"""Far outside: beyond the 1st or 99th percentile by so many times its distance from the median."""


class Column(TypedDict, total=False):
    """One input. Numeric: `edges` (each in the bin below it), `counts` per bin, the bins' means `centres`.

    `outside` are the rows beyond the fences, which no single extreme value moves. `importance` is the input's
    part of the model's quality, or how much of the scores' spread it explains (the correlation ratio).
    """

    kind: str
    nulls: float
    counts: list[int]
    edges: list[float]
    centres: list[float]
    categories: list[str]
    fence_low: float
    fence_high: float
    outside: int
    mean: float
    sd: float
    importance: float


def kind(series: pl.Series) -> str:
    """`numeric`, `categorical`, `null` where the type says nothing, `nested` for what is no single value."""
    if series.dtype == pl.Null:
        return "null"
    if series.dtype.is_nested() or series.dtype == pl.Binary or series.dtype == pl.Object:
        return "nested"
    return "numeric" if series.dtype.is_numeric() or series.dtype == pl.Boolean else "categorical"


def numbers(series: pl.Series) -> Floats:
    """The finite values of a numeric column."""
    values = series.cast(pl.Float64).drop_nulls().to_numpy()
    held = np.isfinite(values)
    return cast(Floats, values if held.all() else values[held])


def null_share(series: pl.Series) -> float:
    """Share of nulls; NaN and infinities count as nulls, as they hold no value."""
    if series.len() == 0:
        return 0.0
    held = len(numbers(series)) if kind(series) == "numeric" else series.len() - series.null_count()
    return 1 - held / series.len()
