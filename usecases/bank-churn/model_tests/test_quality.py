"""How good a model must be before it may be released; `limits.py` has the numbers."""

import numpy as np
import pandas as pd
import pytest
from bounds import Z, auc_upper_bound, calibration_error, log_loss_of_rate
from limits import CALIBRATION, MIN_SEGMENT_ROWS, NULL_LOSS, QUALITY_FLOOR, SEGMENT_FLOOR, SEGMENTS
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import Pipeline

from bank_churn.features import CATEGORICAL, INPUTS, TARGET
from bank_churn.quality import predictions


def test_quality_floor(scored: pd.DataFrame) -> None:
    assert roc_auc_score(scored[TARGET], scored["score"]) >= QUALITY_FLOOR


def test_better_than_the_overall_rate(scored: pd.DataFrame) -> None:
    assert log_loss(scored[TARGET], scored["score"]) < 0.9 * log_loss_of_rate(scored[TARGET])


def test_calibration(scored: pd.DataFrame) -> None:
    error, chance = calibration_error(scored)
    assert error <= CALIBRATION + chance


@pytest.mark.parametrize("column", SEGMENTS)
def test_fair_to_every_segment(scored: pd.DataFrame, column: str) -> None:
    """A segment fails only when even the upper confidence bound of its AUC is below the floor."""
    bounds = {
        segment: auc_upper_bound(rows)
        for segment, rows in scored.groupby(column)
        if len(rows) >= MIN_SEGMENT_ROWS and rows[TARGET].nunique() == 2
    }
    assert bounds and min(bounds.values()) >= SEGMENT_FLOOR, bounds


@pytest.mark.parametrize("column", SEGMENTS)
def test_no_segment_is_over_or_understated(scored: pd.DataFrame, column: str) -> None:
    for segment, rows in scored.groupby(column):
        expected = float(rows["score"].mean())
        spread = Z * (expected * (1 - expected) / len(rows)) ** 0.5
        assert abs(rows[TARGET].mean() - expected) <= CALIBRATION + spread, segment


def test_robust_to_nulls(model: Pipeline, scored: pd.DataFrame) -> None:
    rng = np.random.default_rng(7)
    inputs = scored[list(INPUTS)]
    scores = predictions(model, inputs.mask(rng.random(inputs.shape) < 0.1))
    before = float(roc_auc_score(scored[TARGET], scored["score"]))
    assert roc_auc_score(scored[TARGET], scores) >= before - NULL_LOSS


@pytest.mark.parametrize("column", CATEGORICAL)
def test_robust_to_unseen_categories(model: Pipeline, scored: pd.DataFrame, column: str) -> None:
    scores = predictions(model, scored[list(INPUTS)].assign(**{column: "Atlantis"}))
    assert ((scores >= 0) & (scores <= 1)).all()
    assert roc_auc_score(scored[TARGET], scores) >= SEGMENT_FLOOR
