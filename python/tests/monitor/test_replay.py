"""Replay shows what other settings would have raised; backfill judges what was missed or has labels now."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecluse_core.opening import open_container
from ecluse_monitor.__main__ import main
from ecluse_monitor.baseline import Baseline, build_baseline
from tests.monitor.conftest import Platform, draw
from tests.monitor.test_commands import give_labels, log
from tests.monitor.test_retraining import labelled_day

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def kept(environment: dict[str, str]) -> dict[str, str]:
    """What the reports' container has, but the histograms of past days, which are a copy of the log."""
    found = open_container("ECLUSE_REPORTS_URL", environment).etags("churn/monitor")
    return {name: etag for name, etag in found.items() if "/history/" not in name}


@pytest.fixture
def settings(tmp_path: Path, platform: Platform, baseline: Baseline) -> Path:
    """The champion's settings, which alert at once; and a file of some that wait for two bad days."""
    platform.baseline = {**baseline, "settings": {"alert": {"bad_days": 1}}}
    file = tmp_path / "monitor.yaml"
    file.write_text(yaml.safe_dump({"alert": {"bad_days": 2}, "drift": {"season_weeks": 0}}))
    return file


def test_a_replay_counts_false_alarms_and_what_is_missed_and_changes_nothing(
    environment: dict[str, str],
    run: Run,
    settings: Path,
    platform: Platform,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shifts = {1: 0.0, 2: 0.5, 3: 0.0, 4: 0.0, 6: 0.5, 7: 0.5}
    for day, shift in shifts.items():
        log(environment, f"2026-11-0{day}", draw(2000, day, shift))
    before = kept(environment)
    words = ["replay", "--to", "2026-11-07", "--days", "7", "--settings", str(settings)]
    bad = ["--bad", "2026-11-06", "--bad", "2026-11-07"]
    code, document = run(*words, *bad)
    # No row was logged on the 5th: that is no window.
    assert (code, document["windows"]) == (0, 6)
    present, wanted = document["present"], document["wanted"]
    assert present["flagged"] == wanted["flagged"] == ["2026-11-02", "2026-11-06", "2026-11-07"]
    assert (present["false_alarms"], present["false_alarm_rate"]) == (["2026-11-02"], 0.25)
    assert (wanted["false_alarms"], wanted["false_alarm_rate"]) == ([], 0.0)
    assert (present["missed"], wanted["missed"]) == ([], ["2026-11-06"])
    assert [each["as_of"] for each in wanted["alerts"]] == ["2026-11-07"]
    assert (kept(environment), platform.issues, platform.tags) == (before, [], {})
    assert main(words) == 0
    assert "wanted settings: 3 flagged windows, 1 messages, 1 false alarms" in capsys.readouterr().out


def test_a_replay_refuses_settings_and_days_that_cannot_be(run: Run, settings: Path) -> None:
    settings.write_text("alert: {bad_days: 9}")
    code, document = run("replay", "--settings", str(settings))
    assert (code, "alert has bad_days that must not exceed within" in document["reason"]) == (70, True)
    settings.write_text("{}")
    code, document = run("replay", "--settings", str(settings), "--days", "0")
    assert (code, "--days must be 1 to 400, got 0" in document["reason"]) == (70, True)


def test_a_backfill_judges_missed_days_and_those_whose_labels_came(
    environment: dict[str, str], run: Run, platform: Platform
) -> None:
    alert = {"bad_days": 1}
    platform.baseline = build_baseline(
        labelled_day(99), {"performance": {"label_delay": "1d"}, "alert": alert}
    )
    rows = {day: labelled_day(day, good=day != 1) for day in (1, 2, 3, 4)}
    for day, each in rows.items():
        log(environment, f"2026-11-0{day}", each.drop("label"))
    for day in (2, 4):
        assert run("check", "--as-of", f"2026-11-0{day}")[0] == 0
    days = ["--from", "2026-11-01", "--to", "2026-11-04"]
    code, document = run("backfill", *days)
    assert (code, [each["as_of"] for each in document["backfilled"]]) == (0, ["2026-11-01", "2026-11-03"])
    assert run("backfill", *days)[1]["backfilled"] == []
    # The labels of the 1st come a week late: the report of the 2nd is written again, and says so.
    give_labels(environment, "2026-11-08", rows[1].select("prediction_id", "label"), "late", 9)
    code, document = run("backfill", *days)
    assert (code, document["backfilled"]) == (
        20,
        [{"as_of": "2026-11-02", "status": "critical", "exit": 20, "why": "labels"}],
    )
    report = run("report", "--as-of", "2026-11-02")[1]
    assert report["performance"]["realised"]["value"] < 0.5
    # Alerts follow the newest day, which is fine.
    assert (report["alerts"], platform.issues) == ({}, [])


def test_a_newest_day_that_was_missed_is_judged_in_full(
    environment: dict[str, str], run: Run, platform: Platform
) -> None:
    for day in (1, 2):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift=0.5 * (day == 2)))
    assert run("check", "--as-of", "2026-11-01")[0] == 0
    code, document = run("backfill", "--from", "2026-11-01", "--to", "2026-11-02")
    assert (code, [each["as_of"] for each in document["backfilled"]]) == (20, ["2026-11-02"])
    assert len(platform.issues) == 1 and json.loads(platform.tags["r1"])["as_of"] == "2026-11-02"


def test_a_backfill_refuses_days_that_are_not_over(run: Run) -> None:
    today = datetime.now(UTC).date()
    assert run("backfill", "--to", f"{today}")[0] == 70
    assert run("backfill", "--from", f"{today - timedelta(500)}")[0] == 70
