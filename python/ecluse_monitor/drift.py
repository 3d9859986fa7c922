"""Drift of a column: a distance with a size that means something, and the chance of it without any drift.

The p-value is a sequential Monte Carlo one (Besag and Clifford): both samples are drawn again from their
pooled histogram, so both sizes count, and drawing stops as soon as the answer is plainly no.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray

from ecluse_monitor.baseline import Column, bin_counts, category_counts, numbers
from ecluse_monitor.settings import Settings

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Distance = Callable[[Floats, Floats], Floats]
STOP_AT = 10


@dataclass(frozen=True)
class Drift:
    """Of one column: distance, chance of at least this distance without drift, direction in words."""

    column: str
    kind: str
    distance: float
    p_value: float
    direction: str


def measure(name: str, series: pl.Series, column: Column, draws: int, rng: Generator) -> Drift:
    """The drift of one column against its baseline, by at most `draws` Monte Carlo draws."""
    if column.get("kind") == "numeric":
        current = bin_counts(series, column)
        reference = np.asarray(column.get("counts"), dtype=np.int64)
        distance = wasserstein(column)
        direction = _numeric_direction(series, column)
    else:
        current = category_counts(series, column.get("categories", []))
        reference = np.append(np.asarray(column.get("counts"), dtype=np.int64), 0)
        distance = jensen_shannon
        direction = _categorical_direction(current, reference, [*column.get("categories", []), "unseen"])
    observed = float(distance(_shares(reference), _shares(current)))
    p_value = monte_carlo(reference, current, distance, draws, rng)
    return Drift(name, column.get("kind", ""), observed, p_value, direction)


def monte_carlo(reference: Counts, current: Counts, distance: Distance, draws: int, rng: Generator) -> float:
    """Chance that two samples of these sizes from one population are at least this far apart."""
    observed = distance(_shares(reference), _shares(current))
    pooled = _shares(reference + current)
    done = exceeded = 0
    while done < draws:
        size = min(draws - done, max(100, done))
        left = rng.multinomial(int(reference.sum()), pooled, size=size)
        right = rng.multinomial(int(current.sum()), pooled, size=size)
        beyond = np.cumsum(distance(_shares(left), _shares(right)) >= observed - 1e-12)
        if exceeded + beyond[-1] >= STOP_AT:
            return STOP_AT / (done + int(np.argmax(exceeded + beyond >= STOP_AT)) + 1)
        done, exceeded = done + size, exceeded + int(beyond[-1])
    return (exceeded + 1) / (draws + 1)


def significant(drifts: list[Drift], fdr: float) -> list[Drift]:
    """Those that Benjamini and Hochberg's step-up keeps at this false discovery rate."""
    ranked = sorted(drifts, key=lambda drift: drift.p_value)
    passing = [rank for rank, drift in enumerate(ranked, 1) if drift.p_value <= fdr * rank / len(ranked)]
    return ranked[: max(passing, default=0)]


def draws_for(columns: int, settings: Settings) -> int:
    """Enough draws for the smallest p-value that the correction over `columns` can ask for."""
    return math.ceil(20 * columns / settings.drift.fdr)


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


def _numeric_direction(series: pl.Series, column: Column) -> str:
    mean, before = float(numbers(series).mean()), column.get("mean", 0.0)
    shift = (mean - before) / (column.get("sd", 0.0) or 1.0)
    return f"mean {before:.4g} → {mean:.4g} ({shift:+.2f} sd)"


def _categorical_direction(current: Counts, reference: Counts, names: list[str]) -> str:
    before, after = _shares(reference), _shares(current)
    most = int(np.argmax(np.abs(after - before)))
    return f"{names[most]} {before[most]:.1%} → {after[most]:.1%}"
