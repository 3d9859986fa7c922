"""Drift of a column: a distance with a size that means something, and the chance of it without any drift."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from pydantic import with_config

from ecluse_monitor.chance import Counts, Floats, sequential
from ecluse_monitor.columns import Column
from ecluse_monitor.contract import Subject
from ecluse_monitor.described import DESCRIBED
from ecluse_monitor.sketch import Histogram

Distance = Callable[[Floats, Floats], Floats]
LARGEST = 50
"""Categories that are compared one by one; the others are compared as one."""
LEAST = 10
"""Rows that a category has in both together, to be compared by itself."""
OTHERS = "all others"


@with_config(DESCRIBED)
@dataclass(frozen=True)
class Drift:
    """How far a column is from the training."""

    check: str
    """`drift` of an input, or `prediction` of the scores"""
    column: str
    """the column"""
    kind: str
    """`numeric` or `categorical`"""
    distance: float
    """the distance from the training, in the unit of `limits`"""
    p_value: float
    """the chance of at least this distance without drift"""
    direction: str
    """where it moved, in words"""

    @property
    def key(self) -> str:
        """What a history calls it."""
        return f"{self.check} of {self.column}"


def measure(subject: Subject, draws: int, rng: Generator) -> Drift:
    """The drift of one column against its baseline, by at most `draws` Monte Carlo draws."""
    reference, current = trained(subject.column), subject.seen.counts
    distance, p_value = compare(subject.column, reference, current, draws, rng)
    if isinstance(reference, dict):
        direction = _categorical_direction(*aligned(reference, cast(dict[str, int], current)))
    else:
        direction = _numeric_direction(subject)
    check = "prediction" if subject.is_score else "drift"
    return Drift(check, subject.name, subject.column.get("kind", ""), distance, p_value, direction)


def trained(column: Column) -> Histogram:
    """The histogram of training."""
    counts = column.get("counts", [])
    if column.get("kind") == "numeric":
        return counts
    return dict(zip(column.get("categories", []), counts, strict=True))


def compare(
    column: Column, left: Histogram, right: Histogram, draws: int, rng: Generator
) -> tuple[float, float]:
    """The distance of two histograms of a column, and the chance of it if both were of one population."""
    if isinstance(left, dict):
        return _compare_categories(left, cast(dict[str, int], right), draws, rng)
    before, after, distance = np.asarray(left), np.asarray(right), wasserstein(column)
    return float(distance(_shares(before), _shares(after))), monte_carlo(before, after, distance, draws, rng)


def _compare_categories(
    left: dict[str, int], right: dict[str, int], draws: int, rng: Generator
) -> tuple[float, float]:
    # The contract weighs categories that are new. Here they count for chance alone: left out, what training
    # happened to see would seem to be rarer now.
    known = {name: count for name, count in right.items() if name in left}
    if not known:
        return 0.0, 1.0
    before, after = _common(left, known)
    p_value = monte_carlo(before, after, jensen_shannon, draws, rng)
    if len(known) < len(right):
        p_value = max(p_value, monte_carlo(*_common(left, right), jensen_shannon, draws, rng))
    return float(jensen_shannon(_shares(before), _shares(after))), p_value


def _common(left: dict[str, int], right: dict[str, int]) -> tuple[Counts, Counts]:
    """Counts of both, rare ones among the others: those that are in both by chance would seem large."""
    before, after, _ = aligned(left, right)
    rare = np.append((before + after)[:-1] < LEAST, False)
    sides = [np.append(side[:-1][~rare[:-1]], side[-1] + side[rare].sum()) for side in (before, after)]
    return sides[0], sides[1]


def aligned(left: dict[str, int], right: dict[str, int]) -> tuple[Counts, Counts, list[str]]:
    """Counts of both for the categories that are largest in both together, those of the others, and names.

    Which are compared must not depend on one side: what training happened to see once is rarer than it seems.
    """
    pooled = Counter(left) + Counter(right)
    ranked = sorted(pooled, key=lambda name: (-pooled[name], name))
    names = ranked[:LARGEST]
    sides = [[side.get(name, 0) for name in names] for side in (left, right)]
    for counts, side in zip(sides, (left, right), strict=True):
        counts.append(sum(side.values()) - sum(counts))
    return np.array(sides[0], dtype=np.int64), np.array(sides[1], dtype=np.int64), [*names, OTHERS]


def monte_carlo(reference: Counts, current: Counts, distance: Distance, draws: int, rng: Generator) -> float:
    """Chance that two samples of these sizes from one population are at least this far apart."""
    observed = distance(_shares(reference), _shares(current))
    pooled = _shares(reference + current)

    def exceeds(size: int) -> NDArray[np.bool_]:
        left = rng.multinomial(int(reference.sum()), pooled, size=size)
        right = rng.multinomial(int(current.sum()), pooled, size=size)
        return distance(_shares(left), _shares(right)) >= observed - 1e-12

    return sequential(exceeds, draws)


def wasserstein(column: Column) -> Distance:
    """Wasserstein-1 over the baseline's bins, in standard deviations of the reference."""
    sd = column.get("sd", 0.0) or 1.0
    widths = np.diff(np.asarray(column.get("centres"))) / sd
    return lambda left, right: np.abs(np.cumsum(left - right, axis=-1)[..., :-1]) @ widths


def jensen_shannon(left: Floats, right: Floats) -> Floats:
    """Jensen-Shannon distance, base 2: 0 for equal shares, 1 for disjoint ones."""
    middle = (left + right) / 2
    total = (_relative(left, middle) + _relative(right, middle)) / 2
    return np.sqrt(np.clip(total, 0, 1))


def _relative(shares: Floats, middle: Floats) -> Floats:
    ratio = np.divide(shares, middle, out=np.ones_like(shares), where=shares > 0)
    return (shares * np.log2(ratio)).sum(axis=-1)


def _shares(counts: Counts) -> Floats:
    return counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)


def _numeric_direction(subject: Subject) -> str:
    mean, before = subject.seen.mean(subject.column), subject.column.get("mean", 0.0)
    shift = (mean - before) / (subject.column.get("sd", 0.0) or 1.0)
    return f"mean {before:.4g} → {mean:.4g} ({shift:+.2f} sd)"


def _categorical_direction(reference: Counts, current: Counts, names: list[str]) -> str:
    before, after = _shares(reference), _shares(current)
    most = int(np.argmax(np.abs(after - before)))
    return f"{names[most]} {before[most]:.1%} → {after[most]:.1%}"
