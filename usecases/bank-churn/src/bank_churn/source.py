"""The user's own rows from CSV or Parquet, checked against the schema before anything lands."""

from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from .features import CATEGORICAL, DATE, ID, INPUTS, NUMERIC, TARGET
from .reading import days, numbers, read_file, refuse


def read_source(path: Path, dates: list[date]) -> dict[date, pd.DataFrame]:
    """Rows by landing date; raises DataError with column, value and fix.

    Without a `date` column the rows are spread over `dates` by the hash of their id, as if each had
    landed in a random month: the hold-out (the newest dates) is then a random one.
    """
    frame = read_file(path, [ID, *INPUTS, TARGET])
    checked = _checked(frame, path.name)
    landed = days(frame[DATE], path.name).dt.date if DATE in frame else _spread(checked[ID], dates)
    return {cast(date, day): group.reset_index(drop=True) for day, group in checked.groupby(landed)}


def _checked(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {ID: frame[ID].astype(str)}
    refuse(frame[ID].isna() | frame[ID].duplicated(), frame[ID], file, "give each row its own id")
    for name, categories in CATEGORICAL.items():
        unknown = frame[name].notna() & ~frame[name].isin(categories)
        refuse(unknown, frame[name], file, f"use one of {', '.join(categories)}")
        columns[name] = frame[name].astype(object)
    for name, limits in NUMERIC.items():
        columns[name] = numbers(frame[name], limits, file)
    refuse(~frame[TARGET].isin([0, 1]), frame[TARGET], file, "use 1 where it happened, else 0")
    return pd.DataFrame(columns | {TARGET: frame[TARGET].astype(np.int64)})


def _spread(ids: pd.Series, dates: list[date]) -> pd.Series:
    slots = pd.util.hash_array(ids.to_numpy(dtype=object)) % np.uint64(len(dates))
    return pd.Series([dates[int(slot)] for slot in slots], index=ids.index)
