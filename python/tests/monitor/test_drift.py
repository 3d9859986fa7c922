"""The statistics: quiet days stay quiet, small shifts are found, p-values mean what they say."""

from collections import Counter
from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from ecluse_monitor.baseline import Baseline, describe
from ecluse_monitor.chance import draws_for, significant
from ecluse_monitor.check import judge
from ecluse_monitor.contract import Subject
from ecluse_monitor.drift import Drift, aligned, compare, jensen_shannon, measure, monte_carlo, wasserstein
from ecluse_monitor.errors import Exit
from ecluse_monitor.settings import Settings, parse_settings
from ecluse_monitor.sketch import seen_of
from tests.monitor.conftest import SETTINGS, draw

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(("rows", "days", "rate"), [(1_000, 80, 0.05), (10_000, 30, 0.01)])
def test_false_alarms_on_quiet_days(baseline: Baseline, rows: int, days: int, rate: float) -> None:
    """No more days with any finding than chance allows at `rate` (99.9 % quantile of the binomial)."""
    settings = parse_settings(SETTINGS)
    alarms = sum(
        judge(draw(rows, seed), "1", baseline, settings, DAY).exit != Exit.FINE for seed in range(days)
    )
    assert alarms <= binom.ppf(0.999, days, rate)


def test_a_tenth_of_a_standard_deviation_is_found(baseline: Baseline) -> None:
    found = 0
    for seed in range(20):
        verdict = judge(draw(10_000, 500 + seed, shift=0.1), "1", baseline, parse_settings(SETTINGS), DAY)
        found += {finding.column for finding in verdict.findings} == {"x0"}
    assert found >= 19


def test_a_large_shift_is_critical_and_says_where_to(baseline: Baseline) -> None:
    verdict = judge(draw(5_000, 1, shift=-0.5), "1", baseline, parse_settings(SETTINGS), DAY)
    assert verdict.exit == Exit.CRITICAL
    assert "-0.5" in verdict.findings[0].text


def test_p_values_are_uniform_without_drift() -> None:
    """At every level no more than that share of the p-values is under it (Kolmogorov's bound at .001)."""
    rng = np.random.default_rng(3)
    column = describe(pl.Series(rng.normal(size=20_000)))
    reference = np.asarray(column.get("counts"))
    values = [
        monte_carlo(
            reference,
            np.asarray(seen_of(pl.Series(rng.normal(size=1_000)), column).counts),
            wasserstein(column),
            1_000,
            rng,
        )
        for _ in range(200)
    ]
    excess = np.arange(1, 201) / 200 - np.sort(values)
    assert excess.max() < 1.95 / 200**0.5 + 0.05  # the reference is one draw for all: .05 for that


def test_the_smallest_p_value_passes_the_correction(baseline: Baseline) -> None:
    settings = Settings()
    draws = draws_for(100, settings.drift.fdr)
    column = baseline["columns"]["x0"]
    subject = Subject("x0", seen_of(draw(10_000, 4, 1.0)["input_x0"], column), column)
    drift = measure(subject, draws, np.random.default_rng(0))
    assert drift.p_value == 1 / (draws + 1)
    others = [Drift("drift", f"c{n}", "numeric", 0.0, 1.0, "") for n in range(99)]
    assert significant([*others, drift], settings.drift.fdr) == [drift]


def test_benjamini_hochberg_steps_up() -> None:
    drifts = [Drift("drift", str(p), "numeric", 0, p, "") for p in (0.9, 0.03, 0.045, 0.001)]
    assert [drift.p_value for drift in significant(drifts, 0.05)] == [0.001]
    assert [drift.p_value for drift in significant(drifts, 0.06)] == [0.001, 0.03, 0.045]
    assert significant([], 0.05) == []


def test_distances_have_their_stated_size() -> None:
    column = describe(pl.Series(np.random.default_rng(1).normal(5, 2, 100_000)))
    moved = pl.Series(np.random.default_rng(2).normal(5.6, 2, 100_000))
    before, after = np.asarray(column.get("counts")) / 1e5, np.asarray(seen_of(moved, column).counts) / 1e5
    assert float(wasserstein(column)(before, after)) == pytest.approx(0.3, abs=0.02)
    assert float(jensen_shannon(np.array([1.0, 0]), np.array([0, 1.0]))) == 1
    assert float(jensen_shannon(np.array([0.5, 0.5]), np.array([0.5, 0.5]))) == 0


def test_a_value_on_an_edge_stays_in_its_bin() -> None:
    series = pl.Series([0.0] * 50 + [1.0] * 30 + [2.0] * 20)
    column = describe(series)
    assert column.get("counts") == [50, 30, 20, 0]
    assert seen_of(series, column).counts == [50, 30, 20, 0]


def test_categories_of_which_each_day_has_others_are_no_drift() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        left, right = (Counter(map(str, rng.integers(0, 10**7, rows))) for rows in (10_000, 5_000))
        assert compare({}, left, right, 100, rng)[0] < Settings().drift.categorical.js.warn


def test_categories_are_compared_by_what_is_large_in_both_together() -> None:
    left = {"a": 60, **{f"rare {n:03}": 1 for n in range(40)}}
    right = {"a": 50, "new": 30, **{f"late {n:03}": 1 for n in range(20)}}
    before, after, names = aligned(left, right)
    assert (names[:2], names[-1], len(names)) == (["a", "new"], "all others", 51)
    assert (before.sum(), after.sum(), before[1], after[1]) == (100, 100, 0, 30)
    assert aligned(right, left)[2] == names
