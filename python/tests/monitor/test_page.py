"""The page of a report: what a person compares, what it escapes, and that it needs nothing else."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

from ecluse_core.opening import open_container
from ecluse_monitor.__main__ import main
from ecluse_monitor.baseline import Baseline, build_baseline, describe
from ecluse_monitor.lacks import NO_USUAL
from ecluse_monitor.page import quality
from ecluse_monitor.shares import GROUPS, shares
from ecluse_monitor.sketch import seen_of
from tests.monitor.conftest import SETTINGS, Platform, draw
from tests.monitor.test_commands import Check, Environment, check, give_labels, log
from tests.monitor.test_retraining import labelled_day
from tests.processes import python_environment

__all__ = ["check"]


def of(then: pl.Series, now: pl.Series) -> list[tuple[str, float, float]]:
    column = describe(then)
    return [
        (row["label"], round(row["then"], 3), round(row["now"], 3))
        for row in shares(column, seen_of(now, column).counts)
    ]


def test_numbers_are_in_few_groups_that_training_fills_alike() -> None:
    rng = np.random.default_rng(1)
    found = of(pl.Series("x", rng.normal(0, 1, 8000)), pl.Series("x", rng.normal(3, 1, 500)))
    assert len(found) == GROUPS + 1
    assert all(abs(then - 1 / GROUPS) < 0.01 for _, then, _ in found[:-1])
    assert sum(now for *_, now in found) == pytest.approx(1, abs=0.01)
    assert found[0][0].startswith("up to ") and found[-1][0].startswith("over ") and found[-1][1] == 0


def test_few_values_and_categories_keep_their_own_group() -> None:
    half = pl.Series("x", [0, 0, 1, 1])
    assert of(half, pl.Series("x", [0, 1, 1, 1])) == [("up to 0", 0.5, 0.25), ("0 to 1", 0.5, 0.75)]
    countries = of(pl.Series("x", ["a", "a", "b", "b"]), pl.Series("x", ["a", "c"]))
    assert countries == [("a", 0.5, 0.5), ("b", 0.5, 0.0), ("c", 0.0, 0.5)]
    many = of(pl.Series("x", [f"{n}" for n in range(40)] * 2), pl.Series("x", ["1"]))
    assert len(many) == GROUPS and many[-1][0] == "all others"


def test_a_day_leaves_a_page_with_its_history(
    environment: Environment, check: Check, platform: Platform, tmp_path: Path
) -> None:
    for day, shift in enumerate((0.0, 0.0, 0.5), 1):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift))
        check(f"2026-11-0{day}")
    page = tmp_path / "day.html"
    assert main(["report", "--as-of", "2026-11-03", "--html", str(page)]) == 20
    text = page.read_text()
    kept = open_container("ECLUSE_REPORTS_URL", environment).read("churn/monitor/2026-11-03.html").content
    assert kept.decode() == text
    drifted = text[text.index("<h3>x0") : text.index("<details>")]
    assert "critical" in drifted and len(re.findall(r"[\d.]+,[\d.]+ ", drifted)) == 3
    assert text.count("<h3>") == 11 and text.index("<h3>x0") < text.index("<h3>country")
    assert "Unusual rows" in text and "usually" in text
    # Nothing is loaded from anywhere; the one link is that of the issue.
    assert not re.findall(r"<script|<link|<img|src=|url\(", text)
    assert re.findall(r'href="(.*?)"', text) == ["http://forge/issues/1"]


def test_a_page_shows_what_was_done_about_alerts(
    environment: Environment,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    settings = {
        "performance": {"label_delay": "1d"},
        "alert": {"bad_days": 1},
        "retrain": {"min_new_labels": 1000, "approve": "dev"},
    }
    platform.baseline = build_baseline(labelled_day(99), settings)
    (tmp_path / "trigger").write_text("glptt-1")
    monkeypatch.setenv("ECLUSE_TRIGGER_TOKEN_FILE", str(tmp_path / "trigger"))
    for day in (1, 2, 3):
        rows = labelled_day(day, good=False)
        log(environment, f"2026-11-0{day}", rows.drop("label"))
        give_labels(environment, f"2026-11-0{day + 1}", rows.select("prediction_id", "label"), "l", 9)
    page = tmp_path / "day.html"

    def shown(day: str) -> str:
        main(["check", "--as-of", day])
        main(["report", "--as-of", day, "--html", str(page)])
        text = page.read_text()
        part = text[text.index("<h2>Alerts, and") : text.index("<h2>How good")]
        return " ".join(re.sub(r"<.*?>", "", part).split())

    text = shown("2026-11-02")
    assert "performance firing since 2026-11-02: roc_auc" in text and "Nobody looks after it." in text
    assert "Done: training again" in text and "training created because of performance on 2026-11-02" in text
    assert "somebody must let it on. Pipeline 1" in text and 'href="http://forge/1"' in page.read_text()
    until = f"{datetime.now(UTC).date() + timedelta(30)}"
    whose = ["--owner", "ana <a@b>", "--until", until]
    assert main(["ack", "--cause", "performance", *whose]) == 0
    assert main(["mute", "--cause", "drift", "--column", "x0", *whose, "--reason", "a campaign"]) == 0
    text = shown("2026-11-03")
    assert f"ana &lt;a@b&gt; looks after it until {until}." in text
    assert f"muted drift of x0 until {until}, by ana &lt;a@b&gt;: a campaign" in text


def test_names_of_others_are_text(
    environment: Environment, check: Check, platform: Platform, tmp_path: Path
) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    reference = draw(5000, 9).rename({"input_country": f"input_{hostile}"})
    platform.baseline = build_baseline(reference, SETTINGS)
    log(environment, "2026-11-01", draw(1000, 1).rename({"input_country": f"input_{hostile}"}))
    check("2026-11-01")
    page = tmp_path / "day.html"
    main(["report", "--as-of", "2026-11-01", "--html", str(page)])
    assert "<img" not in page.read_text() and "&lt;img src=x" in page.read_text()


def test_a_baseline_of_an_earlier_version_is_judged_and_the_page_says_what_it_lacks(
    environment: Environment, check: Check, platform: Platform, baseline: Baseline, tmp_path: Path
) -> None:
    platform.baseline = cast(Baseline, {key: each for key, each in baseline.items() if key != "usual"})
    log(environment, "2026-11-01", draw(2000, 1))
    code, report = check("2026-11-01")
    assert (code, report["anomalies"], NO_USUAL in report["not_run"]) == (0, None, True)
    page = tmp_path / "day.html"
    main(["report", "--as-of", "2026-11-01", "--html", str(page)])
    assert "Unusual rows" not in page.read_text() and NO_USUAL in page.read_text()


def test_what_was_estimated_stands_beside_what_labels_showed_of_the_same_day() -> None:
    def report(day: str, to: str, realised: dict[str, float] | None) -> dict[str, Any]:
        estimated = {"value": 0.8, "error": 0.01} if day != "2026-11-03" else None
        return {"as_of": day, "estimated": estimated, "performance": {"to": to, "realised": realised}}

    bad, days = {"value": 0.5, "error": 0.02}, ("2026-11-01", "2026-11-02", "2026-11-03")
    reports = [report(days[1], days[0], None), report(days[2], days[1], bad)]
    assert quality(reports) == [(days[1], {"value": 0.8, "error": 0.01}, bad)]
    assert quality([report(days[1], days[0], bad)]) == [
        (days[0], None, bad),
        (days[1], {"value": 0.8, "error": 0.01}, None),
    ]
    assert quality([{"as_of": days[0], "estimated": None, "performance": None}]) == []


def test_a_report_of_another_version_has_no_page(
    environment: Environment, baseline: Baseline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = open_container("ECLUSE_REPORTS_URL", environment)
    reports.write("churn/monitor/2026-11-01.json", b'{"exit": 0, "status": "fine"}')
    assert main(["report", "--as-of", "2026-11-01", "--html", str(tmp_path / "day.html")]) == 70
    assert "run check --as-of 2026-11-01 again" in capsys.readouterr().out


def test_only_who_makes_pages_needs_the_template_engine() -> None:
    # The jobs that log baselines run in the use case's image, which has none.
    script = "import sys; sys.modules['jinja2'] = None; import ecluse_monitor.__main__"
    subprocess.run([sys.executable, "-c", script], check=True, env=python_environment())
