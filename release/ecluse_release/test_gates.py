"""The gates against figures of scikit-learn, and each with a case that it refuses."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from ecluse_release import gates
from ecluse_release.gates import Rules, SegmentRule
from ecluse_release.settings import Serving, SettingError, parse_rules, settings
from ecluse_release.testing import RULES, key_pair

RANDOM = np.random.default_rng(7)
LABELS = RANDOM.integers(0, 2, 2000).astype(np.float64)
GOOD = np.clip(LABELS * 0.5 + RANDOM.normal(0.25, 0.2, 2000), 0, 1)
NOISE = RANDOM.random(2000)
RULES_ = Rules(floor=0.8, baseline_margin=0.02, non_inferiority_margin=0.005, max_brier=0.2)


@pytest.mark.parametrize("scores", [GOOD, NOISE, np.round(GOOD, 1), np.zeros(2000), 1 - GOOD])
def test_auc_is_that_of_scikit_learn(scores: Any) -> None:
    assert gates.auc(scores, LABELS) == pytest.approx(roc_auc_score(LABELS, scores), abs=1e-12)


def test_weighted_auc_is_that_of_scikit_learn() -> None:
    weights = RANDOM.integers(0, 4, 2000).astype(np.float64)
    expected = roc_auc_score(LABELS, np.round(GOOD, 1), sample_weight=weights)
    assert gates.Ranking(np.round(GOOD, 1), LABELS).auc(weights) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("scores", "passed"), [(GOOD, True), (NOISE, False)])
def test_floor_calibration_and_baseline(scores: Any, passed: bool) -> None:
    assert gates.floor_gate(scores, LABELS, RULES_).passed is passed
    assert gates.calibration_gate(scores, LABELS, RULES_).passed is passed
    assert gates.baseline_gate(scores, NOISE, LABELS, RULES_).passed is passed


def test_calibration_refuses_a_good_order_with_wrong_probabilities() -> None:
    squeezed = GOOD / 10
    assert gates.floor_gate(squeezed, LABELS, RULES_).passed
    assert not gates.calibration_gate(squeezed, LABELS, RULES_).passed


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
        rules = Rules(0, 0, 0, 1, (SegmentRule(column, 0.7, 100),))
        return [g.name for g in gates.segment_gates(scores, LABELS, table, rules) if not g.passed]

    assert refused("half") == ["segment half=x"]
    assert refused("rare") == []
    assert refused("nowhere") == ["segment nowhere"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metric": "accuracy"}, "metric must be 'roc_auc', got 'accuracy'"),
        ({"floor": 80}, "floor must be a number from 0 to 1, got 80"),
        ({"floor": "high"}, "floor must be a number from 0 to 1, got 'high'"),
        ({"ceiling": 1}, "ceiling"),
        ({"segments": [{"column": "a", "floor": 2}]}, "segments.a.floor must be a number"),
        ({"segments": [{"floor": 0.5}]}, "column"),
    ],
)
def test_wrong_rules_are_named(change: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        parse_rules(json.dumps({**RULES, **change}))


@pytest.mark.parametrize("missing", [k for k in RULES if k != "segments"])
def test_a_missing_bound_is_refused(missing: str) -> None:
    with pytest.raises(SettingError, match=missing):
        parse_rules(json.dumps({k: v for k, v in RULES.items() if k != missing}))


def test_settings_name_what_is_wrong() -> None:
    good = {
        "ECLUSE_COMMIT": "a" * 40,
        "MLFLOW_TRACKING_URI": "http://t",
        "MLFLOW_TRACKING_TOKEN": "t",
        "MLFLOW_WORKSPACE": "bank-churn",
        "ECLUSE_USE_CASE": "bank-churn",
        "ECLUSE_ENVIRONMENT": "prod",
        "ECLUSE_PIPELINE_ID": "1",
        "ECLUSE_DATA_URL": "http://b/data?sig=x",
        "ECLUSE_SIGNING_KEY": key_pair()[0],
        "ECLUSE_GATES": json.dumps(RULES),
    }
    assert settings(good).serving is None
    for name in good:
        with pytest.raises(SettingError, match=f"{name} is not set"):
            settings({k: v for k, v in good.items() if k != name})
    with pytest.raises(SettingError, match="full commit id of 40 hex digits, got 'main'"):
        settings({**good, "ECLUSE_COMMIT": "main"})
    with pytest.raises(SettingError, match="ECLUSE_SERVING_TOKEN is not set"):
        settings({**good, "ECLUSE_SERVING_URL": "http://s"})
    with_server = {**good, "ECLUSE_SERVING_URL": "http://s/", "ECLUSE_SERVING_TOKEN": "t"}
    with pytest.raises(SettingError, match="ECLUSE_SERVING_REPLICAS is not set"):
        settings(with_server)
    with pytest.raises(SettingError, match="REPLICAS must be the most replicas of the model server, got '0'"):
        settings({**with_server, "ECLUSE_SERVING_REPLICAS": "0"})
    with_server["ECLUSE_SERVING_REPLICAS"] = "4"
    assert settings(with_server).serving == Serving("http://s", "t", 4, 30)
    with pytest.raises(SettingError, match="ECLUSE_CHAMPION_SECONDS must be 1 to 3600, got '0'"):
        settings({**with_server, "ECLUSE_CHAMPION_SECONDS": "0"})
