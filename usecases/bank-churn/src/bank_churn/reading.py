"""Reads the user's own file, and refuses what is wrong with it by column, row, value and fix."""

from pathlib import Path

import numpy as np
import pandas as pd

from .blobs import DataError


def read_file(path: Path, wanted: list[str]) -> pd.DataFrame:
    """The rows of a CSV or Parquet file that must have the `wanted` columns; raises DataError."""
    readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
    if path.suffix not in readers:
        raise DataError(f"--source must be a .csv or .parquet file, got {path.name}")
    try:
        frame = readers[path.suffix](path)
    except (OSError, ValueError) as error:
        raise DataError(f"--source {path}: it cannot be read as {path.suffix[1:]}: {error}") from error
    missing = [name for name in wanted if name not in frame]
    if missing:
        raise DataError(f"{path.name}: column {missing[0]} is missing; it must have {', '.join(wanted)}")
    if frame.empty:
        raise DataError(f"{path.name}: there are no rows; export at least one date")
    return frame


def numbers(values: pd.Series, limits: tuple[float, float], file: str) -> "pd.Series[float]":
    """A column as float64, each value in the closed range or null; raises DataError."""
    low, high = limits
    found = pd.to_numeric(values, errors="coerce").astype(np.float64)
    wrong = values.notna() & ~found.between(low, high)
    refuse(wrong, values, file, f"use a number from {low:g} to {high:g}")
    return found


def days(values: pd.Series, file: str) -> pd.Series:
    """A column as timestamps at midnight; raises DataError."""
    found = pd.to_datetime(values, errors="coerce", format="ISO8601").dt.normalize()
    refuse(found.isna(), values, file, "use YYYY-MM-DD")
    return found


def refuse(wrong: pd.Series, values: pd.Series, file: str, fix: str) -> None:
    """Raises DataError with the first of the `wrong` rows, where there is any."""
    if wrong.any():
        row, count = int(np.argmax(wrong.to_numpy())), int(wrong.sum())
        value = values.tolist()[row]
        raise DataError(f"{file}: column {values.name}, row {row + 1}: {value!r} ({count} such rows); {fix}")
