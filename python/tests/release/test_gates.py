"""The gates against figures of scikit-learn and scipy, and each with a case that it refuses."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, r2_score, roc_auc_score

from ecluse_release import classification, gates, regression
from ecluse_release.command import line
from ecluse_release.gates import Gate, Measured, Rules, SegmentRule

RANDOM = np.random.default_rng(7)
ODDS = RANDOM.normal(-0.5, 2, 2000)
LABELS = (RANDOM.random(2000) < expit(ODDS)).astype(np.float64)
GOOD, NOISE = expit(ODDS), RANDOM.random(2000)
ERRORS = {"max_brier": 0.25, "max_slope_error": 0.25, "max_intercept_error": 0.25}
RULES_ = Rules(classification, 0.8, 0.02, 0.01, ERRORS)
AMOUNTS = RANDOM.normal(-5000, 300, 2000)
CLOSE, FAR = (AMOUNTS + RANDOM.normal(0, noise, 2000) for noise in (50, 400))
R2_RULES = Rules(regression, 0.8, 0.02, 0.01, errors={"max_bias": 0.1})


def met(scores: Any, champion: Any, labels: Any, rules: Rules = RULES_) -> Gate:
    return gates.champion_gate(scores, champion, labels, rules, "non-inferiority", "the champion")


def results(scores: Any, labels: Any, rules: Rules = RULES_) -> dict[str, str]:
    return {gate.name: gate.result for gate in gates.error_gates(scores, labels, rules)}


@pytest.mark.parametrize("scores", [GOOD, NOISE, np.round(GOOD, 1), np.zeros(2000), 1 - GOOD])
def test_auc_is_that_of_scikit_learn(scores: Any) -> None:
    found = classification.quality(scores, LABELS)
    assert found.values.mean() == pytest.approx(roc_auc_score(LABELS, scores), abs=1e-12)
    rows = np.arange(2000) < 500
    part = classification.quality(scores, LABELS, rows)
    assert part.values.mean() == pytest.approx(roc_auc_score(LABELS[rows], scores[rows]), abs=1e-12)
    assert part.counting == min(LABELS[:500].sum(), 500 - LABELS[:500].sum())


def test_the_error_of_an_auc_is_that_of_delong() -> None:
    """By all pairs, as DeLong has it, with n in place of n - 1."""
    scores, labels = np.round(GOOD[:300], 1), LABELS[:300]
    positive, negative = scores[labels == 1], scores[labels == 0]
    pairs = np.where(positive[:, None] == negative, 0.5, positive[:, None] > negative)
    variance = pairs.mean(1).var() / len(positive) + pairs.mean(0).var() / len(negative)
    found = classification.quality(scores, labels).values
    assert found.var() / len(found) == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("scores", [CLOSE, FAR, AMOUNTS * 0, AMOUNTS])
def test_r2_is_that_of_scikit_learn(scores: Any) -> None:
    expected = r2_score(AMOUNTS, scores)
    assert regression.quality(scores, AMOUNTS).values.mean() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("scores", "result"), [(GOOD, "pass"), (NOISE, "fail")])
def test_floor_and_baseline(scores: Any, result: str) -> None:
    assert gates.floor_gate(scores, LABELS, RULES_).result == result
    assert gates.baseline_gate(scores, NOISE, LABELS, RULES_, "noise").result == result


def test_probabilities_pass_and_what_has_only_their_order_does_not() -> None:
    assert set(results(GOOD, LABELS).values()) == {"pass"}
    assert results(GOOD / 2, LABELS)["calibration intercept"] == "fail"
    assert results(expit(3 * ODDS), LABELS)["calibration slope"] == "fail"
    assert results(expit(ODDS / 3), LABELS)["calibration slope"] == "fail"
    assert results(1 - GOOD, LABELS)["brier"] == "fail"
    assert all(gates.floor_gate(each, LABELS, RULES_).passed for each in (GOOD / 2, expit(3 * ODDS)))


def test_calibration_is_that_of_the_odds() -> None:
    """Scores with log odds of a known slope and shift, against many rows."""
    rng = np.random.default_rng(3)
    odds = rng.normal(0, 1.5, 200_000)
    labels = (rng.random(len(odds)) < expit(odds)).astype(float)
    slope = classification.slope(expit(2 * odds), labels)
    assert slope is not None and slope.values.mean() == pytest.approx(0.5, abs=0.01)
    assert classification.intercept(expit(odds - 0.7), labels).values.mean() == pytest.approx(0.7, abs=0.02)
    brier = classification.brier(expit(odds), labels).values.mean()
    assert brier == pytest.approx(brier_score_loss(labels, expit(odds)))


def test_the_error_of_a_slope_is_that_of_the_fit() -> None:
    """Where the model is right, it is the inverse of Fisher's information."""
    odds = np.c_[np.ones(2000), logit(GOOD)]
    information = odds.T @ (odds * (GOOD * (1 - GOOD))[:, None])
    slope = classification.slope(GOOD, LABELS)
    assert slope is not None
    expected = np.linalg.inv(information)[1, 1] ** 0.5
    assert slope.values.std() / 2000**0.5 == pytest.approx(expected, rel=0.1)


def test_scores_without_a_spread_have_no_slope() -> None:
    [_, slope, _] = gates.error_gates(np.full(2000, 0.5), LABELS, RULES_)
    assert (slope.name, slope.result, slope.passed) == ("calibration slope", "undecided", False)
    assert slope.reason == "distance from 1 of the calibration slope: these scores have none"
    assert slope.fix == "calibrate the model, as by CalibratedClassifierCV"


@pytest.mark.parametrize(("scores", "result"), [(CLOSE, "pass"), (FAR, "fail")])
def test_the_gates_of_a_regression(scores: Any, result: str) -> None:
    assert gates.floor_gate(scores, AMOUNTS, R2_RULES).result == result
    assert gates.baseline_gate(scores, FAR, AMOUNTS, R2_RULES, "noise").result == result
    assert met(scores, CLOSE, AMOUNTS, R2_RULES).result == result


@pytest.mark.parametrize("shift", [-60, 60])
def test_bias_refuses_good_predictions_that_are_all_too_high_or_low(shift: float) -> None:
    assert gates.floor_gate(CLOSE + shift, AMOUNTS, R2_RULES).passed
    for scores, result in [(CLOSE, "pass"), (CLOSE + shift, "fail")]:
        assert results(scores, AMOUNTS, R2_RULES) == {"bias": result}


def test_a_segment_of_a_regression_is_measured_against_the_variance_of_all() -> None:
    flat, wrong = np.arange(2000) < 500, np.arange(2000) >= 1500
    labels = np.where(flat, AMOUNTS.mean(), AMOUNTS)
    scores = np.where(wrong, FAR, labels + CLOSE - AMOUNTS)
    table = pl.DataFrame({"region": np.where(flat, "flat", np.where(wrong, "wrong", "other"))})
    rules = Rules(regression, 0, 0, 0, {}, (SegmentRule("region", 0.7, min_rows=100),))
    found = {gate.name: gate.passed for gate in gates.segment_gates(scores, labels, table, rules)}
    assert found == {"segment region=flat": True, "segment region=other": True, "segment region=wrong": False}


@pytest.mark.parametrize(
    "values", [["a", "b"], [1.0, None], [1.0, float("inf")], [1.0, float("nan")], [2, 2], []]
)
def test_a_target_that_is_no_number_is_refused(values: list[Any]) -> None:
    with pytest.raises(ValueError, match="must hold finite numbers"):
        regression.labels(pl.Series(values))


def test_non_inferiority_is_paired() -> None:
    assert met(GOOD, GOOD, LABELS).value == 0
    slightly = expit(ODDS + RANDOM.normal(0, 1.2, 2000))
    assert met(GOOD, slightly, LABELS).result == "pass"
    assert met(slightly, GOOD, LABELS).result == "fail"


def test_too_few_rows_to_decide_are_a_result_of_their_own() -> None:
    other = expit(ODDS + np.random.default_rng(0).normal(0, 0.6, 2000))
    few = met(other[:200], GOOD[:200], LABELS[:200])
    assert (few.result, few.passed) == ("undecided", False)
    assert few.low and few.high and few.low < few.bound < 0 < few.high
    assert "too little data to decide: hold out about" in few.fix
    noted = met(other[:200], GOOD[:200], LABELS[:200], replace(RULES_, undecided="pass"))
    assert (noted.result, noted.passed) == ("undecided", True)
    assert line(few).startswith("REFUSED  non-inferiority")
    assert line(noted).startswith("noted    non-inferiority")
    assert "less that of the champion on the same rows, 200 rows; too little data" in line(noted)


def test_so_many_rows_as_a_gate_asks_for_do_decide() -> None:
    rng = np.random.default_rng(5)
    difference = rng.normal(0, 1, 400)
    asked = gates.Asked("non-inferiority", gates.Bound(True, -0.1, 0.0), "difference", "")
    few = gates.judged(asked, Measured(difference - difference.mean() - 0.05, 400), RULES_)
    needed = int(few.fix.split("about ")[1].split(" rows")[0].replace(",", ""))
    assert needed == pytest.approx(400 * (2 * 1.6486 * difference.std() / 20 / 0.1) ** 2, rel=0.2)
    many = rng.normal(0, 1, needed * 11 // 10)
    assert gates.judged(asked, Measured(many, len(many)), RULES_).result != "undecided"


@pytest.mark.parametrize("positive", [0, 1, 29])
def test_a_class_of_too_few_rows_decides_nothing(positive: int) -> None:
    """Of 20 rows one in three bad models passed the floor; of perfect scores no rows have an error."""
    labels = (np.arange(400) < positive).astype(float)
    gate = gates.floor_gate(labels, labels, RULES_)
    assert (gate.result, gate.passed, gate.value) == ("undecided", False, None)
    assert f"{positive} rows count, of the rarer class; 30 are the fewest" in gate.reason
    enough = np.arange(400) < 30
    assert gates.floor_gate(enough.astype(float), enough.astype(float), RULES_).result == "pass"


def test_a_segment_is_judged_only_with_enough_rows() -> None:
    rare = np.arange(2000) < 50
    half = np.arange(2000) < 1000
    table = pl.DataFrame({"rare": np.where(rare, "x", "y"), "half": np.where(half, "x", "y")})
    scores = np.where(half, NOISE, GOOD)

    def refused(column: str) -> list[str]:
        rules = Rules(classification, 0, 0, 0, {}, (SegmentRule(column, 0.6, min_rows=100),))
        return [g.name for g in gates.segment_gates(scores, LABELS, table, rules) if not g.passed]

    assert refused("half") == ["segment half=x"]
    assert refused("rare") == []
    assert refused("nowhere") == ["segment nowhere"]


def test_a_segment_must_come_near_to_all_other_rows() -> None:
    half = np.arange(2000) < 1000
    table = pl.DataFrame({"half": np.where(half, "x", "y")})
    scores = np.where(half, expit(ODDS + np.random.default_rng(3).normal(0, 3, 2000)), GOOD)
    rules = Rules(classification, 0, 0, 0, {}, (SegmentRule("half", 0, 0.05, 100),))
    found = {gate.name: gate for gate in gates.segment_gates(scores, LABELS, table, rules)}
    assert (found["gap half=x"].result, found["gap half=y"].result) == ("fail", "pass")
    one, other = (roc_auc_score(LABELS[rows], scores[rows]) for rows in (half, ~half))
    assert found["gap half=x"].value == pytest.approx(other - one, abs=1e-12)


def test_the_error_of_a_gap_is_that_of_two_samples() -> None:
    rows = np.arange(2000) < 300
    table = pl.DataFrame({"part": np.where(rows, "x", "y")})
    rules = Rules(regression, 0, 0, 0, {}, (SegmentRule("part", 0, 1.0, 100),))
    found = {gate.name: gate for gate in gates.segment_gates(FAR, AMOUNTS, table, rules)}
    values = regression.quality(FAR, AMOUNTS).values
    error = (values[rows].var() / 300 + values[~rows].var() / 1700) ** 0.5
    gap = found["gap part=x"]
    assert gap.value and gap.high
    assert gap.high - gap.value == pytest.approx(1.6456 * error, rel=0.05)
