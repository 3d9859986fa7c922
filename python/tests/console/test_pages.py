"""Each page of the console: what it shows, and what it says where there is nothing or nobody answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ecluse_core.container import Blob, BlobError
from tests.console.console import Running, console
from tests.console.fakes import COMMIT, World

PIPELINE = {
    "id": 7, "sha": COMMIT, "ref": "main", "source": "push", "status": "failed",
    "created_at": "2026-11-01T10:00:00+00:00",
}  # fmt: skip
JOBS: list[dict[str, Any]] = [
    {"id": 7001, "name": "check", "stage": "check", "status": "success", "duration": 12.0,
     "started_at": "2026-11-01T10:00:00+00:00", "failure_reason": None},
    {"id": 7002, "name": "test-dev", "stage": "dev", "status": "failed", "duration": 75.0,
     "started_at": "2026-11-01T10:00:12+00:00", "failure_reason": "its script failed"},
    {"id": 7003, "name": "release-dev", "stage": "dev", "status": "skipped", "duration": None,
     "started_at": None, "failure_reason": "test-dev did not pass"},
]  # fmt: skip


def report(day: str, status: str = "fine") -> dict[str, Any]:
    """A report of a day, with what a page needs of it."""
    drift = {"check": "drift", "column": "age", "kind": "numeric", "distance": 0.31, "p_value": 0.01}
    finding = {
        "check": "drift",
        "column": "age",
        "severity": "critical",
        "text": "age moved up",
        "value": 0.31,
    }
    alert = {"state": "FIRING", "cause": "drift", "severity": "critical", "text": "age moved up",
             "since": day, "owner": "", "owned_until": ""}  # fmt: skip
    measured = {"value": 0.81, "error": 0.01, "rows": 500}
    return {
        "format": 2, "use_case": "bank-churn", "environment": "dev", "as_of": day, "demonstration": False,
        "model_version": "2", "rows": 500, "status": status, "exit": 0,
        "limits": {"numeric": {"warn": 0.1, "crit": 0.2}, "categorical": {"warn": 0.1, "crit": 0.2}},
        "drift": [{**drift, "direction": "higher than at training"}],
        "findings": [finding] if status != "fine" else [],
        "columns": {"drift of age": [{"label": "18 to 30", "then": 0.25, "now": 0.4}]},
        "estimated": measured, "alerts": {"drift": alert} if status != "fine" else {},
        "performance": {"metric": "roc_auc", "to": day, "reference": measured, "realised": measured},
    }  # fmt: skip


class Store:
    """A container of reports."""

    def __init__(self, reports: dict[str, dict[str, Any]]) -> None:
        self.reports, self.read_names = reports, list[str]()

    def etags(self, folder: str) -> dict[str, str]:
        """Names of a folder."""
        return {name: "" for name in self.reports if name.startswith(f"{folder}/")}

    def read(self, name: str) -> Blob:
        """One of them."""
        self.read_names.append(name)
        if name not in self.reports:
            raise BlobError(f"{name} cannot be read: NotFound")
        return Blob(json.dumps(self.reports[name]).encode(), "")


def month(use_case: str = "bank-churn") -> dict[str, dict[str, Any]]:
    """Reports of some days, the last of them critical."""
    days = [f"2026-11-{day:02d}" for day in range(20, 30)]
    return {
        f"{use_case}/monitor/{day}.json": report(day, "critical" if day == days[-1] else "fine")
        for day in days
    }


@pytest.fixture
def running() -> Iterator[Running]:
    """A console with one use case, whose pipeline has failed."""
    world = World(pipelines={"1": [dict(PIPELINE)]}, jobs=JOBS)
    with console(world, Store(month())) as found:
        yield found


def test_home_shows_the_champion_its_monitor_and_what_waits(running: Running) -> None:
    running.world.issues = [{"iid": 3, "title": "1 alert", "created_at": "2026-11-29T03:00:00Z"}]
    text = running.page("/")
    for shown in ("version 2", "4554217e", "released by ana", "critical", "2026-11-29", "#7", "1 alert"):
        assert shown in text
    assert "npx ecluse logs pipeline/7" in text


def test_home_says_that_nothing_waits_and_that_there_is_no_use_case(running: Running) -> None:
    running.world.pipelines = {"1": [{**PIPELINE, "status": "success"}]}
    assert "No incident is open" in running.page("/")
    running.world.sees["ana-session"] = []
    assert "npx ecluse new" in running.page("/")


def test_a_part_that_cannot_be_read_says_so_and_the_rest_stands(running: Running) -> None:
    running.world.away = {"/pipelines"}
    text = running.page("/use-cases/bank-churn")
    assert "The pipeline cannot be shown: the forge answered 500" in text
    assert "Gates of the champion" in text and "0.84" in text
    assert "<b>down" not in text


def test_without_the_tracking_server_nothing_is_shown(running: Running) -> None:
    running.world.away = {"/workspaces"}
    answer = running.ask("/use-cases/bank-churn")
    text = answer.data.decode()
    assert answer.status == 503 and "npx ecluse start" in text and "bank-churn" not in text


def test_a_use_case_shows_its_pipeline_with_the_reason_and_the_end_of_the_log(running: Running) -> None:
    running.world.log = (
        "\n".join(f"line {number}" for number in range(100)) + "\n\x1b[31mAssertionError\x1b[0m\n"
    )
    text = running.page("/use-cases/bank-churn")
    for shown in ("1 min 15 s", "its script failed", "AssertionError", "line 99", "Raise the floor"):
        assert shown in text
    assert "line 70" not in text and "\x1b" not in text


def test_a_use_case_shows_gates_versions_and_refusals(running: Running) -> None:
    text = running.page("/use-cases/bank-churn")
    assert 'aria-label="roc_auc: 0.84, bound 0.75"' in text
    assert "training: roc_auc" in text and "0.8412" in text
    assert "roc_auc is below its bound" in text and "train on more rows" in text
    assert text.count("version 1") and "champion</span>" in text


def test_a_use_case_shows_what_the_monitor_saw(running: Running) -> None:
    text = running.page("/use-cases/bank-churn")
    assert "age moved up" in text and "Nobody looks after it" in text
    assert "warning from 0.1, critical from 0.2" in text
    assert 'aria-label="Distance of age, 2026-11-20 to 2026-11-29"' in text
    assert 'aria-label="Estimated and realised quality, 2026-11-20 to 2026-11-29"' in text


def test_a_running_pipeline_is_asked_for_again(running: Running) -> None:
    assert "http-equiv" not in running.page("/use-cases/bank-churn")
    running.world.pipelines = {"1": [{**PIPELINE, "status": "running"}]}
    assert '<meta http-equiv="refresh" content="5">' in running.page("/use-cases/bank-churn")


def test_before_the_first_run_each_part_says_what_to_do() -> None:
    with console(World(), Store({})) as running:
        text = running.page("/use-cases/bank-churn")
    assert "No pipeline has run yet" in text and "No day was judged yet" in text


@pytest.mark.parametrize("asked", ["2", "4554217", COMMIT.upper()])
def test_lineage_follows_a_version_or_commit_back(running: Running, asked: str) -> None:
    text = running.page(f"/lineage?q={asked}")
    for shown in ("verified", "ci:ecluse/x", "data-1", COMMIT, "Raise the floor", "#7", "holdout-1"):
        assert shown in text


def test_lineage_says_what_does_not_verify(running: Running) -> None:
    running.world.tampered = True
    text = running.page("/lineage?q=2")
    assert "not believed" in text and "is not signed by this environment" in text
    assert "and not to be believed" in running.page("/")


def test_lineage_shows_a_refusal_and_says_what_it_does_not_know(running: Running) -> None:
    assert "roc_auc is below its bound" in running.page("/lineage?q=bbbbbbb")
    assert "No version 9" in running.page("/lineage?q=9")
    assert "is none of them" in running.page("/lineage?q=what")
    prediction = "0f0f0f0f-0000-4000-8000-000000000000"
    assert f"npx ecluse trace {prediction} --env dev" in running.page(f"/lineage?q={prediction}")


def test_audit_shows_violations_and_waivers_of_the_last_report(tmp_path: Path) -> None:
    with console(World(), ECLUSE_AUDIT_FOLDER=str(tmp_path)) as running:
        assert f"--format json --out {tmp_path}" in running.page("/audit")
        entry = {"rule": "LOC-01", "kind": "fail", "severity": "critical", "stack": "local-dev",
                 "urn": "urn::a::dev-tracking", "why": "it listens everywhere"}  # fmt: skip
        waiver = {"id": "W-1", "expiresOn": "2027-01-01", "owner": "ops", "reason": "until the move"}
        document = {
            "time": "2026-11-29T10:00:00Z", "commit": COMMIT, "waivers": {"over": [], "unused": []},
            "stacks": [{"stack": "local-dev", "judged": "plan", "time": "2026-11-29", "resources": 5}],
            "entries": [entry, {**entry, "rule": "LOC-02", "waiver": waiver}],
            "rules": [{"id": "LOC-01", "description": "Loopback only.", "remediation": "Set it."}],
        }  # fmt: skip
        (tmp_path / "audit.json").write_text(json.dumps(document))
        text = running.page("/audit")
        assert "it listens everywhere" in text and "Loopback only." in text and "until the move" in text
        (tmp_path / "audit.json").write_text("{")
        assert "cannot be read" in running.page("/audit")
