"""The champion's watch, against a real registry in a file: how old, which alerts, which commit."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.settings import Check
from ecluse_monitor.watch import TAG, figures, main, publish
from tests.monitor.conftest import Platform

REPORT: dict[str, Any] = {
    "demonstration": False,
    "run_id": "r1",
    "as_of": "2026-11-01",
    "checked_at": "2026-11-02T03:00:00+00:00",
    "status": "fine",
    "exit": 0,
    "rows": 5_000,
    "estimated": {"value": 0.86},
    "performance": {"to": "2026-10-02", "realised": {"value": 0.84}},
    "unsent": {"gitlab": 0, "mail": 2},
    "drift": [{"column": "age", "distance": 0.02}, {"column": "what? (m²)", "distance": 0.3}],
    "alerts": {"a": {"state": "PENDING"}, "b": {"state": "RESOLVING"}, "c": {"state": "FIRING"}},
}


def test_a_check_leaves_its_verdict_at_the_champions_run(
    environment: dict[str, str], platform: Platform
) -> None:
    assert publish(Check.read(os.environ), REPORT) is REPORT
    tag = {"as_of": "2026-11-01", "checked_at": "2026-11-02T03:00:00+00:00", "status": "fine", "alerts": 2}
    assert json.loads(platform.tags["r1"]) == tag


def test_its_figures_are_metrics_that_mlflow_takes_by_day(tmp_path: Path) -> None:
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    run = client.create_run("0").info.run_id
    again = REPORT | {"drift": [], "performance": None, "estimated": None}
    for report in (REPORT, REPORT, again):
        client.log_batch(run, [Metric.from_dictionary(point) for point in figures(report)])
    assert client.get_run(run).data.metrics == {
        "monitor/severity": 0,
        "monitor/rows": 5_000,
        "monitor/estimated": 0.86,
        "monitor/realised": 0.84,
        "monitor/unsent/gitlab": 0,
        "monitor/unsent/mail": 2,
        "monitor/distance/age": 0.02,
        "monitor/distance/what_ _m__": 0.3,
    }
    day, labelled = (client.get_metric_history(run, f"monitor/{name}")[0] for name in ("rows", "realised"))
    assert datetime.fromtimestamp(day.timestamp / 1000, UTC).date().isoformat() == "2026-11-01"
    assert day.step - labelled.step == 30


def test_a_demonstration_leaves_none(environment: dict[str, str], platform: Platform) -> None:
    publish(Check.read(os.environ), REPORT | {"demonstration": True})
    assert platform.tags == {}


def test_a_verdict_that_cannot_be_left_is_the_monitors_fault(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    with pytest.raises(MonitorError, match="verdict: no answer"):
        publish(Check.read(os.environ), REPORT)


@pytest.fixture
def champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the champion of `churn`, its run with these tags."""
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("ECLUSE_USE_CASE", "churn")
    # What another test set for the whole process goes before the environment.
    mlflow.set_tracking_uri(uri)
    mlflow.set_workspace(None)
    client = MlflowClient(uri)
    client.create_registered_model("churn")

    def make(alias: str = "champion", **tags: str) -> None:
        run = client.create_run(client.create_experiment("churn", str(tmp_path)), tags=tags)
        version = client.create_model_version("churn", str(tmp_path), run.info.run_id)
        client.set_registered_model_alias("churn", alias, version.version)

    return make


def verdict(hours: float, alerts: int = 0) -> dict[str, str]:
    """The tag of a check that many hours ago."""
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    return {TAG: json.dumps({"as_of": "2026-11-01", "checked_at": at, "status": "fine", "alerts": alerts})}


@pytest.mark.parametrize(
    ("tags", "code", "said"),
    [
        (verdict(29), 0, "version 1: fine on 2026-11-01"),
        (verdict(31), 1, "not judged for 31 hours, the most is 30"),
        (verdict(1, alerts=2), 1, "open alerts on 2026-11-01: 2"),
        ({}, 0, "is new, and was not judged yet"),
    ],
)
def test_monitored(
    champion: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    tags: dict[str, str],
    code: int,
    said: str,
) -> None:
    champion(**tags)
    assert main(["monitored", "--max-age-hours", "30"]) == code
    assert said in "".join(capsys.readouterr())


def test_a_champion_that_is_never_judged_does_not_stay_new(
    champion: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    champion()
    assert main(["monitored", "--max-age-hours", "0"]) == 1
    assert "was not judged for 0 hours" in capsys.readouterr().err


def test_only_the_champions_commit_trains_anew(
    champion: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    champion(**{"ecluse.commit": "a" * 40})
    assert main(["released", "--commit", "a" * 40]) == 0
    assert main(["released", "--commit", "b" * 40]) == 1
    assert f"is of commit {'a' * 40}, this is {'b' * 40}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["monitored", "--max-age-hours", "30"], ["released", "--commit", "a" * 40], ["asked", "--out", "out"]],
)
def test_without_a_champion_the_answer_is_no(
    champion: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    for name in ("CI_PIPELINE_ID", "CI_PIPELINE_URL", "ECLUSE_ENVIRONMENT"):
        monkeypatch.setenv(name, "9")
    champion(alias="challenger")
    assert main(command) == 1
    assert "churn has no champion here" in capsys.readouterr().err
