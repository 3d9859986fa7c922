"""The inputs of a row, from the days before it and the calendar: how a history of series becomes rows."""

from typing import Final, cast

import numpy as np
import pandas as pd
from dateutil.easter import easter
from numpy.typing import NDArray

SERIES: Final = "series"
DAY: Final = "day"
TARGET: Final = "demand"
ID: Final = "row_id"
"""Series and day in one."""
LAG: Final = 364
"""52 weeks: the same weekday, and known for every day of the next year."""
HISTORY_DAYS: Final = LAG + 28
"""How many days a row looks back."""
FIXED: Final = ((1, 1), (5, 1), (12, 25), (12, 26))
"""Holidays by month and day. Like those around Easter they are kept in most of Europe: put your country's."""
AROUND_EASTER: Final = (-2, 1, 39, 50)
"""Holidays by their days after Easter."""
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def with_lags(past: pd.DataFrame) -> pd.DataFrame:
    """Rows with id, day, inputs and target, of the days whose demand of a year ago is known.

    `past` holds the target, a row for every day and a column for every series, null where it is not known.
    """
    wide = {
        TARGET: past,
        "lag_364": past.shift(LAG),
        "lag_371": past.shift(LAG + 7),
        "mean_28_lag_364": past.rolling(28, min_periods=14).mean().shift(LAG),
    }
    rows = pd.DataFrame({name: cast(pd.Series, frame.unstack()) for name, frame in wide.items()})
    # The simple forecast that a model must beat needs the day of a year ago.
    rows = rows.dropna(subset=["lag_364", TARGET]).rename_axis([SERIES, DAY]).reset_index()
    days = pd.DatetimeIndex(rows[DAY])
    return rows.assign(
        **{
            ID: rows[SERIES] + "/" + days.strftime("%Y-%m-%d"),
            "weekday": np.array(WEEKDAYS, dtype=object)[days.day_of_week],
            "week": days.isocalendar()["week"].to_numpy(dtype=np.float64),
            "holiday": is_holiday(days).astype(float),
            "holiday_lag_364": is_holiday(days - pd.Timedelta(days=LAG)).astype(float),
        }
    )


def is_holiday(days: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Which of the days are holidays."""
    found: set[pd.Timestamp] = set()
    for year in set(days.year):
        sunday = pd.Timestamp(easter(year))
        found |= {pd.Timestamp(year, month, day) for month, day in FIXED}
        found |= {sunday + pd.Timedelta(days=after) for after in AROUND_EASTER}
    return np.asarray(days.isin(list(found)), dtype=np.bool_)
