"""The user's own rows from a file or a folder of files, checked against the contract before anything lands.

A CSV file is read as text: the contract alone says what a value is, so `NA` or `01` may be a category.
"""

from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from .contract import Contract, History
from .errors import KitError
from .files import read_file
from .table import Table


def read_source(
    path: Path, contract: Contract, dates: list[date], latest: date | None = None
) -> dict[date, pd.DataFrame]:
    """Rows by landing date of a file or a folder of files; raises KitError with column, row, value and fix.

    Without a column for the date, rows are spread over `dates` by the hash of their id, as if each had landed
    in a random month: the hold-out (the newest dates) is then a random one. `latest` is the last day there
    can be rows of.
    """
    if contract.history:
        return _read_history(path, contract, contract.history, latest)
    table = read_file(path, contract.columns, contract.file)
    checked = _checked(table, contract)
    if contract.date in table:
        landed = _days(table, contract.date, contract, latest).dt.date
    else:
        landed = _spread(checked[contract.id], dates)
    return _by_date(checked, landed)


def _days(table: Table, name: str, contract: Contract, latest: date | None) -> "pd.Series[pd.Timestamp]":
    found = table.days(name)
    early = found < pd.Timestamp(contract.earliest)
    table.refuse(early, name, f"use a day from {contract.earliest} on, the contract's earliest")
    if latest:
        table.refuse(found > pd.Timestamp(latest), name, f"that day is to come; use one up to {latest}")
    return found


def _by_date(frame: pd.DataFrame, landed: pd.Series) -> dict[date, pd.DataFrame]:
    return {cast(date, day): group.reset_index(drop=True) for day, group in frame.groupby(landed)}


def _checked(table: Table, contract: Contract) -> pd.DataFrame:
    ids = table.texts(contract.id)
    table.refuse(ids.isna() | ids.duplicated(), contract.id, "give each row its own id")
    columns: dict[str, pd.Series] = {contract.id: ids}
    for name, categories in contract.categorical.items():
        columns[name] = table.texts(name)
        unknown = columns[name].notna() & ~columns[name].isin(categories)
        table.refuse(unknown, name, f"use one of {', '.join(categories)}, or leave it empty")
    for name, limits in contract.numeric.items():
        columns[name] = table.numbers(name, limits)
    for name in contract.text:
        columns[name] = table.texts(name).fillna("")
    return pd.DataFrame({**columns, contract.target: _targets(table, contract)})


def _targets(table: Table, contract: Contract) -> pd.Series:
    name = contract.target
    if contract.target_range:
        table.refuse(table.is_null(name), name, "give each row its measured value")
        return table.numbers(name, contract.target_range)
    if contract.classes:
        names = table.texts(name)
        table.refuse(~names.isin(contract.classes), name, f"use one of {', '.join(contract.classes)}")
        return names
    without, having = contract.outcomes
    found = (
        pd.to_numeric(table.frame[name], errors="coerce")
        if contract.outcomes == ("0", "1")
        else table.texts(name).map({without: 0, having: 1})
    )
    table.refuse(~found.isin([0, 1]), name, f"use {having} where it happened, else {without}")
    return found.astype(np.int64)


def _spread(ids: pd.Series, dates: list[date]) -> pd.Series:
    slots = pd.util.hash_array(ids.to_numpy(dtype=object)) % np.uint64(len(dates))
    return pd.Series([dates[int(slot)] for slot in slots], index=ids.index)


def _read_history(
    path: Path, contract: Contract, history: History, latest: date | None
) -> dict[date, pd.DataFrame]:
    """Rows land on the first of the month after theirs; the first days of a series make none."""
    series, day, target = history.series, history.day, contract.target
    table = read_file(path, [series, day, target], contract.file)
    checked = _checked_history(table, contract, history, latest)
    rows = history.rows(checked.pivot(index=day, columns=series, values=target).asfreq("D"))
    if rows.empty:
        raise KitError(
            f"{path.name}: column {day}: no day has enough days before it; "
            f"export more than {history.days} days of a series"
        )
    after = (pd.PeriodIndex(rows[day], freq="M") + 1).to_timestamp()
    return _by_date(rows[contract.columns], pd.Series(after.date, index=rows.index))


def _checked_history(table: Table, contract: Contract, history: History, latest: date | None) -> pd.DataFrame:
    series, when = table.texts(history.series), _days(table, history.day, contract, latest)
    table.refuse(series.isna(), history.series, "name the series of each row")
    twice = pd.DataFrame({history.series: series, history.day: when}).duplicated()
    table.refuse(twice, history.day, "give each series one row per day")
    table.refuse(table.is_null(contract.target), contract.target, "leave out days without a value")
    values = table.numbers(contract.target, contract.target_range or (-np.inf, np.inf))
    return pd.DataFrame({history.series: series, history.day: when, contract.target: values})
