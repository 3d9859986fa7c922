"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest.

A row is one series on one day. It looks back a year (52 weeks) at least, so that every day of the next year
can be scored today.
"""

from typing import Final

from ecluse import Contract, History

from .lags import DAY, HISTORY_DAYS, ID, SERIES, TARGET, WEEKDAYS, with_lags

DEMAND: Final = (0.0, 1_000_000_000.0)
CONTRACT: Final = Contract(
    target=TARGET,
    target_range=DEMAND,
    id=ID,
    categorical={"weekday": WEEKDAYS},
    # Plausible range of each number, closed at both ends.
    numeric={
        "week": (1, 53),
        "holiday": (0, 1),
        "holiday_lag_364": (0, 1),
        "lag_364": DEMAND,
        "lag_371": DEMAND,
        "mean_28_lag_364": DEMAND,
    },
    # The simplest forecast, the same weekday a year ago. A first model must beat it.
    baseline="lag_364",
    history=History(SERIES, DAY, HISTORY_DAYS, with_lags),
)
