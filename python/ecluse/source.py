"""The user's own rows from CSV or Parquet, checked against the contract before anything lands.

A CSV file is read as text: the contract alone says what a value is, so `NA` or `01` may be a category.
"""

from datetime import date
from pathlib import Path
from typing import Final, cast

import numpy as np
import pandas as pd

from .contract import Contract, History, Range
from .errors import KitError

NO_NUMBER: Final = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""What a CSV file may have in the place of a number; elsewhere only an empty cell is null."""


def read_source(path: Path, contract: Contract, dates: list[date]) -> dict[date, pd.DataFrame]:
    """Rows by landing date; raises KitError with column, row, value and fix.

    Without a column for the date, rows are spread over `dates` by the hash of their id, as if each had landed
    in a random month: the hold-out (the newest dates) is then a random one.
    """
    if contract.history:
        return _read_history(path, contract, contract.history)
    frame = read_file(path, contract.columns)
    checked = _checked(frame, contract, path.name)
    if contract.date in frame:
        landed = days(frame[contract.date], path.name).dt.date
    else:
        landed = _spread(checked[contract.id], dates)
    return _by_date(checked, landed)


def read_file(path: Path, wanted: list[str]) -> pd.DataFrame:
    """The rows of a CSV or Parquet file that must have the `wanted` columns; raises KitError."""
    if path.suffix not in (".csv", ".parquet"):
        raise KitError(f"{path}: it must be a .csv or .parquet file")
    try:
        if path.suffix == ".csv":
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        else:
            frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise KitError(f"{path}: it cannot be read as {path.suffix[1:]}: {error}") from error
    missing = [name for name in wanted if name not in frame]
    if missing:
        raise KitError(f"{path.name}: column {missing[0]} is missing; it must have {', '.join(wanted)}")
    if frame.empty:
        raise KitError(f"{path.name}: there are no rows; export at least one date")
    return frame


def _by_date(frame: pd.DataFrame, landed: pd.Series) -> dict[date, pd.DataFrame]:
    return {cast(date, day): group.reset_index(drop=True) for day, group in frame.groupby(landed)}


def _checked(frame: pd.DataFrame, contract: Contract, file: str) -> pd.DataFrame:
    ids = texts(frame[contract.id])
    refuse(ids.isna() | ids.duplicated(), frame[contract.id], file, "give each row its own id")
    columns: dict[str, pd.Series] = {contract.id: ids}
    for name, categories in contract.categorical.items():
        columns[name] = texts(frame[name])
        unknown = columns[name].notna() & ~columns[name].isin(categories)
        refuse(unknown, frame[name], file, f"use one of {', '.join(categories)}, or leave it empty")
    for name, limits in contract.numeric.items():
        columns[name] = numbers(frame[name], limits, file)
    for name in contract.text:
        columns[name] = texts(frame[name]).fillna("")
    return pd.DataFrame({**columns, contract.target: _targets(frame[contract.target], contract, file)})


def _targets(values: pd.Series, contract: Contract, file: str) -> pd.Series:
    if contract.target_range:
        refuse(_is_null(values), values, file, "give each row its measured value")
        return numbers(values, contract.target_range, file)
    if contract.classes:
        names = texts(values)
        refuse(~names.isin(contract.classes), values, file, f"use one of {', '.join(contract.classes)}")
        return names
    found = pd.to_numeric(values, errors="coerce")
    refuse(~found.isin([0, 1]), values, file, "use 1 where it happened, else 0")
    return found.astype(np.int64)


def _is_null(values: pd.Series) -> "pd.Series[bool]":
    return values.isna() | values.isin(NO_NUMBER)


def texts(values: pd.Series) -> "pd.Series[str]":
    """A column as text, an empty cell as null."""
    found = values.map(str, na_action="ignore").astype(object)
    return cast("pd.Series[str]", found.mask(found == "", None))


def numbers(values: pd.Series, limits: Range, file: str) -> "pd.Series[float]":
    """A column as float64, each value in the closed range or null; raises KitError."""
    low, high = limits
    found = pd.to_numeric(values, errors="coerce").astype(np.float64)
    wrong = ~_is_null(values) & ~found.between(low, high)
    refuse(wrong, values, file, f"use a number from {low:g} to {high:g}")
    return found


def days(values: pd.Series, file: str) -> pd.Series:
    """A column as timestamps at midnight, of a time the day at its own place; raises KitError."""
    known = values.map(str, na_action="ignore").astype("str")
    shape = known.str.fullmatch(r"\d{4}-\d{2}-\d{2}([T ].*)?").fillna(False).astype(bool)
    found = pd.to_datetime(known.str[:10].where(shape), errors="coerce", format="%Y-%m-%d")
    refuse(found.isna(), values, file, "use YYYY-MM-DD")
    return found


def refuse(wrong: "pd.Series[bool]", values: pd.Series, file: str, fix: str) -> None:
    """Raises KitError with the first of the `wrong` rows, where there is any."""
    if wrong.any():
        row, count = int(np.argmax(wrong.to_numpy())), int(wrong.sum())
        value = values.tolist()[row]
        raise KitError(f"{file}: column {values.name}, row {row + 1}: {value!r} ({count} such rows); {fix}")


def _spread(ids: pd.Series, dates: list[date]) -> pd.Series:
    slots = pd.util.hash_array(ids.to_numpy(dtype=object)) % np.uint64(len(dates))
    return pd.Series([dates[int(slot)] for slot in slots], index=ids.index)


def _read_history(path: Path, contract: Contract, history: History) -> dict[date, pd.DataFrame]:
    """Rows land on the first of the month after theirs; the first days of a series make none."""
    series, day, target = history.series, history.day, contract.target
    frame = read_file(path, [series, day, target])
    checked = _checked_history(frame, contract, history, path.name)
    rows = history.rows(checked.pivot(index=day, columns=series, values=target).asfreq("D"))
    if rows.empty:
        raise KitError(
            f"{path.name}: column {day}: no day has enough days before it; "
            f"export more than {history.days} days of a series"
        )
    after = (pd.PeriodIndex(rows[day], freq="M") + 1).to_timestamp()
    return _by_date(rows[contract.columns], pd.Series(after.date, index=rows.index))


def _checked_history(frame: pd.DataFrame, contract: Contract, history: History, file: str) -> pd.DataFrame:
    series, when = texts(frame[history.series]), days(frame[history.day], file)
    target = frame[contract.target]
    refuse(series.isna(), frame[history.series], file, "name the series of each row")
    twice = pd.DataFrame({history.series: series, history.day: when}).duplicated()
    refuse(twice, frame[history.day], file, "give each series one row per day")
    refuse(_is_null(target), target, file, "leave out days without a value")
    values = numbers(target, contract.target_range or (-np.inf, np.inf), file)
    return pd.DataFrame({history.series: series, history.day: when, contract.target: values})
