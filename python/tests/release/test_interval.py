"""Intervals of means against scipy, against the rule of block lengths elsewhere, and by what they promise."""

from typing import Any

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import bootstrap, t

from ecluse_core.blocks import block_length, standard_error
from ecluse_release.interval import Interval, interval


def series(rows: int, like: float, seed: int | None = None) -> Any:
    """An autoregression from its first step on."""
    return lfilter([1], [1, -like], np.random.default_rng(rows if seed is None else seed).normal(size=rows))


def test_rows_that_are_not_alike_give_the_interval_of_student() -> None:
    values = np.random.default_rng(2).exponential(size=200)
    assert standard_error(values, 1) == pytest.approx(values.std(ddof=1) / 200**0.5, rel=1e-12)
    found = interval(values, 0.05)
    assert block_length(values) == 1
    low, high = t.interval(0.9, 199, values.mean(), values.std(ddof=1) / 200**0.5)
    assert (found.value, found.low, found.high) == pytest.approx((values.mean(), low, high), rel=1e-12)


def test_blocks_have_the_error_that_drawing_them_has() -> None:
    """The closed form, against 20,000 draws of whole blocks."""
    values, length, rng = series(600, 0.8), 20, np.random.default_rng(4)
    blocks = np.array([np.roll(values, -first)[:length].mean() for first in range(600)])
    drawn = blocks[rng.integers(600, size=(20_000, 600 // length))].mean(1)
    closed = standard_error(values, length) * (1 - length / 600) ** 0.5
    assert drawn.std() == pytest.approx(closed, rel=0.02)
    # Rows by themselves would be taken for more than they say.
    alone = bootstrap((values,), np.mean, n_resamples=500, rng=rng).standard_error
    assert closed > 2 * alone


@pytest.mark.parametrize(
    ("rows", "like", "expected"),
    [(200, 0.5, 7.07), (500, 0.9, 22.86), (2000, 0, 2.61), (2000, 0.9, 49.45), (1000, -0.4, 9.93)],
)
def test_blocks_are_as_long_as_those_of_arch(rows: int, like: float, expected: float) -> None:
    """`optimal_block_length(x).circular` of arch 8.0.0, which begins one lag later than the paper."""
    assert block_length(series(rows, like)) == pytest.approx(expected, abs=1.2)


@pytest.mark.parametrize(("rows", "like"), [(100, 0), (2000, 0), (1000, 0.7)])
def test_a_true_mean_is_outside_as_rarely_as_is_said(rows: int, like: float) -> None:
    found = [interval(series(rows, like, seed), 0.05) for seed in range(400)]
    # 5 % on each side, and what chance makes of 400 tries; blocks are a little too narrow.
    for missed in (sum(each.low > 0 for each in found), sum(each.high < 0 for each in found)):
        assert 0.02 < missed / 400 < 0.09


@pytest.mark.parametrize("rows", [30, 31, 100])
def test_any_rows_have_an_interval(rows: int) -> None:
    waves: Any = np.sin(np.arange(rows))
    jumps: list[Any] = [np.arange(rows) % 2.0, np.r_[np.zeros(rows - 1), 1.0], np.arange(rows) * 1e9]
    for values in (waves, *jumps):
        found = interval(values, 0.05)
        assert np.isfinite([found.low, found.high]).all()
        assert found.low <= found.value <= found.high
        assert 1 <= block_length(values) <= rows / 3


def test_rows_that_are_all_the_same_leave_no_doubt() -> None:
    assert interval(np.full(50, 0.25), 0.05) == Interval(0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Interval(1.1, 0.9, 1.3), Interval(0.1, 0, 0.3)),
        (Interval(0.7, 0.5, 0.9), Interval(0.3, 0.1, 0.5)),
        (Interval(1.3, 1.2, 1.4), Interval(0.3, 0.2, 0.4)),
    ],
)
def test_the_distance_from_one(found: Interval, expected: Interval) -> None:
    distance = found.distance(1)
    one, other = ((each.value, each.low, each.high) for each in (distance, expected))
    assert one == pytest.approx(other)
