"""The bounds that judge a model tell a useless one from a small sample."""

import numpy as np
import pandas as pd
import pytest

from bank_churn.features import TARGET

from model_tests.bounds import auc_upper_bound, calibration_error, log_loss_of_rate


def scored(rows: int, noise: float, seed: int = 1) -> pd.DataFrame:
    """Rows whose labels follow `score`, except for a share of pure noise."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 4, rows)
    truth = np.where(rng.random(rows) < noise, score.mean(), score)
    return pd.DataFrame({"score": score, TARGET: (rng.random(rows) < truth).astype(int)})


def test_a_useless_segment_is_below_its_bound_only_with_enough_rows() -> None:
    assert auc_upper_bound(scored(5_000, noise=1.0)) < 0.6
    assert auc_upper_bound(scored(40, noise=1.0)) > 0.6


def test_calibration_tells_honest_scores_from_doubled_ones() -> None:
    honest = scored(5_000, noise=0)
    error, chance = calibration_error(honest)
    assert error <= 0.02 + chance
    error, chance = calibration_error(honest.assign(score=np.minimum(1, honest["score"] * 2)))
    assert error > 0.02 + chance


def test_the_rate_alone_has_its_entropy() -> None:
    assert log_loss_of_rate(pd.Series([0, 1])) == pytest.approx(np.log(2))
