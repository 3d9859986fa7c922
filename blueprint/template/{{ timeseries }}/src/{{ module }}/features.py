"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest.

A row is one series on one day. What it looks back on lies a year (52 weeks) back at least, so that every day
of the next year can be scored today.
"""

from typing import Final

TARGET: Final = "demand"
TARGET_RANGE: Final = (0.0, 1_000_000_000.0)
ID: Final = "row_id"
"""Series and day in one."""
SERIES: Final = "series"
DAY: Final = "day"
CATEGORICAL: Final[dict[str, tuple[str, ...]]] = {
    "weekday": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
NUMERIC: Final[dict[str, tuple[float, float]]] = {
    "week": (1, 53),
    "holiday": (0, 1),
    "holiday_lag_364": (0, 1),
    "lag_364": TARGET_RANGE,
    "lag_371": TARGET_RANGE,
    "mean_28_lag_364": TARGET_RANGE,
}
"""Range of each numeric input, closed at both ends; numerics are float64 so that a null fits."""
INPUTS: Final = (*CATEGORICAL, *NUMERIC)
BASELINE_COLUMN: Final = "lag_364"
"""What anyone would try first: the same weekday a year ago. A first model must beat it."""
