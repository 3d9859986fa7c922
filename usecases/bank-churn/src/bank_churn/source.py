"""The user's own customers from CSV or Parquet, checked against the schema before anything lands."""

from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from bank_churn.blobs import DataError
from bank_churn.features import CATEGORICAL, DATE, ID, INPUTS, NUMERIC, TARGET


def read_source(path: Path, dates: list[date]) -> dict[date, pd.DataFrame]:
    """Customers by landing date; raises DataError with column, value and fix.

    Without a `date` column the rows are spread over `dates` by the hash of their id, as if each
    customer had landed in a random month: the hold-out (the newest dates) is then a random one.
    """
    frame = _parsed(path)
    wanted = [ID, *INPUTS, TARGET]
    missing = [name for name in wanted if name not in frame]
    if missing:
        raise DataError(f"{path.name}: column {missing[0]} is missing; it must have {', '.join(wanted)}")
    if frame.empty:
        raise DataError(f"{path.name}: there are no rows; export at least one landing date")
    checked = _checked(frame, path.name)
    days = _dates(frame[DATE], path.name) if DATE in frame else _spread(checked[ID], dates)
    return {cast(date, day): group.reset_index(drop=True) for day, group in checked.groupby(days)}


def _parsed(path: Path) -> pd.DataFrame:
    readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
    if path.suffix not in readers:
        raise DataError(f"--source must be a .csv or .parquet file, got {path.name}")
    try:
        return readers[path.suffix](path)
    except (OSError, ValueError) as error:
        raise DataError(f"--source {path}: it cannot be read as {path.suffix[1:]}: {error}") from error


def _checked(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {ID: frame[ID].astype(str)}
    _refuse(frame[ID].isna() | frame[ID].duplicated(), frame[ID], file, "give each row its own id")
    for name, categories in CATEGORICAL.items():
        unknown = frame[name].notna() & ~frame[name].isin(categories)
        _refuse(unknown, frame[name], file, f"use one of {', '.join(categories)}")
        columns[name] = frame[name].astype(object)
    for name, (low, high) in NUMERIC.items():
        numbers = pd.to_numeric(frame[name], errors="coerce").astype(np.float64)
        wrong = frame[name].notna() & ~numbers.between(low, high)
        _refuse(wrong, frame[name], file, f"use a number from {low:g} to {high:g}")
        columns[name] = numbers
    _refuse(~frame[TARGET].isin([0, 1]), frame[TARGET], file, "use 1 for a customer who left, else 0")
    return pd.DataFrame(columns | {TARGET: frame[TARGET].astype(np.int64)})


def _refuse(wrong: pd.Series, values: pd.Series, file: str, fix: str) -> None:
    if wrong.any():
        row, count = int(np.argmax(wrong.to_numpy())), int(wrong.sum())
        value = values.tolist()[row]
        raise DataError(f"{file}: column {values.name}, row {row + 1}: {value!r} ({count} such rows); {fix}")


def _dates(column: pd.Series, file: str) -> pd.Series:
    days = pd.to_datetime(column, errors="coerce", format="ISO8601")
    _refuse(days.isna(), column, file, "use YYYY-MM-DD")
    return cast(pd.Series, days.dt.date)


def _spread(ids: pd.Series, dates: list[date]) -> pd.Series:
    slots = pd.util.hash_array(ids.to_numpy(dtype=object)) % np.uint64(len(dates))
    return pd.Series([dates[int(slot)] for slot in slots], index=ids.index)
