"""The usual value of each input in the training data, which explanations of scores compare a row with.

The release finds it in what has landed, and signs it with the model: no training says it of itself. Whoever
may read the registry sees it, so nothing of a redacted input is in it, and no text that few rows have.
"""

from collections.abc import Collection
from typing import Any, Final

import polars as pl

LEAST_ROWS: Final = 10
"""A text or a truth value that fewer rows have is none's usual one."""
_LONGEST: Final = 200


def reference_of(features: pl.DataFrame, redacted: Collection[str]) -> dict[str, Any]:
    """The median of numbers, and the most frequent of other values; inputs without one are left out."""
    found = {name: _usual(features[name]) for name in features.columns if name not in redacted}
    return {name: value for name, value in found.items() if value is not None}


def _usual(column: pl.Series) -> Any:
    if column.dtype.is_float():
        column = column.filter(column.is_finite().fill_null(False))
    held = column.drop_nulls()
    if held.dtype.is_numeric():
        # One of the values, and of their type: half a product is nobody's.
        return held.quantile(0.5, "lower") if held.dtype.is_float() else _whole(held)
    counted = held.value_counts().sort("count", held.name, descending=[True, False])
    if not counted.height or counted["count"][0] < LEAST_ROWS:
        return None
    value = counted[held.name][0]
    return None if len(str(value)) > _LONGEST else value


def _whole(held: pl.Series) -> int | None:
    """The median, read from the sorted values: as a float a large number would be another."""
    return int(held.sort()[(held.len() - 1) // 2]) if held.len() else None
