"""The user's own history from CSV or Parquet, checked against the schema before anything lands."""

from datetime import date
from pathlib import Path
from typing import cast

import pandas as pd

from .blobs import DataError
from .features import DAY, ID, INPUTS, SERIES, TARGET, TARGET_RANGE
from .lags import HISTORY_DAYS, with_lags
from .reading import days, numbers, read_file, refuse


def read_source(path: Path, _dates: list[date]) -> dict[date, pd.DataFrame]:
    """Rows by landing date, the first of the month after; raises DataError with column, value and fix.

    The file has a row per series and day, without lags: they are made here. Its first year makes no row.
    """
    checked = _checked(read_file(path, [SERIES, DAY, TARGET]), path.name)
    rows = with_lags(checked.pivot(index=DAY, columns=SERIES, values=TARGET).asfreq("D"))
    if rows.empty:
        least = f"export more than {HISTORY_DAYS} days of a series"
        raise DataError(f"{path.name}: column {DAY}: no day has one a year before it; {least}")
    after = (pd.PeriodIndex(rows[DAY], freq="M") + 1).to_timestamp()
    wanted = rows[[ID, *INPUTS, TARGET]]
    return {cast(date, day): group.reset_index(drop=True) for day, group in wanted.groupby(after.date)}


def _checked(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    series, when = frame[SERIES].astype(str), days(frame[DAY], file)
    refuse(frame[SERIES].isna(), frame[SERIES], file, "name the series of each row")
    twice = pd.DataFrame({SERIES: series, DAY: when}).duplicated()
    refuse(twice, frame[DAY], file, "give each series one row per day")
    refuse(frame[TARGET].isna(), frame[TARGET], file, "leave out days without a value")
    return pd.DataFrame({SERIES: series, DAY: when, TARGET: numbers(frame[TARGET], TARGET_RANGE, file)})
