"""The most unusual rows of a sample, with what the report shows of them: all that is kept of single rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_monitor.bins import Counts, Floats
from ecluse_monitor.columns import Column
from ecluse_monitor.distance import Usual, percentiles

Range = Callable[[object], str]
"""What is usual beside a value, in words."""
SHOWN = 10
"""At most, in a report."""
COLUMNS = 3
_NAMED = 0.1
"""Least part of a row's distance for which a column is named."""


@dataclass(frozen=True)
class Far:
    """An unusual row: its key and level in the sample, and what the report shows of it."""

    key: int
    level: int
    row: dict[str, Any]


def far_rows(
    rows: pl.DataFrame, keys: NDArray[np.uint64], levels: Counts, parts: Floats, usual: Usual
) -> tuple[Far, ...]:
    """The worst of some rows by what each column adds to their distances, `parts`."""
    # Ranked by what is shown, here as where parts are added: else a tie is none there.
    far = np.sqrt(np.maximum(parts.sum(axis=1), 0.0))
    order = np.lexsort((keys, -far))
    chosen = order[_worst(levels[order])]
    ranges = {name: _range(column) for name, column in usual["columns"].items()}
    return tuple(
        Far(int(keys[at]), int(levels[at]), _shown(row, float(far[at]), parts[at], ranges))
        for at, row in zip(chosen, rows[chosen].iter_rows(named=True), strict=True)
    )


def worst(found: Sequence[Far]) -> tuple[Far, ...]:
    """The worst of several parts' worst."""
    ranked = sorted(found, key=lambda far: (-far.row["distance"], far.key))
    return tuple(ranked[at] for at in _worst(np.array([far.level for far in ranked], dtype=np.int64)))


def _worst(levels: Counts) -> list[int]:
    """Of rows in their order, the worst first: those that may be shown, whichever level the sample gets.

    A row is shown only where fewer than `SHOWN` of the rows before it are of its level or of a higher one.
    """
    found = [np.flatnonzero(levels >= level)[:SHOWN].tolist() for level in np.unique(levels)]
    return sorted({at for each in found for at in each})


def _shown(row: dict[str, Any], distance: float, parts: Floats, ranges: dict[str, Range]) -> dict[str, Any]:
    names = list(ranges)
    least = _NAMED * parts.sum()
    largest = [int(at) for at in np.argsort(-parts, kind="stable")[:COLUMNS] if 0 < least <= parts[at]]
    return {
        "prediction_id": str(row.get("prediction_id", "")),
        "id": str(row.get("id", "")),
        "distance": distance,
        "columns": [
            {
                "column": names[at],
                "value": _written(row.get(f"input_{names[at]}")),
                "usual": ranges[names[at]](row.get(f"input_{names[at]}")),
                "part": float(parts[at] / parts.sum()),
            }
            for at in largest
        ],
    }


def _written(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:40]


def _range(column: Column) -> Range:
    """What is usual for a column, in words; of a category how many had it."""
    if column.get("kind") != "categorical":
        lower, _, upper = percentiles(column)
        return lambda _: f"{lower:.4g} to {upper:.4g} in 98 % of training's rows"
    counts = dict(zip(column.get("categories", []), column.get("counts", []), strict=True))
    rows = sum(counts.values())
    return lambda value: f"others: {counts.get(str(value), 0) / rows:.2%} of training's rows have it"
