"""The gates against figures of scikit-learn, and each with a case that it refuses."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import r2_score, roc_auc_score

from ecluse_release import classification, gates, regression
from ecluse_release.gates import Rules, SegmentRule

RANDOM = np.random.default_rng(7)
LABELS = RANDOM.integers(0, 2, 2000).astype(np.float64)
GOOD = np.clip(LABELS * 0.5 + RANDOM.normal(0.25, 0.2, 2000), 0, 1)
NOISE = RANDOM.random(2000)
RULES_ = Rules(classification, 0.8, 0.02, 0.005, errors={"max_brier": 0.2})
AMOUNTS = RANDOM.normal(-5000, 300, 2000)
CLOSE, FAR = (AMOUNTS + RANDOM.normal(0, noise, 2000) for noise in (50, 400))
R2_RULES = Rules(regression, 0.8, 0.02, 0.005, errors={"max_bias": 0.1})


@pytest.mark.parametrize("scores", [GOOD, NOISE, np.round(GOOD, 1), np.zeros(2000), 1 - GOOD])
def test_auc_is_that_of_scikit_learn(scores: Any) -> None:
    assert gates.measured(classification, scores, LABELS) == pytest.approx(
        roc_auc_score(LABELS, scores), abs=1e-12
    )


def test_weighted_auc_is_that_of_scikit_learn() -> None:
    weights = RANDOM.integers(0, 4, 2000).astype(np.float64)
    expected = roc_auc_score(LABELS, np.round(GOOD, 1), sample_weight=weights)
    assert classification.quality(np.round(GOOD, 1), LABELS)(weights) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("scores", "passed"), [(GOOD, True), (NOISE, False)])
def test_floor_calibration_and_baseline(scores: Any, passed: bool) -> None:
    assert gates.floor_gate(scores, LABELS, RULES_).passed is passed
    [calibration] = gates.error_gates(scores, LABELS, RULES_)
    assert (calibration.name, calibration.bound, calibration.passed) == ("calibration", 0.2, passed)
    assert gates.baseline_gate(scores, NOISE, LABELS, RULES_, "noise").passed is passed


def test_calibration_refuses_a_good_order_with_wrong_probabilities() -> None:
    squeezed = GOOD / 10
    assert gates.floor_gate(squeezed, LABELS, RULES_).passed
    assert not classification.calibration_gate(squeezed, LABELS, 0.2).passed


@pytest.mark.parametrize("scores", [CLOSE, FAR, AMOUNTS * 0, AMOUNTS])
def test_r2_is_that_of_scikit_learn(scores: Any) -> None:
    expected = r2_score(AMOUNTS, scores)
    assert gates.measured(regression, scores, AMOUNTS) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("scores", "passed"), [(CLOSE, True), (FAR, False)])
def test_the_gates_of_a_regression(scores: Any, passed: bool) -> None:
    assert gates.floor_gate(scores, AMOUNTS, R2_RULES).passed is passed
    assert gates.baseline_gate(scores, FAR, AMOUNTS, R2_RULES, "noise").passed is passed
    assert gates.champion_gate(scores, CLOSE, AMOUNTS, R2_RULES).passed is passed


@pytest.mark.parametrize("shift", [-40, 40])
def test_bias_refuses_good_predictions_that_are_all_too_high_or_low(shift: float) -> None:
    assert gates.floor_gate(CLOSE + shift, AMOUNTS, R2_RULES).passed
    for scores, passed in [(CLOSE, True), (CLOSE + shift, False)]:
        assert [(gate.name, gate.passed) for gate in gates.error_gates(scores, AMOUNTS, R2_RULES)] == [
            ("bias", passed)
        ]


def test_a_segment_of_a_regression_is_measured_against_the_variance_of_all() -> None:
    flat, wrong = np.arange(2000) < 500, np.arange(2000) >= 1500
    labels = np.where(flat, AMOUNTS.mean(), AMOUNTS)
    scores = np.where(wrong, FAR, labels + CLOSE - AMOUNTS)
    table = pl.DataFrame({"region": np.where(flat, "flat", np.where(wrong, "wrong", "other"))})
    rules = Rules(regression, 0, 0, 0, {}, (SegmentRule("region", 0.7, 100),))
    found = {gate.name: gate.passed for gate in gates.segment_gates(scores, labels, table, rules)}
    assert found == {"segment region=flat": True, "segment region=other": True, "segment region=wrong": False}


@pytest.mark.parametrize(
    "values", [["a", "b"], [1.0, None], [1.0, float("inf")], [1.0, float("nan")], [2, 2], []]
)
def test_a_target_that_is_no_number_is_refused(values: list[Any]) -> None:
    with pytest.raises(ValueError, match="must hold finite numbers"):
        regression.labels(pl.Series(values))


def test_non_inferiority_is_paired() -> None:
    assert gates.champion_gate(GOOD, GOOD, LABELS, RULES_).value == 0
    slightly = np.clip(GOOD + RANDOM.normal(0, 0.15, 2000), 0, 1)
    assert gates.champion_gate(GOOD, slightly, LABELS, RULES_).passed
    assert not gates.champion_gate(slightly, GOOD, LABELS, RULES_).passed


def test_a_segment_refuses_only_with_enough_rows() -> None:
    rare = np.arange(2000) < 50
    half = np.arange(2000) < 1000
    table = pl.DataFrame({"rare": np.where(rare, "x", "y"), "half": np.where(half, "x", "y")})
    scores = np.where(half, NOISE, GOOD)

    def refused(column: str) -> list[str]:
        rules = Rules(classification, 0, 0, 0, {}, (SegmentRule(column, 0.7, 100),))
        return [g.name for g in gates.segment_gates(scores, LABELS, table, rules) if not g.passed]

    assert refused("half") == ["segment half=x"]
    assert refused("rare") == []
    assert refused("nowhere") == ["segment nowhere"]
