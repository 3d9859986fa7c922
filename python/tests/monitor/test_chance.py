"""The tests against chance: exact ones against scipy, drawn ones against their own meaning."""

import numpy as np
import pytest
from scipy.stats import hypergeom, kstest

from ecluse_monitor.chance import all_new, more_often


@pytest.mark.parametrize(
    ("before", "of", "now", "rows"),
    [(0, 1000, 3, 500), (20, 1000, 40, 1000), (200, 1000, 2300, 10_000), (5, 100_000, 1, 1000), (0, 9, 9, 9)],
)
def test_a_share_that_grew_has_fishers_p_value(before: int, of: int, now: int, rows: int) -> None:
    exact = hypergeom.sf(now - 1, of + rows, before + now, rows)
    assert more_often(before, of, now, rows) == pytest.approx(exact, rel=1e-6)


def test_a_share_that_did_not_grow_is_no_finding() -> None:
    assert [more_often(10, 100, 9, 100), more_often(0, 100, 0, 100), more_often(5, 5, 5, 5)] == [1, 1, 1]


def test_a_window_that_is_huge_takes_no_time_and_no_wrong_number() -> None:
    exact = hypergeom.logsf(1_002_999, 20_000_000, 2_003_000, 10_000_000)
    assert np.log(more_often(1_000_000, 10_000_000, 1_003_000, 10_000_000)) == pytest.approx(exact, rel=1e-4)


def sampled(rng: np.random.Generator) -> float:
    """The p-value of unseen rows in a window of the same long-tailed categories."""
    weights = 1 / np.arange(1, 2001) ** 1.3
    reference, window = (rng.multinomial(rows, weights / weights.sum()) for rows in (1000, 3000))
    seen = reference > 0
    new = window[~seen]
    return all_new(reference[seen], window[seen], new[new > 0], 400, rng)


def test_unseen_rows_of_a_long_tail_are_uniform() -> None:
    rng = np.random.default_rng(8)
    assert kstest([sampled(rng) for _ in range(150)], "uniform", alternative="greater").pvalue > 0.001


def test_a_category_that_is_new_is_found_whatever_the_tail() -> None:
    rng = np.random.default_rng(9)
    known = np.array([600, 300, 100])
    assert all_new(known, known, np.array([6]), 100_000, rng) == pytest.approx(0.5**6, rel=0.5)
    assert all_new(known * 100, known, np.array([6]), 100_000, rng) < 1e-5
