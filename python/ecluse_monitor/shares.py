"""A column's rows at training and on the day, in few enough groups for a person to compare."""

import itertools
from typing import TypedDict, cast

import numpy as np

from ecluse_monitor.chance import Counts
from ecluse_monitor.columns import Column
from ecluse_monitor.drift import OTHERS, aligned, trained
from ecluse_monitor.sketch import Histogram

GROUPS = 8


class Share(TypedDict):
    """A range of numbers or a category: its share of the rows then and now, from 0 to 1."""

    label: str
    then: float
    now: float


def shares(column: Column, today: Histogram) -> list[Share]:
    """At most nine groups: of numbers, as equal at training as they can be; the largest categories."""
    if isinstance(today, dict):
        return _categories(cast(dict[str, int], trained(column)), today)
    then = np.asarray(trained(column))
    ends = _ends(then)
    labels = _labels([column.get("edges", [])[end] for end in ends if end < len(then) - 1])
    sides = (_grouped(then, ends), _grouped(np.asarray(today), ends))
    return _rows(labels, *sides)


def _ends(counts: Counts) -> list[int]:
    """The last bin of each group."""
    wanted = np.arange(1, GROUPS) * counts.sum() / GROUPS
    inner = {int(bin_) for bin_ in np.searchsorted(np.cumsum(counts), wanted)}
    # The bin over the maximum of training is a group of its own: rows there are new.
    return sorted(inner | {len(counts) - 2, len(counts) - 1})


def _labels(edges: list[float]) -> list[str]:
    below = [f"{edge:,.0f}" if abs(edge) >= 1000 else f"{edge:.4g}" for edge in edges]
    between = [f"{low} to {high}" for low, high in itertools.pairwise(below)]
    return [f"up to {below[0]}", *between, f"over {below[-1]}"]


def _grouped(counts: Counts, ends: list[int]) -> Counts:
    return np.diff(np.cumsum(counts)[ends], prepend=0)


def _categories(then: dict[str, int], now: dict[str, int]) -> list[Share]:
    before, after, names = aligned(then, now)
    if len(names) > GROUPS:
        before, after = (np.append(side[: GROUPS - 1], side[GROUPS - 1 :].sum()) for side in (before, after))
        names = [*names[: GROUPS - 1], OTHERS]
    return _rows(names, before, after)


def _rows(labels: list[str], then: Counts, now: Counts) -> list[Share]:
    sides = zip(labels, then / max(then.sum(), 1), now / max(now.sum(), 1), strict=True)
    return [
        {"label": label, "then": float(before), "now": float(after)}
        for label, before, after in sides
        if before or after
    ]
