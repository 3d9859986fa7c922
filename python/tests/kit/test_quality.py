"""The bounds for a model distinguish a useless one from a small sample."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from ecluse.quality import Classification, Regression, bias, calibration_error, log_loss_of_rate
from ecluse.tasks import task

from .conftest import CONTRACT
from .test_source import SERIES

Columns = tuple["pd.Series[float]", "pd.Series[float]"]


def labelled(rows: int, noise: float, seed: int = 1) -> Columns:
    """Labels that follow their score, except for a share of pure noise."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 4, rows)
    truth = np.where(rng.random(rows) < noise, score.mean(), score)
    return pd.Series((rng.random(rows) < truth).astype(float)), pd.Series(score)


def measured(rows: int, noise: float) -> Columns:
    """A target that is its score, with an error of so many of its standard deviations."""
    rng = np.random.default_rng(1)
    score = rng.normal(size=rows)
    return pd.Series(score + noise * rng.normal(size=rows)), pd.Series(score)


def test_the_target_says_which_task() -> None:
    assert (task(CONTRACT).predict, task(SERIES).predict) == ("predict_proba", "predict")


def test_a_useless_segment_is_below_its_bound_only_with_enough_rows() -> None:
    bound = Classification().upper_bound
    assert bound(*labelled(5_000, noise=1.0)) < 0.6
    assert bound(*labelled(40, noise=1.0)) > 0.6
    assert bound(pd.Series([0.0, 0.0]), pd.Series([0.1, 0.2])) == 1


def test_calibration_tells_honest_scores_from_doubled_ones() -> None:
    labels, scores = labelled(5_000, noise=0)
    error, chance = calibration_error(labels, scores)
    assert error <= 0.02 + chance
    error, chance = calibration_error(labels, scores.mul(2).clip(upper=1))
    assert error > 0.02 + chance


def test_the_rate_alone_has_its_entropy() -> None:
    assert log_loss_of_rate(pd.Series([0, 1])) == pytest.approx(np.log(2))


def test_the_bound_of_an_amount_is_near_only_with_enough_rows() -> None:
    for rows, least, most in ((5_000, 0.0, 0.05), (20, 0.1, 1.0)):
        labels, scores = measured(rows, noise=1.0)
        assert least < Regression().upper_bound(labels, scores) - r2_score(labels, scores) < most


def test_an_offset_is_told_from_chance() -> None:
    labels, scores = measured(5_000, noise=1.0)
    error, chance = bias(labels, scores)
    assert error <= chance
    error, chance = bias(labels, scores + 0.5)
    assert error == pytest.approx(0.5, abs=0.05) and error > chance


def test_metrics_of_a_perfect_and_a_useless_model() -> None:
    labels = labelled(500, noise=0)[0]
    perfect = Classification().metrics(labels, np.asarray(labels, dtype=np.float64))
    assert (perfect["holdout_roc_auc"], perfect["holdout_brier"], perfect["holdout_rows"]) == (1, 0, 500)
    assert Classification().metrics(labels, np.full(500, 0.2))["holdout_roc_auc"] == 0.5
    amounts = measured(500, noise=0)[0]
    found = Regression().metrics(amounts, np.asarray(amounts, dtype=np.float64))
    assert (found["holdout_r2"], found["holdout_mae"], found["holdout_bias"]) == (1, 0, 0)
    useless = Regression().metrics(amounts, np.full(500, float(amounts.mean())))
    assert useless["holdout_r2"] == pytest.approx(0) and useless["holdout_rmse"] > 0
