"""Rows that are where they may not be as well: what trains has read what it is judged by."""

import polars as pl


def rows_in_both(training: pl.DataFrame, holdout: pl.DataFrame) -> pl.DataFrame:
    """The rows of the second table that the first has too, with id, target and every column of both."""
    both = [name for name in holdout.columns if name in training.columns]
    # A file may have whole numbers where another has 1.0.
    alike = training.select(both).cast({name: holdout.schema[name] for name in both}, strict=False)
    return holdout.select(both).join(alike, on=both, how="semi", nulls_equal=True)
