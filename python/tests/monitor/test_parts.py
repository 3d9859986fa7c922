"""A day in parts: by processes that share nothing but the containers, with the very report of one process."""

from typing import Any

import pytest

from ecluse_core.opening import open_container
from ecluse_monitor import sample
from tests.monitor.conftest import Platform, draw
from tests.monitor.test_commands import Check, Environment, check, log
from tests.monitor.test_predictions import rows_of

__all__ = ["check"]

DAY = "2026-11-01"
OWN = ("checked_at", "alerts", "issue", "messages")


@pytest.fixture
def logged(environment: Environment, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that drifts, in two blobs of which the second repeats some of the first."""
    ids = rows_of(0, 3_000)["prediction_id"]
    rows = draw(3_000, 1, shift=0.5).with_columns(prediction_id=ids)
    log(environment, DAY, rows[:2_000], "a")
    log(environment, DAY, rows[1_500:], "b")
    monkeypatch.setenv("ECLUSE_RUN", "job-1")
    monkeypatch.setattr(sample, "MOST", 1_000)


def own(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key not in OWN}


@pytest.mark.usefixtures("logged")
def test_parts_have_the_report_of_the_whole_and_one_alert(check: Check, platform: Platform) -> None:
    code, whole = check(DAY)
    assert (code, whole["rows"], whole["duplicates"]) == (20, 3_000, 500)
    assert 400 < whole["anomalies"]["rows"] == whole["segments"]["rows"] <= 1_000
    assert len({row["prediction_id"] for row in whole["anomalies"]["worst"]}) == 5
    of = ("--partitions", "3")
    for index in (2, 0):
        code, counted = check(DAY, *of, "--partition", f"{index}")
        assert (code, counted["is_last"]) == (0, False)
    code, report = check(DAY, *of, "--partition", "1")
    assert code == 20 and own(report) == own(whole)
    # A pod that was killed after it had counted comes again, as does a person.
    assert own(check(DAY, *of, "--partition", "1")[1]) == own(check(DAY, *of)[1]) == own(whole)
    assert len(platform.issues) == 1


@pytest.mark.usefixtures("logged")
def test_parts_of_another_run_do_not_count(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    of = ("--partitions", "2")
    check(DAY, *of, "--partition", "0")
    monkeypatch.setenv("ECLUSE_RUN", "job-2")
    code, counted = check(DAY, *of, "--partition", "1")
    assert (code, counted["is_last"]) == (0, False)
    code, fault = check(DAY, *of)
    assert code == 70 and fault["reason"] == "partitions 0 of 2 are not there yet; run them by --partition"


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    ("run", "partition", "reason"),
    [
        ("", "0", "ECLUSE_RUN is not set; with --partitions give all processes of a run one name"),
        ("job", "2", "--partition must be 0 to 1 of 2, got 2"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    check: Check, monkeypatch: pytest.MonkeyPatch, run: str, partition: str, reason: str
) -> None:
    monkeypatch.setenv("ECLUSE_RUN", run)
    assert check(DAY, "--partitions", "2", "--partition", partition) == (
        70,
        {"status": "fault", "reason": reason},
    )


def test_rows_without_ids_are_in_the_first_part(
    environment: Environment, check: Check, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECLUSE_RUN", "job")
    log(environment, DAY, draw(1_000, 1))
    rows = [check(DAY, "--partitions", "2", "--partition", f"{index}")[1]["rows"] for index in (0, 1)]
    assert rows == [1_000, 1_000]  # the second judged the whole
    names = open_container("ECLUSE_REPORTS_URL", environment).etags("churn/monitor/sketches/1")
    assert list(names) == [f"churn/monitor/sketches/1/{DAY}/job-{index}-of-2.json" for index in (0, 1)]
