"""The user's own rows from a file or a folder of files, checked against the contract before anything lands.

A CSV file is read as text: the contract alone says what a value is, so `NA` or `01` may be a category.
"""

from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from .contract import Contract
from .errors import KitError
from .files import read_file
from .history import History, history_rows
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
    return _in_reach(table, table.days(name), name, contract, latest)


def _in_reach(
    table: Table, found: "pd.Series[pd.Timestamp]", name: str, contract: Contract, latest: date | None
) -> "pd.Series[pd.Timestamp]":
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
    columns = {contract.id: ids, **{name: _input(table, name, contract) for name in contract.inputs}}
    return pd.DataFrame({**columns, contract.target: _targets(table, contract)})


def _input(table: Table, name: str, contract: Contract) -> pd.Series:
    if name in contract.numeric:
        return table.numbers(name, contract.numeric[name])
    found = table.texts(name)
    if name in contract.text:
        return found.fillna("")
    categories = contract.categorical[name]
    unknown = found.notna() & ~found.isin(categories)
    table.refuse(unknown, name, f"use one of {', '.join(categories)}, or leave it empty")
    return found


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
    """Rows land once the period of their steps is over; the first steps of a series make none."""
    names = [*([history.series] if history.series else []), history.time, *history.given, contract.target]
    table = read_file(path, names, contract.file)
    checked = _checked_history(table, contract, history, latest)
    past = checked[contract.target].unstack("series")
    past = past.reindex(history.steps(past.index[0], past.index[-1]))
    rows = history_rows(contract, past, checked[[*history.given]] if history.given else None)
    if rows.empty:
        raise KitError(
            f"{path.name}: column {history.time}: no {history.step} has enough {history.step}s before it; "
            f"export more than {history.back} {history.step}s of a series"
        )
    return _by_date(rows.reset_index(drop=True), history.landing_days(rows).dt.date.reset_index(drop=True))


def _checked_history(table: Table, contract: Contract, history: History, latest: date | None) -> pd.DataFrame:
    """Target and given inputs by series and time."""
    series = table.texts(history.series) if history.series else pd.Series("", index=table.frame.index)
    table.refuse(series.isna(), history.series, "name the series of each row")
    times = _steps(table, contract, history, latest, series)
    by = pd.DataFrame({"series": series, "time": times})
    table.refuse(by.duplicated(), history.time, f"give each series one row per {history.step}")
    name, limits = contract.target, contract.target_range or (-np.inf, np.inf)
    table.refuse(table.is_null(name), name, f"leave out {history.step}s without a value")
    given = {each: _input(table, each, contract) for each in history.given}
    columns = pd.DataFrame({name: table.numbers(name, limits), **given})
    return columns.set_index(pd.MultiIndex.from_frame(by)).sort_index(level="time")


def _steps(
    table: Table, contract: Contract, history: History, latest: date | None, series: pd.Series
) -> "pd.Series[pd.Timestamp]":
    name = history.time
    if history.step == "hour":
        found = table.hours(name, history.zone, series)
        _in_reach(table, found.dt.tz_localize(None).dt.normalize(), name, contract, latest)
        return found
    found = _days(table, name, contract, latest)
    return pd.to_datetime(found.dt.strftime("%Y-%m-01")) if history.step == "month" else found
