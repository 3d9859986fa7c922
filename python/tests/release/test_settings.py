"""The settings of a release: what is read, and what is refused with key, value and fix."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ecluse_core.errors import SettingError
from ecluse_release.settings import (
    ClassificationGates,
    RegressionGates,
    Serving,
    Settings,
    parse_rules,
)
from tests.release.demand import DEMAND_RULES
from tests.release.training import RULES, key_pair

METRICS = "'roc_auc', 'roc_auc_ovr', 'r2'"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"metric": "accuracy"},
            f"'accuracy' .* does not match any of the expected tags: {METRICS}",
        ),
        (
            {"metric": ["r2"]},
            rf"\['r2'\].* does not match any of the expected tags: {METRICS}",
        ),
        ({"max_bias": 0.1}, "ECLUSE_GATES: roc_auc.max_bias is no setting"),
        ({"metric": "r2"}, "r2.max_bias is missing; add it; ECLUSE_GATES: r2.max_brier is no setting"),
        ({"floor": 80}, "floor must be less than or equal to 1, got 80"),
        ({"floor": "high"}, "floor must be a valid number, got 'high'"),
        ({"ceiling": 1}, "ceiling"),
        (
            {"segments": [{"column": "a", "floor": 2}]},
            r"segments\[0\].floor must be .* 1, got 2",
        ),
        ({"segments": [{"floor": 0.5}]}, r"segments\[0\].column is missing"),
        ({"undecided": "maybe"}, "undecided must be 'pass' or 'refuse', got 'maybe'"),
        ({"risk": 0.5}, "risk must be less than or equal to 0.2, got 0.5"),
    ],
)
def test_wrong_rules_are_named(change: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        parse_rules(json.dumps({**RULES, **change}))


@pytest.mark.parametrize("rules", [RULES, DEMAND_RULES])
def test_a_missing_bound_is_refused(rules: Mapping[str, Any]) -> None:
    parsed = parse_rules(json.dumps(rules))
    assert (parsed.task.METRIC, parsed.floor) == (rules["metric"], rules["floor"])
    for missing in rules.keys() - {"segments"}:
        with pytest.raises(SettingError, match=f"{missing} is missing|using discriminator '{missing}'"):
            parse_rules(json.dumps({k: v for k, v in rules.items() if k != missing}))


@pytest.mark.parametrize("kind", [ClassificationGates, RegressionGates])
def test_every_bound_has_a_gate(kind: type[ClassificationGates | RegressionGates]) -> None:
    margins = {"baseline_margin", "non_inferiority_margin"}
    costs = {"max_size_mb", "max_latency_ms", "max_retrain_gap"}
    common = {"metric", "floor", "segments", "risk", "undecided", *margins, *costs}
    assert kind.model_fields.keys() - common == kind.task.ERRORS.keys()


def test_settings_name_what_is_wrong() -> None:
    good = {
        "ECLUSE_COMMIT": "a" * 40,
        "MLFLOW_TRACKING_URI": "http://t",
        "MLFLOW_TRACKING_TOKEN": "t",
        "MLFLOW_WORKSPACE": "bank-churn",
        "ECLUSE_USE_CASE": "bank-churn",
        "ECLUSE_ENVIRONMENT": "prod",
        "ECLUSE_PROJECT": "ecluse/bank-churn",
        "ECLUSE_PIPELINE_ID": "1",
        "ECLUSE_CONTRACT": '{"target": "churn", "id": "customer_id"}',
        "ECLUSE_DATA_URL": "http://b/data?sig=x",
        "ECLUSE_HOLDOUT_URL": "http://b/holdout?sig=x",
        "ECLUSE_SIGNING_KEY": key_pair()[0],
        "ECLUSE_GATES": json.dumps(RULES),
    }
    assert Settings.read(good).serving is None
    for name in good:
        with pytest.raises(SettingError, match=f"{name} is not set"):
            Settings.read({k: v for k, v in good.items() if k != name})
    with pytest.raises(SettingError, match="full commit id of 40 hex digits, got 'main'"):
        Settings.read({**good, "ECLUSE_COMMIT": "main"})
    with pytest.raises(SettingError, match="ECLUSE_PIPELINE_ID must be the number of a pipeline, got '7;x'"):
        Settings.read({**good, "ECLUSE_PIPELINE_ID": "7;x"})
    with_baseline = '{"target": "churn", "id": "customer_id", "baseline": "age"}'
    with pytest.raises(
        SettingError, match="ECLUSE_CONTRACT has baseline 'age', and ECLUSE_GATES metric 'roc_auc'"
    ):
        Settings.read({**good, "ECLUSE_CONTRACT": with_baseline})
    with pytest.raises(SettingError, match="ECLUSE_SERVING_TOKEN is not set"):
        Settings.read({**good, "ECLUSE_SERVING_URL": "http://s"})
    with_server = {**good, "ECLUSE_SERVING_URL": "http://s/", "ECLUSE_SERVING_TOKEN": "t"}
    with pytest.raises(SettingError, match="ECLUSE_SERVING_REPLICAS is not set"):
        Settings.read(with_server)
    with pytest.raises(SettingError, match="ECLUSE_SERVING_REPLICAS must be 1 to 1000, got '0'"):
        Settings.read({**with_server, "ECLUSE_SERVING_REPLICAS": "0"})
    with_server["ECLUSE_SERVING_REPLICAS"] = "4"
    assert Settings.read(with_server).serving == Serving("http://s", "t", 4, 30)
    with pytest.raises(SettingError, match="ECLUSE_CHAMPION_SECONDS must be 1 to 3600, got '0'"):
        Settings.read({**with_server, "ECLUSE_CHAMPION_SECONDS": "0"})
