"""Reports of all kinds of days are what the published schema says, and it changes only knowingly."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from ecluse_core.container import Container
from ecluse_monitor.__main__ import main
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.report_document import Report
from ecluse_monitor.reports import FORMAT
from tests.monitor.conftest import Platform, draw
from tests.monitor.test_commands import Check, Environment, check, give_labels, log
from tests.monitor.test_retraining import labelled_day

__all__ = ["check"]

SHAPE = "2 035053097f3607c3"
"""Of the keys and types of FORMAT: a new key is a new text here, and any other change a new FORMAT too."""


def meets(report: dict[str, Any]) -> dict[str, Any]:
    """The report, which says neither less nor more than its model."""
    written = json.dumps(report)
    assert json.loads(Report.model_validate_json(written).model_dump_json(by_alias=True)) == report
    return report


def test_quiet_drifted_broken_and_empty_days_meet_the_schema(environment: Environment, check: Check) -> None:
    days = {
        "2026-11-01": draw(2000, 1),
        "2026-11-02": draw(2000, 2, shift=1.0),
        "2026-11-03": draw(2000, 3).drop("input_x1").with_columns(pl.lit("Peru").alias("input_country")),
    }
    for day, rows in days.items():
        log(environment, day, rows)
    found = [meets(check(day)[1]) for day in [*days, "2026-11-04"]]
    assert [each["status"] for each in found] == ["fine", "critical", "broken", "too_little"]
    assert found[1]["anomalies"]["worst"] and found[1]["alerts"]["drift"]["state"] == "FIRING"
    assert meets(check("2026-11-02", "--demonstration")[1])["demonstration"]
    assert meets(check("2026-11-01", command="report")[1]) == found[0]


def test_a_check_lists_the_reports_once_and_reads_each_once(
    environment: Environment, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2026-11-01", "2026-11-02", "2026-11-03"):
        log(environment, day, draw(2000, 1))
    for day in ("2026-11-01", "2026-11-02"):
        check(day)
    asked: list[str] = []
    etags, read = Container.etags, Container.read

    def noted(of: Any) -> Any:
        def call(self: Container, name: str) -> Any:
            asked.append(name)
            return of(self, name)

        return call

    monkeypatch.setattr(Container, "etags", noted(etags))
    monkeypatch.setattr(Container, "read", noted(read))
    report = check("2026-11-03")[1]
    assert report["as_of"] == "2026-11-03"
    assert asked.count("churn/monitor") == 1
    reports = [name for name in asked if name.startswith("churn/monitor/2026")]
    assert sorted(reports) == ["churn/monitor/2026-11-01.json", "churn/monitor/2026-11-02.json"]


def test_days_with_labels_segments_retrainings_and_mutes_meet_the_schema(
    environment: Environment,
    check: Check,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = {
        "performance": {"label_delay": "1d"},
        "alert": {"bad_days": 1},
        "retrain": {"min_new_labels": 1000},
    }
    (tmp_path / "trigger").write_text("glptt-1")
    monkeypatch.setenv("ECLUSE_TRIGGER_TOKEN_FILE", str(tmp_path / "trigger"))
    until = f"{datetime.now(UTC).date() + timedelta(30)}"
    words = ["mute", "--cause", "drift", "--owner", "ana", "--until", until, "--reason", "a campaign"]
    assert main(words) == 0
    capsys.readouterr()
    platform.baseline = build_baseline(labelled_day(99), settings)
    bad = labelled_day(1, good=False)
    log(environment, "2026-11-01", bad.drop("label"))
    give_labels(environment, "2026-11-02", bad.select("prediction_id", "label"), "a", 9)
    is_german = pl.col("input_country") == "Germany"
    moved = draw(4000, 2).with_columns(input_x0=pl.col("input_x0") + 3 * is_german)
    log(environment, "2026-11-02", moved)
    report = meets(check("2026-11-02")[1])
    assert report["performance"]["realised"] and report["estimated"]
    assert (len(report["mutes"]), len(report["retrainings"])) == (1, 1)
    assert report["retrainings"][0]["pipeline"] == "http://forge/1" and report["performance"]["late"] == {}
    assert report["segments"]["found"] and report["alerts"]["performance"]["state"] == "FIRING"


def test_a_key_that_the_schema_has_not_is_refused(environment: Environment, check: Check) -> None:
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    report = check("2026-11-01")[1]
    for part in (report, report["findings"][0], report["alerts"]["drift"], report["limits"]["numeric"]):
        part["colour"] = "red"
        with pytest.raises(ValidationError, match="colour"):
            Report.model_validate_json(json.dumps(report))
        del part["colour"]
    meets(report)


def shape(schema: Any) -> Any:
    """A schema without its words."""
    if isinstance(schema, list):
        return [shape(each) for each in schema]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(schema, dict):
        return schema
    words = ("description", "title")
    # A property may have the name of a word, and is a mapping then.
    return {
        key: shape(each)
        for key, each in schema.items()  # pyright: ignore[reportUnknownVariableType]
        if key not in words or isinstance(each, dict)
    }


def test_the_shape_of_a_report_changes_knowingly() -> None:
    schema = Report.model_json_schema()
    assert schema["properties"]["format"]["const"] == FORMAT
    text = json.dumps(shape(schema), sort_keys=True)
    assert f"{FORMAT} {hashlib.sha256(text.encode()).hexdigest()[:16]}" == SHAPE, (
        "a key that went or means something else needs another FORMAT in reports.py; then write SHAPE"
    )
