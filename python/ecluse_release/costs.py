"""What a model costs where it serves: bytes of its files, and processor time for a row.

Both are bounds of their own and no ratio to the champion's: a first model has none, and many releases that
are each a little slower would add up.
"""

import math
import time
from collections.abc import Callable

import numpy as np
import polars as pl
from scipy.stats import norm

from ecluse_release.gates import Asked, Gate, Rules, at_most, decided
from ecluse_release.interval import Interval, Values, exact

CALLS, SECONDS = 200, 10.0
"""How many rows are scored one by one, and how long that may take: then FEWEST_CALLS are enough."""
FEWEST_CALLS = 5


def size_gate(size: int, rules: Rules) -> Gate:
    """The model's files have at most so many bytes."""
    fix = "use fewer or smaller trees, drop what it does not need, or raise gates.maxSizeMb with a reason"
    asked = Asked("size", at_most(rules.max_size_mb), "MB of the model's files", fix)
    return decided(asked, exact(size / 1e6), 0, rules, "")


def latency_gate(seconds_of: Callable[[pl.DataFrame], float], inputs: pl.DataFrame, rules: Rules) -> Gate:
    """One row takes at most so many milliseconds of the processor; `seconds_of` scores, and measures that.

    Of the processor and not of the clock: on a busy machine a model waits longer, and works as long.
    """
    times = _times(seconds_of, inputs) * 1000
    fix = "use fewer or smaller trees or steps, or raise gates.maxLatencyMs with a reason"
    reason = "milliseconds of processor time to score one row, the median"
    more = f"too near to the bound to decide: {fix}, or set gates.undecided to pass"
    asked = Asked("latency", at_most(rules.max_latency_ms), reason, fix)
    return decided(asked, median(times, rules.risk), len(times), rules, more)


def median(values: Values, risk: float) -> Interval:
    """The median, and what it may be by the ranks of the values: of no distribution, so no outlier counts."""
    ordered, half = np.sort(values), float(norm.ppf(1 - risk)) * math.sqrt(len(values)) / 2
    last = len(values) - 1
    low, high = (ordered[min(max(round(last / 2 + side * half), 0), last)] for side in (-1, 1))
    return Interval(float(np.median(ordered)), float(low), float(high))


def _times(seconds_of: Callable[[pl.DataFrame], float], inputs: pl.DataFrame) -> Values:
    end, times = time.monotonic() + SECONDS, list[float]()
    while len(times) < CALLS and (len(times) < FEWEST_CALLS or time.monotonic() < end):
        times.append(seconds_of(inputs.slice(len(times) % inputs.height, 1)))
    return np.array(times)
