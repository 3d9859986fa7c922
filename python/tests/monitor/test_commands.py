"""The commands against a real blob endpoint: codes, reports, one alert per event, faults."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from ecluse_core.opening import open_container
from ecluse_monitor.__main__ import main
from ecluse_monitor.baseline import build_baseline
from tests.monitor.conftest import Platform, draw

Environment = dict[str, str]
Check = Callable[..., tuple[int, dict[str, Any]]]


def log(environment: Environment, day: str, rows: pl.DataFrame | bytes, name: str = "a") -> None:
    """Puts a batch where the model server would."""
    buffer = io.BytesIO()
    if isinstance(rows, pl.DataFrame):
        rows.write_parquet(buffer)
    content = buffer.getvalue() if isinstance(rows, pl.DataFrame) else rows
    container = open_container("ECLUSE_INFERENCE_URL", environment)
    container.write(f"churn/date={day}/{name}.parquet", content)


@pytest.fixture
def check(environment: Environment, capsys: pytest.CaptureFixture[str]) -> Check:
    def run(day: str, *flags: str, command: str = "check") -> tuple[int, dict[str, Any]]:
        code = main([command, "--as-of", day, "--json", *flags])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_quiet_day_leaves_a_report_and_no_issue(
    environment: Environment, check: Check, platform: Platform
) -> None:
    log(environment, "2026-11-01", draw(1000, 1), "a")
    log(environment, "2026-11-01", draw(1000, 2), "b")
    code, report = check("2026-11-01")
    assert (code, report["rows"], report["status"], platform.issues) == (0, 2000, "fine", [])
    assert check("2026-11-01", command="report") == (0, report)


def test_before_the_first_release_there_is_nothing_to_judge(
    environment: Environment, check: Check, platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.released = False
    code, document = check("2026-11-01")
    assert (code, document["status"]) == (0, "no champion")
    assert main(["check"]) == 0
    assert "churn has no champion yet: its first release makes one" in capsys.readouterr().out
    assert (platform.issues, platform.tags) == ([], {})


def test_an_issue_is_opened_once_updated_and_closed(
    environment: Environment, check: Check, platform: Platform
) -> None:
    for day in range(1, 6):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift=0.5 if day < 3 else 0.0))
    assert [check(f"2026-11-0{day}")[0] for day in (1, 1, 2)] == [20, 20, 20]
    assert [issue["state"] for issue in platform.issues] == ["opened"]
    assert "<!-- ecluse-monitor:dev/churn -->" in platform.issues[0]["description"]
    assert len(platform.notes) == 1
    assert [check(f"2026-11-0{day}")[0] for day in (3, 4, 5)] == [0, 0, 0]
    assert [issue["state"] for issue in platform.issues] == ["closed"]
    assert "resolved" in platform.notes[-1]["body"] and platform.tokens == {"Bearer first"}


def test_a_validation_that_is_due_alerts_at_once_and_is_answered_by_a_later_day(
    environment: Environment, check: Check, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 7):
        log(environment, f"2026-11-0{day}", draw(1000, day))
    monkeypatch.setenv("ECLUSE_REVIEW_BY", "2026-11-02")
    code, report = check("2026-11-01")
    assert (code, report["findings"], platform.issues) == (0, [], [])
    code, report = check("2026-11-02")
    [finding] = report["findings"]
    assert (code, finding["check"], finding["severity"], finding["value"]) == (
        10,
        "revalidation",
        "warning",
        0,
    )
    assert report["alerts"]["revalidation"]["state"] == "FIRING"
    [issue] = platform.issues
    assert issue["state"] == "opened"
    monkeypatch.setenv("ECLUSE_REVIEW_BY", "2027-11-02")
    assert [check(f"2026-11-0{day}")[0] for day in (3, 4, 5)] == [0, 0, 0]
    assert issue["state"] == "closed"


def test_a_validation_that_is_due_is_said_on_a_day_without_rows(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECLUSE_REVIEW_BY", "2026-10-31")
    code, report = check("2026-11-01")
    assert (code, [each["check"] for each in report["findings"]]) == (30, ["freshness", "revalidation"])


@pytest.mark.parametrize("day", ["soon", "2026-11-31", "1"])
def test_a_day_that_is_none_is_the_monitors_fault(
    check: Check, monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    monkeypatch.setenv("ECLUSE_REVIEW_BY", day)
    code, document = check("2026-11-01")
    assert (code, document["reason"]) == (
        70,
        f"ECLUSE_REVIEW_BY must be a day such as 2030-01-31, got {day!r}",
    )


def test_a_closed_issue_is_opened_again_rather_than_doubled(
    environment: Environment, check: Check, platform: Platform
) -> None:
    for day, shift in enumerate((0.5, 0, 0, 0, 0.5), 1):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift))
        check(f"2026-11-0{day}")
    assert [issue["state"] for issue in platform.issues] == ["opened"]


def test_a_demonstration_is_marked_and_touches_no_real_alert(
    environment: Environment, check: Check, platform: Platform
) -> None:
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    code, report = check("2026-11-01", "--demonstration")
    assert (code, report["demonstration"], report["issue"]) == (20, True, "http://forge/issues/1")
    assert platform.issues[0]["title"].startswith("[demonstration]")
    assert "demonstration" in platform.issues[0]["labels"]
    check("2026-11-01")
    assert len(platform.issues) == 2 and not platform.issues[1]["title"].startswith("[demonstration]")


def test_two_runs_at_once_alert_once(environment: Environment, platform: Platform) -> None:
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    command = [sys.executable, "-m", "ecluse_monitor", "check", "--as-of", "2026-11-01"]
    root = Path(__file__).parents[2]
    runs = [subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [run.wait(60) for run in runs] == [20, 20, 20, 20]
    assert (len(platform.issues), len(platform.notes)) == (1, 1)


@pytest.mark.parametrize("moment", ["issue", "note"])
def test_a_run_that_is_killed_loses_no_alert_and_doubles_none(
    environment: Environment, check: Check, platform: Platform, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    command = [sys.executable, "-m", "ecluse_monitor", "check", "--as-of", "2026-11-01"]
    runs: list[subprocess.Popen[bytes]] = []

    def kill(written: str) -> None:
        if written == moment:
            platform.on_write = lambda _: None
            runs[0].kill()

    platform.on_write = kill
    runs.append(subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL))
    assert runs[0].wait(60) == -9
    assert (len(platform.issues), len(platform.notes)) == (1, int(moment == "note"))
    monkeypatch.setattr("ecluse_monitor.delivery.PATIENCE", 0.2)
    for _ in range(2):
        assert check("2026-11-01")[0] == 20
        assert (len(platform.issues), len(platform.notes)) == (1, 1)


def test_somebody_looks_after_an_alert_and_mutes_findings(
    environment: Environment,
    check: Check,
    platform: Platform,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for day in (1, 2):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift=0.5))
    today = datetime.now(UTC).date()
    whose = ["--cause", "drift", "--owner", "ana", "--until", f"{today + timedelta(9)}"]
    assert main(["ack", *whose]) == 70
    assert "must be that of an open alert (there is none), got drift" in capsys.readouterr().out
    check("2026-11-01")
    assert main(["ack", *whose]) == 0
    assert "drift: ana looks after it until" in capsys.readouterr().out
    assert check("2026-11-02")[1]["alerts"]["drift"]["state"] == "ACKED"
    assert "ana until" in platform.issues[0]["description"]
    assert main(["mute", *whose, "--column", "x0", "--reason", "campaign"]) == 0
    capsys.readouterr()
    assert check("2026-11-02")[1]["mutes"][0]["owner"] == "ana"
    assert main(["mute", *whose[:-1], f"{today + timedelta(91)}", "--reason", "ever"]) == 70
    capsys.readouterr()
    assert main(["mute", "--cause", "performance", *whose[2:], "--reason", "no"]) == 70
    assert "--cause performance cannot be muted" in capsys.readouterr().out


def test_a_store_that_is_away_is_the_monitors_fault(
    environment: Environment, check: Check, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    for name in ("inference", "reports"):
        key = f"ECLUSE_{name.upper()}_URL"
        gone = re.sub(r"/[^/?]+\?", "/gone?", environment[key])
        with monkeypatch.context() as patch:
            patch.setenv(key, gone)
            assert check("2026-11-01")[0] == 70
    assert platform.issues == []
    assert check("2026-11-01")[0] == 20


@pytest.mark.parametrize(
    ("rows", "code"),
    [(draw(100, 1), 30), (draw(1000, 1).drop("input_x1"), 40), (draw(9000, 1, shift=0.1), 10)],
)
def test_exit_codes(environment: Environment, check: Check, rows: pl.DataFrame, code: int) -> None:
    log(environment, "2026-11-01", rows)
    assert check("2026-11-01")[0] == code


def test_batches_of_other_types_break_the_contract_not_the_monitor(
    environment: Environment, check: Check
) -> None:
    log(environment, "2026-11-01", draw(1000, 1), "a")
    log(environment, "2026-11-01", draw(1000, 2).with_columns(pl.col("input_x1").cast(pl.String)), "b")
    code, report = check("2026-11-01")
    assert (code, report["findings"][0]["column"]) == (40, "x1")


def test_a_batch_that_was_sent_twice_counts_once(environment: Environment, check: Check) -> None:
    day = draw(1000, 1).with_columns(prediction_id=pl.int_range(pl.len()).cast(pl.String))
    log(environment, "2026-11-01", day, "a")
    log(environment, "2026-11-01", day.head(300), "b")
    code, report = check("2026-11-01")
    assert (code, report["rows"], report["duplicates"]) == (0, 1000, 300)


def test_past_days_are_read_from_the_log_once_and_a_season_is_quiet(
    environment: Environment, check: Check
) -> None:
    for number, day in enumerate(("2026-10-25", "2026-11-01")):
        log(environment, day, draw(3000, number, shift=0.5))
    code, report = check("2026-11-01")
    assert (code, report["seasonal"], report["seasons_lack"]) == (0, ["drift of x0"], "")
    reports = open_container("ECLUSE_REPORTS_URL", environment)
    kept = [name.rpartition("/")[2] for name in reports.etags("churn/monitor/history/1")]
    assert kept == ["2026-10-25.json", "2026-11-01.json"]
    log(environment, "2026-10-25", b"read no more")
    assert check("2026-11-01")[0] == 0
    log(environment, "2026-11-02", draw(3000, 3, shift=0.5))
    code, report = check("2026-11-02")
    assert (code, report["seasons_lack"][:20]) == (20, "no earlier Monday wa")


def give_labels(environment: Environment, day: str, rows: pl.DataFrame, name: str, hour: int) -> None:
    """Puts labels where the model server would, at an hour of a day."""
    buffer, at = io.BytesIO(), datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")
    rows.with_columns(time=pl.lit(at, pl.Datetime("us", "UTC"))).write_parquet(buffer)
    container = open_container("ECLUSE_INFERENCE_URL", environment)
    container.write(f"churn/labels/date={day}/{name}.parquet", buffer.getvalue())


def test_labels_are_joined_by_prediction_id_and_the_newest_counts(
    environment: Environment, check: Check, platform: Platform
) -> None:
    def draw_labelled(seed: int) -> pl.DataFrame:
        day = draw(2000, seed).with_columns(prediction_id=pl.int_range(pl.len()).cast(pl.String))
        drawn = np.random.default_rng(seed).random(day.height)
        return day.with_columns(label=(pl.Series(drawn) < pl.col("score")).cast(pl.Float64))

    document = {"performance": {"label_delay": "2d"}, "alert": {"bad_days": 1}}
    platform.baseline = build_baseline(draw_labelled(99), document)
    day = draw_labelled(1)
    log(environment, "2026-11-01", day.drop("label"))
    log(environment, "2026-11-03", draw(2000, 3))
    known = day.select("prediction_id", "label").head(1500)
    give_labels(environment, "2026-11-02", known.with_columns(label=1 - pl.col("label")), "a", 9)
    code, report = check("2026-11-03")
    assert (code, [item["check"] for item in report["findings"]]) == (20, ["performance"])
    assert (report["performance"]["coverage"], report["performance"]["to"]) == (0.75, "2026-11-01")
    assert report["alerts"]["performance"]["state"] == "FIRING"
    # Corrected later: the day is judged again by what is known now.
    give_labels(environment, "2026-11-03", known, "b", 9)
    code, report = check("2026-11-03")
    assert (code, report["performance"]["labels"]) == (0, 1500)
    # An older file that names the same predictions does not count any more.
    assert report["performance"]["realised"]["value"] > 0.6


def test_labels_are_joined_by_a_callers_own_id_and_the_day(
    environment: Environment, check: Check, platform: Platform
) -> None:
    day = draw(2000, 1).with_columns(
        prediction_id=pl.int_range(pl.len()).cast(pl.String), id="c" + pl.int_range(pl.len()).cast(pl.String)
    )
    drawn = pl.Series(np.random.default_rng(1).random(day.height))
    day = day.with_columns(label=(drawn < pl.col("score")).cast(pl.Float64))
    platform.baseline = build_baseline(day, {"performance": {"label_delay": "2d"}})
    log(environment, "2026-11-01", day.drop("label"))
    log(environment, "2026-11-03", draw(2000, 3))
    own = day.select("prediction_id", "id", "label", date=pl.lit("2026-11-01"))
    flipped = own.drop("prediction_id").with_columns(label=1 - pl.col("label"))
    # What names the prediction goes before what names its day and id; ids of other days are others.
    give_labels(environment, "2026-11-02", flipped.head(1000), "a", 9)
    give_labels(environment, "2026-11-02", flipped.with_columns(date=pl.lit("2026-10-31")), "b", 9)
    nameless = own.tail(500).with_columns(prediction_id=pl.lit(None, pl.String))
    give_labels(environment, "2026-11-02", pl.concat([own.head(1500), nameless]), "c", 8)
    code, report = check("2026-11-03")
    assert code == 0, report
    assert report["performance"]["coverage"] == 1
    assert report["performance"]["realised"]["value"] == pytest.approx(
        report["performance"]["reference"]["value"]
    )


def test_a_file_of_labels_that_cannot_be_read_is_named(
    environment: Environment, check: Check, platform: Platform
) -> None:
    log(environment, "2026-11-01", draw(1000, 1))
    words = pl.DataFrame({"prediction_id": ["1"], "label": ["yes"]})
    give_labels(environment, "2026-11-01", words, "words", 9)
    code, document = check("2026-11-01")
    assert (code, "churn/labels/date=2026-11-01/words.parquet must be" in document["reason"]) == (70, True)


def test_an_unreadable_blob_is_the_monitors_fault_and_named(environment: Environment, check: Check) -> None:
    log(environment, "2026-11-01", b"no parquet")
    code, document = check("2026-11-01")
    assert code == 70 and "churn/date=2026-11-01/a.parquet" in document["reason"]


def test_a_damaged_state_is_told_and_kept(environment: Environment, check: Check) -> None:
    log(environment, "2026-11-01", draw(1000, 1))
    container = open_container("ECLUSE_REPORTS_URL", environment)
    container.write("churn/monitor/state.json", b"{")
    code, document = check("2026-11-01")
    assert code == 70 and "state.json is no JSON" in document["reason"]
    assert container.read("churn/monitor/state.json").content == b"{"


def test_an_alert_that_the_forge_refused_is_told_by_the_next_run(
    environment: Environment, check: Check, platform: Platform
) -> None:
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    platform.forge_status = 503
    code, document = check("2026-11-01")
    assert code == 70 and "HTTP 503" in document["reason"]
    platform.forge_status = 0
    assert check("2026-11-01")[0] == 20
    assert (len(platform.issues), len(platform.notes)) == (1, 1)


def test_without_a_forge_the_report_tells_and_says_so(
    environment: Environment,
    check: Check,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("ECLUSE_FORGE_TOKEN_FILE")
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    code, report = check("2026-11-01")
    assert (code, report["issue"], len(report["messages"]), platform.issues) == (20, "", 1, [])
    assert "alert.sinks.gitlab (ECLUSE_FORGE_TOKEN_FILE is not set)" in report["not_run"]
    assert check("2026-11-01", command="report") == (20, report)
    state = open_container("ECLUSE_REPORTS_URL", environment).read("churn/monitor/state.json")
    assert json.loads(state.content)["outbox"] == []
    main(["report", "--as-of", "2026-11-01"])
    assert "not run: alert.sinks.gitlab" in capsys.readouterr().out


def test_a_container_that_refuses_is_told_without_its_sas(
    environment: Environment, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = environment["ECLUSE_INFERENCE_URL"].replace("sig=", "sig=AAAA")
    monkeypatch.setenv("ECLUSE_INFERENCE_URL", url)
    code, document = check("2026-11-01")
    assert (code, "403, AuthorizationFailure" in document["reason"]) == (70, True)
    assert "AAAA" not in document["reason"]


def test_no_baseline_and_no_settings_are_faults(
    environment: Environment, check: Check, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.baseline = None
    assert check("2026-11-01")[0] == 70
    monkeypatch.delenv("ECLUSE_REPORTS_URL")
    code, document = check("2026-11-01")
    assert (code, "ECLUSE_REPORTS_URL is not set" in document["reason"]) == (70, True)


def test_a_renewed_token_is_used(environment: Environment, check: Check, platform: Platform) -> None:
    log(environment, "2026-11-01", draw(1000, 1))
    check("2026-11-01")
    Path(environment["ECLUSE_TRACKING_TOKEN_FILE"]).write_text("second")
    check("2026-11-01")
    assert platform.tokens == {"Bearer first", "Bearer second"}


def test_a_wrong_call_and_a_missing_report_are_faults(environment: Environment, check: Check) -> None:
    assert check("2026-01-01", command="report")[0] == 70
    assert main(["check", "--as-of", "yesterday"]) == 70
    assert main(["--help"]) == 0
