"""Labels that came after their days were judged: the next check judges them, once, and alerts."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.labelled import read_labelled
from ecluse_monitor.late import Labelled
from ecluse_monitor.performance import reference_of
from ecluse_monitor.predictions import Logged
from ecluse_monitor.realised import labelled_findings
from ecluse_monitor.settings import Check as CheckSettings
from ecluse_monitor.settings import Limits, Performance
from ecluse_monitor.tracking import Champion
from tests.monitor.conftest import Platform
from tests.monitor.test_commands import Check, Environment, check, give_labels, log
from tests.monitor.test_retraining import labelled_day

__all__ = ["check"]


def november(day: int) -> str:
    return f"{date(2026, 11, 1) + timedelta(days=day - 1)}"


@pytest.fixture
def live(environment: Environment, platform: Platform) -> dict[int, pl.DataFrame]:
    """Four days of predictions, of which the first three turn out badly; two bad days open an alert."""
    platform.baseline = build_baseline(labelled_day(99), {"performance": {"label_delay": "1d"}})
    days = {day: labelled_day(day, good=day > 3) for day in range(1, 10)}
    for day, rows in days.items():
        log(environment, november(day), rows.drop("label"))
    return days


def give(environment: Environment, rows: pl.DataFrame, day: int, name: str = "a") -> None:
    give_labels(environment, november(day), rows.select("prediction_id", "label"), name, 9)


def performance_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in report["findings"] if item["check"] == "performance"]


def test_bad_labels_of_several_days_that_came_late_alert_once(
    environment: Environment, check: Check, platform: Platform, live: dict[int, pl.DataFrame]
) -> None:
    for day in (2, 3, 4, 5, 6):
        assert check(november(day))[0] == 0
    for day in (1, 2, 3):
        give(environment, live[day], 7, f"{day}")
    give(environment, live[6], 7, "6")
    code, report = check(november(7))
    (found,) = performance_of(report)
    assert (code, found["severity"], found["days"]) == (20, "critical", 4)
    assert "by 2000 labels of 2026-11-06 to 2026-11-06 (100% of the rows) and 6000 of" in found["text"]
    assert found["text"].endswith("of 2026-11-01 to 2026-11-03 that came late")
    assert report["performance"]["late"] == {november(day): 2000 for day in (1, 2, 3)}
    assert (report["performance"]["labels"], report["performance"]["coverage"]) == (2000, 1)
    page = open_container("ECLUSE_REPORTS_URL", environment).read("churn/monitor/2026-11-07.html").content
    assert (
        b"6000 labels of days before came late" in page and b"2026-11-01 (2000), 2026-11-02 (2000)," in page
    )
    # Two bad days open an alert, and these are more.
    assert report["alerts"]["performance"]["state"] == "FIRING"
    assert (len(platform.issues), len(platform.notes)) == (1, 1)
    assert check(november(7))[1]["performance"] == report["performance"]
    # The same labels are not judged again: what follows is judged by its own.
    give(environment, live[7], 8)
    code, report = check(november(8))
    assert (code, report["performance"]["late"], performance_of(report)) == (0, {}, [])
    assert (len(platform.issues), len(platform.notes)) == (1, 1)


def test_labels_of_a_day_without_a_check_are_judged_by_the_next_one(
    environment: Environment, check: Check, platform: Platform, live: dict[int, pl.DataFrame]
) -> None:
    check(november(5))
    give(environment, live[1], 6)
    # Nor does a demonstration take them.
    assert check(november(6), "--demonstration")[1]["performance"]["late"] == {}
    code, report = check(november(8))
    assert (code, report["performance"]["late"]) == (20, {november(1): 2000})
    # One bad day opens no alert by itself.
    assert report["alerts"]["performance"]["state"] == "PENDING" and platform.issues == []


def test_late_labels_go_by_a_callers_own_id_and_are_looked_for_no_further_than_said(
    environment: Environment, check: Check, platform: Platform, live: dict[int, pl.DataFrame]
) -> None:
    own = live[2].with_columns(id=pl.format("c{}", pl.int_range(pl.len())))
    log(environment, november(2), own.drop("label"))
    give_labels(environment, november(7), own.select("id", "label", date=pl.lit(november(2))), "own", 9)
    assert check(november(7))[1]["performance"]["late"] == {november(2): 2000}
    for late_days, expected in ((4, {november(2): 2000}), (3, {}), (0, {})):
        settings = {"performance": {"label_delay": "1d", "late_days": late_days}}
        platform.baseline = build_baseline(labelled_day(99), settings)
        assert check(november(7))[1]["performance"]["late"] == expected


def test_labels_of_days_that_are_not_due_are_found_without_a_search_of_the_past(
    environment: Environment, live: dict[int, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[date] = []

    class Noted(Logged):
        def __init__(self, inference: Container, use_case: str, day: date) -> None:
            opened.append(day)
            super().__init__(inference, use_case, day)

    monkeypatch.setattr("ecluse_monitor.labelled.Logged", Noted)
    given = CheckSettings.read(environment)
    settings = Performance.model_validate({"label_delay": "3d"})

    def searched(day: int, since: date = date.min) -> list[int]:
        opened.clear()
        champion = Champion("1", "r1", {}, since)  # type: ignore[typeddict-item]
        as_of = date(2026, 11, day)
        read_labelled(given, champion, settings, as_of, as_of - timedelta(days=1))
        return [each.day for each in opened]

    give(environment, live[8], 8)
    assert searched(8) == [5, 4, 6, 3, 7, 2, 8]
    # Known by its day, it is looked for nowhere.
    own = live[8].with_columns(id=pl.format("c{}", pl.int_range(pl.len())))
    give_labels(environment, november(9), own.select("id", "label", date=pl.lit(november(8))), "own", 9)
    assert searched(9) == [6]
    # Nor does a champion have predictions of days before it was made.
    give(environment, live[1], 9, "old")
    assert searched(9, date(2026, 11, 4)) == [6, 5, 7, 4, 8, 9]


def test_late_labels_of_one_outcome_wait_for_the_others_of_their_day(
    environment: Environment, check: Check, live: dict[int, pl.DataFrame]
) -> None:
    check(november(6))
    good = labelled_day(4)
    log(environment, november(4), good.drop("label"))
    ones, others = (good.filter(pl.col("label") == outcome) for outcome in (1, 0))
    give(environment, ones, 7, "ones")
    code, report = check(november(7))
    assert (code, report["performance"]["late"]) == (0, {november(4): ones.height})
    assert (report["performance"]["one_outcome"], report["performance"]["realised"]) == ([november(4)], None)
    page = open_container("ECLUSE_REPORTS_URL", environment).read("churn/monitor/2026-11-07.html").content
    assert b"Those of 2026-11-04 are nearly all of one outcome" in page
    # With the others they are the whole day, which is as it was.
    give(environment, others, 8, "others")
    code, report = check(november(8))
    assert (code, report["performance"]["late"]) == (0, {november(4): others.height})
    assert report["performance"]["one_outcome"] == []
    assert report["performance"]["realised"]["rows"] == good.height


def test_late_labels_that_are_nearly_of_one_outcome_wait_too() -> None:
    rng = np.random.default_rng(3)
    scores = rng.beta(2, 5, 5000)
    labels = (rng.random(5000) < scores).astype(float)
    reference = reference_of(scores[:2000], labels[:2000], None)
    rows = pl.DataFrame({"score": scores, "label": labels}).with_columns(day=pl.lit(date(2026, 11, 1)))[2000:]
    ones, others = (rows.filter(pl.col("label") == outcome) for outcome in (1, 0))
    day = date(2026, 11, 5)
    for some, left_out in ((9, True), (400, False)):
        late = pl.concat([ones, others.head(some)])
        nobody = pl.DataFrame(schema={"score": pl.Float64, "label": pl.Float64})
        _, report = labelled_findings(reference, Labelled(day, day, nobody, late=late), Performance())
        assert (report["one_outcome"] != [], report["realised"] is None) == (left_out, left_out)


def test_late_labels_of_a_model_that_is_as_it_was_raise_no_more_false_alarms_than_said() -> None:
    settings = Performance(max_drop=Limits(warn=1e-6, crit=0.9))
    alarms, runs, rng = 0, 200, np.random.default_rng(7)
    for _ in range(runs):
        scores = rng.beta(2, 5, 3000)
        labels = (rng.random(3000) < scores).astype(float)
        reference = reference_of(scores[:2000], labels[:2000], None)
        rows = pl.DataFrame({"score": scores, "label": labels})
        late = rows[2500:].with_columns(day=pl.lit(date(2026, 11, 1)))
        labelled = Labelled(date(2026, 11, 5), date(2026, 11, 5), rows[2000:2500], late=late)
        alarms += bool(labelled_findings(reference, labelled, settings)[0])
    assert alarms <= binom.ppf(0.999, runs, settings.alpha)
