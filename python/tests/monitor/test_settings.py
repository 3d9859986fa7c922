"""Settings: what is read, and what is refused with key, value and fix."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecluse_core.errors import SettingError
from ecluse_monitor.settings import Limits, Retrain, Settings, load_settings, parse_settings


def test_the_use_cases_own_settings_parse() -> None:
    path = Path(__file__).parents[3] / "usecases/bank-churn/monitor.yaml"
    settings = parse_settings(load_settings(path))
    assert settings.drift.categorical.js == Limits(warn=0.025, crit=0.1)
    assert settings.alert.cooldown == timedelta(hours=72)
    assert settings.performance.label_delay == timedelta(days=30)
    assert settings.not_run == ()
    assert settings.retrain == Retrain(approve="prod")


def test_a_baseline_of_before_is_read_still() -> None:
    logged = {"true": ["performance_crit"], "max_per_week": 1, "min_new_labels": 2000, "approve": "prod"}
    assert parse_settings({"retrain": logged}).retrain == Retrain(approve="prod")


def test_an_empty_document_means_the_defaults() -> None:
    assert parse_settings({}) == Settings()


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"windows": {}}, "windows is no setting"),
        ({"window": []}, "window must be an object, got a list"),
        ({"window": {"rows": 1}}, "window.rows is no setting"),
        ({"window": {"min_rows": 0}}, "window.min_rows must be greater than or equal to 1, got 0"),
        ({"window": {"min_rows": True}}, "window.min_rows must be a valid integer, got True"),
        ({"window": {"size": "1h"}}, "window.size must be '1d', got '1h'"),
        ({"drift": {"fdr": 5}}, "drift.fdr must be less than 1, got 5"),
        ({"drift": {"numeric": {"w_norm": 1}}}, "drift.numeric.w_norm must be an object, got 1"),
        (
            {"drift": {"categorical": {"js": {"warn": 0.3, "crit": 0.2}}}},
            "js has .* exceed crit, got 0.3 over 0.2",
        ),
        (
            {"contract": {"nulls": {"warn": 0.3, "broken": 0.2}}},
            "nulls has .* exceed broken, got 0.3 over 0.2",
        ),
        ({"alert": {"bad_days": 4}}, "alert has bad_days that must not exceed within, got 4 over 3"),
        ({"alert": {"cooldown": "soon"}}, "alert.cooldown must be like 72h"),
        ({"retrain": []}, "retrain must be an object, got a list"),
        ({"retrain": {"max_per_week": 0}}, "retrain.max_per_week must be greater than or equal to 1, got 0"),
        ({"retrain": {"on": ["drift"]}}, r"retrain.on\[0\] must be 'performance_crit'"),
        ({"alert": {"sinks": ["pager"]}}, r"alert.sinks\[0\] must be 'gitlab', 'webhook', .*, got 'pager'"),
    ],
)
def test_wrong_settings_are_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        parse_settings(document)


@pytest.mark.parametrize("content", ["a: [", "- 1", ""])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "monitor.yaml"
    path.write_text(content)
    with pytest.raises(SettingError, match=r"settings monitor\.yaml"):
        load_settings(path)
