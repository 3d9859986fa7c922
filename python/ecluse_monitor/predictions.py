"""Predictions that are no numbers: null, NaN, infinite, text or no single value."""

import polars as pl

from ecluse_monitor.columns import kind


def finite(series: pl.Series) -> pl.Series:
    """The predictions as floats, null for each that is no finite number; digits in a text are a number.

    A day of which some rows are text is text as a whole once its batches are one table.
    """
    if kind(series) == "nested":
        return pl.Series(series.name, [None] * series.len(), pl.Float64)
    values = series.cast(pl.Float64, strict=False)
    return values.to_frame().select(pl.when(pl.first().is_finite()).then(pl.first())).to_series()


def instead_of_numbers(series: pl.Series) -> str:
    """What those are that are no numbers, in words: `40 null, 2 text such as 'high'`; empty where all are."""
    lost = series.filter(finite(series).is_null())
    values = lost.drop_nulls()
    said = [f"{lost.null_count()} null"] if lost.null_count() else []
    if not values.len():
        return ", ".join(said)
    if kind(series) == "nested":
        return ", ".join([*said, f"{values.len()} of type {series.dtype}"])
    what = "NaN or infinite" if kind(series) == "numeric" else f"text such as {str(values[0])[:40]!r}"
    return ", ".join([*said, f"{values.len()} {what}"])
