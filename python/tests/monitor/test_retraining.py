"""Retraining: what it takes, that it starts once, and that the alert closes with what was done."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ecluse_monitor.__main__ import main
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.retraining import decide, obstacle
from ecluse_monitor.settings import AlertSettings, Retrain
from ecluse_monitor.state import Day, Run, State, advance, empty
from tests.monitor.conftest import Platform, draw
from tests.monitor.test_commands import give_labels, log

WORSE = Finding("performance", Exit.CRITICAL, "roc_auc .83 → .12", value=0.7, limit=0.05)
FALLS = Finding("estimated", Exit.WARNING, "roc_auc .83 → .79 as estimated", "score", value=0.04, limit=0.02)
DRIFT = Finding("drift", Exit.WARNING, "age drifted", "age", value=0.1, limit=0.05)
BROKEN = Finding("schema", Exit.BROKEN, "age is missing", "age")
FIRST = date(2026, 11, 1)
AT_ONCE = AlertSettings(bad_days=1)
Check = Callable[[str], tuple[int, dict[str, Any]]]


def judged(day: int, *findings: Finding, state: State | None = None, version: str = "1") -> State:
    run = Run(
        f"run-{day}", "prod", "churn", version, FIRST + timedelta(day), datetime(2026, 11, 2, tzinfo=UTC)
    )
    return advance(state or empty(), Day(findings), run, AT_ONCE)


def decided(state: State, *findings: Finding, labels: int = 5000, day: int = 0, **settings: Any) -> State:
    run = Run("run", "prod", "churn", "1", FIRST + timedelta(day), datetime(2026, 11, 2, tzinfo=UTC))
    weights = {"age": 0.5, "tenure": 0.1}
    return decide(state, Day(findings, weights=weights), run, Retrain(**settings), lambda _: labels)


@pytest.mark.parametrize(
    ("triggers", "findings", "cause"),
    [
        (("performance_crit",), (WORSE,), "performance"),
        (("performance_crit",), (replace(WORSE, severity=Exit.WARNING),), None),
        (("performance_warn",), (replace(WORSE, severity=Exit.WARNING),), "performance"),
        (("performance_crit",), (FALLS, DRIFT), None),
        (("estimated_drift",), (FALLS, DRIFT), "drift"),
        (("estimated_drift",), (DRIFT,), None),
        (("estimated_drift",), (FALLS, replace(DRIFT, column="tenure")), None),
        (("performance_crit",), (WORSE, BROKEN), None),
    ],
)
def test_what_asks_for_it(triggers: Any, findings: tuple[Finding, ...], cause: str | None) -> None:
    found = decided(judged(0, *findings), *findings, **{"on": triggers})["retrainings"]
    assert [each["cause"] for each in found] == ([cause] if cause else [])


def test_nothing_is_trained_without_what_it_takes() -> None:
    state = judged(0, WORSE)
    run = Run("run", "prod", "churn", "1", FIRST, datetime(2026, 11, 2, tzinfo=UTC))
    day, settings = Day((WORSE,)), Retrain()
    assert obstacle(state, day, run, settings, lambda _: 2000) == ""
    assert "1999 labels are new" in obstacle(state, day, run, settings, lambda _: 1999)
    assert "not fit" in obstacle(state, Day((WORSE, BROKEN)), run, settings, lambda _: 2000)
    broken_before = judged(1, WORSE, state=judged(0, BROKEN))
    assert "not fit" in obstacle(broken_before, day, run, settings, lambda _: 2000)
    wanted = decided(state, WORSE)
    assert "under way" in obstacle(wanted, day, run, settings, lambda _: 2000)
    failed: State = {**wanted, "retrainings": [{**wanted["retrainings"][0], "status": "failed"}]}
    assert "max_per_week is 1" in obstacle(failed, day, run, settings, lambda _: 2000)
    later = replace(run, as_of=FIRST + timedelta(7))
    assert obstacle(failed, day, later, settings, lambda _: 2000) == ""


def test_the_same_day_asks_once_and_an_earlier_one_never() -> None:
    twice = {"max_per_week": 9}
    state = decided(judged(1, WORSE), WORSE, day=1, **twice)
    ended: State = {**state, "retrainings": [{**state["retrainings"][0], "status": "failed"}]}
    assert decided(ended, WORSE, day=1, **twice) == ended
    assert decided(ended, WORSE, day=0, **twice) == ended
    assert len(decided(judged(2, WORSE, state=ended), WORSE, day=2, **twice)["retrainings"]) == 2


def labelled_day(day: int, *, good: bool = True) -> pl.DataFrame:
    """A day of predictions with their labels; flipped ones where it is no good one."""
    rows = draw(2000, day).with_columns(prediction_id=pl.format(f"{day}-{{}}", pl.int_range(pl.len())))
    drawn = pl.Series(np.random.default_rng(day).random(rows.height))
    return rows.with_columns(label=((drawn < pl.col("score")) == good).cast(pl.Float64))


def checking(platform: Platform, capsys: pytest.CaptureFixture[str]) -> Check:
    """Judges a day, with a champion that may be trained again for what labels show."""
    settings = {
        "performance": {"label_delay": "1d"},
        "alert": {"bad_days": 1, "clear_after": 2},
        "retrain": {"min_new_labels": 1000, "approve": "dev"},
    }
    platform.baseline = build_baseline(labelled_day(99), settings)

    def run(day: str) -> tuple[int, dict[str, Any]]:
        code = main(["check", "--as-of", day, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def check(
    environment: dict[str, str],
    platform: Platform,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Check:
    """Judges a day with labels of the day before, flipped ones unless `good` is said of it."""
    (tmp_path / "trigger").write_text("glptt-1\n")
    monkeypatch.setenv("ECLUSE_TRIGGER_TOKEN_FILE", str(tmp_path / "trigger"))

    return checking(platform, capsys)


def live(environment: dict[str, str], day: int, *, good: bool, version: str = "1") -> None:
    """Logs a day of predictions, and their labels on the day after."""
    rows = labelled_day(day, good=good).with_columns(model_version=pl.lit(version))
    log(environment, f"2026-11-{day:02}", rows.drop("label"))
    give_labels(environment, f"2026-11-{day + 1:02}", rows.select("prediction_id", "label"), "l", 9)


def test_a_worse_model_is_trained_again_and_the_issue_closes_with_what_was_done(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    for day in (1, 2, 3):
        live(environment, day, good=False)
    code, report = check("2026-11-02")
    assert (code, [each["status"] for each in report["retrainings"]]) == (20, ["created"])
    (started,) = platform.pipelines
    assert started["name"] == "retraining of dev: version 1, 2026-11-02"
    variables = {"ECLUSE_TASK": "retrain", "ECLUSE_ENVIRONMENT": "dev", "ECLUSE_APPROVAL": "manual"}
    assert started["asked"] == {"token": "glptt-1", "ref": "main", "variables": variables}
    assert "http://forge/1" in platform.notes[-1]["body"]
    assert "waits for somebody" in report["alerts"]["performance"]["done"]
    assert "http://forge/1" in platform.issues[0]["description"]
    # While the pipeline runs, and once more of the same day: no second one.
    assert [check(f"2026-11-0{day}")[0] for day in (2, 3)] == [20, 20]
    assert len(platform.pipelines) == 1
    platform.version, started["status"] = "2", "success"
    for day in (4, 5, 6):
        live(environment, day, good=True, version="2")
        code, report = check(f"2026-11-0{day}")
        # The first day with the new model has no labels of it yet, so that it says nothing.
        assert report["alerts"].get("performance", {}).get("state") == [None, "RESOLVING", "FIRING"][6 - day]
    assert (code, [each["status"] for each in report["retrainings"]]) == (0, ["served"])
    assert "trained again by http://forge/1: model version 2 serves" in platform.notes[-1]["body"]
    assert platform.issues[0]["state"] == "closed"


def test_a_run_that_is_killed_starts_no_second_pipeline(
    environment: dict[str, str], check: Check, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(environment, 1, good=False)
    log(environment, "2026-11-02", draw(2000, 2))
    runs: list[subprocess.Popen[bytes]] = []

    def kill(written: str) -> None:
        if written == "pipeline":
            runs[0].kill()

    platform.on_write = kill
    command = [sys.executable, "-m", "ecluse_monitor", "check", "--as-of", "2026-11-02"]
    runs.append(subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL))
    assert (runs[0].wait(60), len(platform.pipelines), platform.notes) == (-9, 1, [])
    monkeypatch.setattr("ecluse_monitor.delivery.PATIENCE", 0.2)
    for _ in range(2):
        assert check("2026-11-02")[1]["retrainings"][0]["pipeline"] == "http://forge/1"
    assert len(platform.pipelines) == 1
    assert [("http://forge/1" in note["body"]) for note in platform.notes].count(True) == 1


def test_a_forge_that_refuses_is_asked_again(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    live(environment, 1, good=False)
    log(environment, "2026-11-02", draw(2000, 2))
    platform.forge_status = 403
    code, document = check("2026-11-02")
    assert (code, "forge: GET pipelines: HTTP 403" in document["reason"]) == (70, True)
    platform.forge_status = 0
    assert (check("2026-11-02")[0], len(platform.pipelines)) == (20, 1)


def test_a_pipeline_that_fails_or_is_gone_is_told_and_the_budget_holds(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    for day in (1, 2, 3):
        live(environment, day, good=False)
    check("2026-11-02")
    platform.pipelines[0]["status"] = "failed"
    assert check("2026-11-03")[1]["retrainings"][0]["status"] == "failed"
    assert "training again ended as failed, the model stays" in platform.notes[-1]["body"]
    assert len(platform.pipelines) == 1


def test_without_a_token_nothing_is_trained_and_the_report_says_so(
    environment: dict[str, str], check: Check, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(environment, 1, good=False)
    log(environment, "2026-11-02", draw(2000, 2))
    monkeypatch.delenv("ECLUSE_TRIGGER_TOKEN_FILE")
    code, report = check("2026-11-02")
    assert (code, platform.pipelines, report["retrainings"]) == (20, [], [])
    assert any(each.startswith("retrain (ECLUSE_TRIGGER_TOKEN_FILE") for each in report["not_run"])


def test_two_runs_at_once_start_one_pipeline(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    live(environment, 1, good=False)
    log(environment, "2026-11-02", draw(2000, 2))
    command = [sys.executable, "-m", "ecluse_monitor", "check", "--as-of", "2026-11-02"]
    root = Path(__file__).parents[2]
    runs = [subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait(60) for run in runs] == [20, 20]
    assert len(platform.pipelines) == 1
    assert ["http://forge/1" in note["body"] for note in platform.notes].count(True) == 1
