"""Gates of several classes, against figures of scikit-learn, and each with a case that it refuses."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from ecluse_release import gates, multiclass
from ecluse_release.gates import Rules
from ecluse_release.settings import parse_rules

CLASSES = ("basic", "family", "business")
RANDOM = np.random.default_rng(7)
TRUE = RANDOM.dirichlet([0.5, 0.4, 0.3], 3000)
LABELS = np.array([RANDOM.choice(3, p=each) for each in TRUE], dtype=np.float64)
NOISE = RANDOM.dirichlet([1, 1, 1], 3000)
ERRORS = {"max_brier": 0.3, "max_slope_error": 0.25, "max_intercept_error": 0.25}
RULES = Rules(multiclass, 0.8, 0.02, 0.02, ERRORS)


def sharper(scores: Any, power: float) -> Any:
    """Probabilities that are surer than they should be."""
    return scores**power / (scores**power).sum(axis=1, keepdims=True)


def results(scores: Any, labels: Any = LABELS) -> dict[str, str]:
    return {gate.name: gate.result for gate in gates.error_gates(scores, labels, RULES)}


@pytest.mark.parametrize("scores", [TRUE, NOISE, sharper(TRUE, 3)])
def test_the_metric_is_that_of_scikit_learn(scores: Any) -> None:
    found = multiclass.quality(scores, LABELS)
    assert found.values.mean() == pytest.approx(roc_auc_score(LABELS, scores, multi_class="ovr"), abs=1e-12)
    assert found.counting == np.bincount(LABELS.astype(int)).min()


def test_its_error_is_that_of_draws() -> None:
    draws = [RANDOM.integers(3000, size=3000) for _ in range(60)]
    drawn = np.std([multiclass.quality(TRUE[at], LABELS[at]).values.mean() for at in draws])
    values = multiclass.quality(TRUE, LABELS).values
    assert values.std() / 3000**0.5 == pytest.approx(drawn, rel=0.4)


def test_a_segment_is_judged_by_the_classes_that_it_has() -> None:
    rows = LABELS < 2
    found = multiclass.quality(TRUE, LABELS, rows)
    expected = np.mean([roc_auc_score(LABELS[rows] == k, TRUE[rows, k]) for k in (0, 1)])
    assert found.values.mean() == pytest.approx(expected, abs=1e-12)
    assert multiclass.quality(TRUE, LABELS, LABELS == 1).counting == 0


def test_floor_and_champion_pass_and_refuse() -> None:
    assert gates.floor_gate(TRUE, LABELS, RULES).result == "pass"
    assert gates.floor_gate(NOISE, LABELS, RULES).result == "fail"
    met = [gates.champion_gate(each, TRUE, LABELS, RULES, "x", "y").result for each in (TRUE, NOISE)]
    assert met == ["pass", "fail"]


def test_calibration_is_of_the_predicted_class() -> None:
    assert set(results(TRUE).values()) == {"pass"}
    assert results(sharper(TRUE, 3))["calibration slope"] == "fail"
    assert results(sharper(TRUE, 3))["calibration intercept"] == "fail"
    assert results(NOISE)["brier"] == "fail"


def test_a_model_that_is_never_wrong_leaves_calibration_undecided() -> None:
    perfect = 0.9 * np.eye(3)[LABELS.astype(int)] + 0.1 / 3
    assert results(perfect) == {
        "brier": "pass",
        "calibration slope": "undecided",
        "calibration intercept": "undecided",
    }


def test_labels_are_numbers_of_the_models_classes() -> None:
    names = pl.Series(["family", "basic", "business", "basic"])
    assert multiclass.labels(names, CLASSES).tolist() == [1, 0, 2, 0]
    assert multiclass.labels(pl.Series([2, 0, 1]), ("0", "1", "2")).tolist() == [2, 0, 1]
    for values, message in (
        (["basic", "premium"], "must hold classes of the model, basic, family, business, got 'premium'"),
        (["basic", None], r"got '\(null\)'"),
        (["basic", "family"], "no row has 'business'"),
    ):
        with pytest.raises(ValueError, match=message):
            multiclass.labels(pl.Series(values), CLASSES)


def test_a_champion_of_other_classes_is_met_by_name() -> None:
    found = multiclass.aligned(TRUE[:, :2], ("business", "basic"), CLASSES)
    assert (found[:, 0] == TRUE[:, 1]).all() and (found[:, 2] == TRUE[:, 0]).all()
    assert (found[:, 1] == 0).all()


def test_the_metric_of_the_settings_is_known() -> None:
    rules = parse_rules(
        '{"metric": "roc_auc_ovr", "floor": 0.8, "baseline_margin": 0.02, "non_inferiority_margin": 0.01, '
        '"max_brier": 0.25, "max_slope_error": 0.25, "max_intercept_error": 0.25, "risk": 0.05, '
        '"undecided": "refuse", "max_size_mb": 100, "max_latency_ms": 100}'
    )
    assert rules.task.METRIC == "roc_auc_ovr" and set(rules.errors) == set(ERRORS)
