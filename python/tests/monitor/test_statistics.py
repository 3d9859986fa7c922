"""Distances, corrections and p-values against scipy's, on small data."""

import numpy as np
import polars as pl
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, false_discovery_control, wasserstein_distance

from ecluse_monitor.baseline import describe
from ecluse_monitor.chance import significant
from ecluse_monitor.drift import Drift, jensen_shannon, monte_carlo, wasserstein
from ecluse_monitor.sketch import seen_of


@pytest.mark.parametrize("seed", range(3))
def test_the_distance_of_numbers_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.gamma(2, 3, 400), rng.gamma(2, 3.4, 150)
    column = describe(pl.Series(before))
    centres, counts = np.asarray(column.get("centres")), np.asarray(column.get("counts"))
    now = np.asarray(seen_of(pl.Series(after), column).counts)
    found = float(wasserstein(column)(counts / counts.sum(), now / now.sum()))
    assert found == pytest.approx(wasserstein_distance(centres, centres, counts, now) / before.std())
    # Bins lose little of what all values say.
    assert found == pytest.approx(wasserstein_distance(before, after) / before.std(), rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_the_distance_of_categories_is_scipys(seed: int) -> None:
    left, right = np.random.default_rng(seed).dirichlet(np.ones(7), 2)
    left[0], right[1] = 0, 0
    left, right = left / left.sum(), right / right.sum()
    assert float(jensen_shannon(left, right)) == pytest.approx(jensenshannon(left, right, base=2))


def test_what_the_correction_keeps_is_what_scipys_keeps() -> None:
    rng = np.random.default_rng(1)
    for tests in (1, 5, 40):
        p_values = rng.random(tests) ** 3
        kept = significant([Drift("drift", "", "numeric", 0, float(p), "") for p in p_values], 0.1)
        adjusted = false_discovery_control(p_values, method="bh")
        assert sorted(each.p_value for each in kept) == sorted(p_values[adjusted <= 0.1].tolist())


@pytest.mark.parametrize("moved", [0, 12, 25])
def test_a_drawn_p_value_is_near_that_of_the_chi_squared_test(moved: int) -> None:
    reference, now = np.array([600, 400]), np.array([300 - moved, 200 + moved])
    drawn = monte_carlo(reference, now, jensen_shannon, 20_000, np.random.default_rng(2))
    _, exact, *_ = chi2_contingency(np.array([reference, now]), correction=False)
    assert drawn == pytest.approx(exact, rel=0.45, abs=0.01)
