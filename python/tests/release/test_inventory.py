"""What is recorded of releases: who made which version champion and why, and why others were refused."""

import io
import json
import subprocess
import sys
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from ecluse_core.errors import SettingError
from ecluse_core.opening import open_container
from ecluse_core.settings import parse
from ecluse_release.judge import Refusal
from ecluse_release.release import release
from ecluse_release.settings import Accountability, Settings
from tests.identity.tracking import RunningEnvironment
from tests.processes import python_environment
from tests.release.released import ANSWERS, FIRST, POOR, SECOND, as_release, read, reading, traced
from tests.release.training import USE_CASE, Training, train


def test_versions_are_shown_with_who_when_and_why(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read(released, monkeypatch)
    assert found.problems == []
    second, first = found.versions[:2]
    assert (found.champion, second.champion, first.champion) == (second.version, True, False)
    assert (second.commit, first.commit, second.refused) == (SECOND, FIRST, None)
    assert {gate["name"] for gate in second.gates} >= {"floor", "baseline", "non-inferiority"}
    assert (second.accountability, first.accountability) == (ANSWERS, None)
    [change] = second.changes
    assert (change.action, change.person, change.pipeline_id) == ("released", "grace", "77")
    assert (change.former, change.reason) == (first.version, f"commit {SECOND[:8]} passed its gates")


def test_a_refusal_is_kept_with_the_gates_that_refused(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    [refusal] = read(released, monkeypatch).refusals
    assert (refusal.commit, refusal.person, refusal.reason) == (POOR, "grace", "refused by: floor")
    [gate] = refusal.gates
    assert (gate["name"], gate["bound"], gate["fix"]) == (
        "floor",
        0.99,
        "improve the model, or bring better data",
    )


def test_a_refusal_without_a_gate_is_kept_too(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "d3" * 20
    train(released, Training(commit, tags={"ecluse.data_version": "other"}))
    with pytest.raises(Exception, match="read data version other"):
        release(Settings.read(as_release(released, commit, monkeypatch)))
    latest = read(released, monkeypatch).refusals[0]
    assert latest.commit == commit and "train commit" in latest.reason


@pytest.mark.parametrize("days", [0, -1])
def test_a_model_that_was_to_be_validated_again_is_not_released(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    commit = f"{5 + days}e" * 20
    train(released, Training(commit))
    over = f"{datetime.now(UTC).date() + timedelta(days=days)}"
    answers = json.dumps({**ANSWERS, "review_by": over})
    with pytest.raises(Refusal, match=f"validated again by {over}; ada@example.com has that done, and sets"):
        release(Settings.read(as_release(released, commit, monkeypatch, ECLUSE_ACCOUNTABILITY=answers)))
    assert read(released, monkeypatch).refusals[0].commit == commit


@pytest.mark.parametrize("day", ["2030-02-30", "20300131", "2030-W05-4", "2030-01-31T00:00:00+14:00", 1, ""])
def test_a_day_is_a_day_of_the_calendar(day: object) -> None:
    with pytest.raises(SettingError, match="review_by must be a day such as 2030-01-31, got"):
        parse(Accountability, {**ANSWERS, "review_by": day})


def test_a_validation_is_due_from_the_beginning_of_its_day() -> None:
    answers = parse(Accountability, {**ANSWERS, "review_by": "2030-01-31"})
    assert not answers.is_over(date(2030, 1, 30))
    assert answers.is_over(date(2030, 1, 31))


def test_the_command_prints_the_document(released: RunningEnvironment) -> None:
    def run(**changes: str) -> tuple[int, str, str]:
        command = [sys.executable, "-W", "ignore", "-m", "ecluse_release.inventory"]
        environ = python_environment(**{**reading(released), **changes})
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    code, out, _ = run()
    document: Mapping[str, Any] = json.loads(out)
    assert (code, document["use_case"], len(document["versions"])) == (0, USE_CASE, 2)
    assert run(ECLUSE_SIGNING_PUBLIC_KEY="none")[0] == 2
    code, _, said = run(MLFLOW_TRACKING_TOKEN="none", MLFLOW_HTTP_REQUEST_MAX_RETRIES="0")
    assert (code, "ecluse_release.inventory: " in said) == (1, True)


def logged(running: RunningEnvironment, version: str) -> str:
    """A prediction of a version in the log, among those of other days; gives its id."""
    wanted, other = str(uuid.uuid4()), str(uuid.uuid4())
    container = open_container("URL", {"URL": running.store.url("inference", "read-write-delete")})
    for day, ids in (("2026-11-28", [wanted, other]), ("2026-11-29", [other])):
        rows = [{"prediction_id": each, "id": "c-7", "model_version": version, "score": 0.25} for each in ids]
        at = pl.lit(datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        buffer = io.BytesIO()
        pl.DataFrame(rows).with_columns(time=at).write_parquet(buffer)
        container.write(f"{USE_CASE}/date={day}/{uuid.uuid4()}.parquet", buffer.getvalue())
    return wanted


def test_a_prediction_is_followed_to_its_commit(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = read(released, monkeypatch).versions[-1].version
    asked = logged(released, number)
    found = traced(released, monkeypatch, asked)
    assert found.prediction and (found.prediction.version, found.prediction.id) == (number, "c-7")
    assert "date=2026-11-28" in found.prediction.blob and found.prediction.time.startswith("2026-11-28T12")
    [lineage] = found.versions
    assert (lineage.version.commit, lineage.problems, found.problems) == (FIRST, [], [])
    assert lineage.signature == "the manifest and every file that it names"
    assert "model.skops" in lineage.files
    assert lineage.run and (lineage.run.commit, lineage.run.user) == (
        FIRST,
        "ci:ecluse/bank-churn:prod:train",
    )
    assert lineage.run.data_version == lineage.version.data_version
    assert traced(released, monkeypatch, asked, "2026-11-28").prediction == found.prediction
    assert traced(released, monkeypatch, asked, "2026-11-29").prediction is None
    assert traced(released, monkeypatch, str(uuid.uuid4())).versions == []


def test_a_prediction_of_no_version_is_said(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = traced(released, monkeypatch, logged(released, "77"))
    assert found.versions == []
    assert found.problems == ["the registry has no version 77, which gave it"]


def test_versions_and_commits_are_followed(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    [lineage] = traced(released, monkeypatch, "1").versions
    assert lineage.version.commit == FIRST
    [lineage] = traced(released, monkeypatch, SECOND[:9]).versions
    assert lineage.version.commit == SECOND
    found = traced(released, monkeypatch, POOR)
    assert (found.versions, [each.commit for each in found.refusals]) == ([], [POOR])
    assert traced(released, monkeypatch, "99").versions == []


@pytest.mark.parametrize("asked", ["churn", "abc", "../1", "-1", "A" * 40])
def test_what_can_be_none_of_them_is_refused(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    with pytest.raises(SettingError, match="give the id of a prediction, the number of a version, or 7"):
        traced(released, monkeypatch, asked)


def test_changed_files_and_runs_are_errors_of_a_trace(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As whoever may write to the store or the database could leave them."""

    def changed(_client: MlflowClient, _model: str, names: Iterable[str], folder: Path) -> Path:
        folder.mkdir()
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("other")
        return folder

    get_run = MlflowClient.get_run

    def of_another(client: MlflowClient, run_id: str) -> Run:
        found = get_run(client, run_id)
        found.data.tags["ecluse.verified.commit"] = "f" * 40
        return found

    monkeypatch.setattr("ecluse_release.trace.download_files", changed)
    monkeypatch.setattr(MlflowClient, "get_run", of_another)
    [lineage] = traced(released, monkeypatch, "1").versions
    assert lineage.signature == "the manifest, and not its files"
    files, commit = lineage.problems
    assert "the model is not the one that was released: MLmodel has sha256" in files
    assert f"has the verified commit '{'f' * 40}', and version 1 has '{FIRST}'" in commit
