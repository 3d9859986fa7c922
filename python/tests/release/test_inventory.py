"""What is recorded of releases: who made which version champion and why, and why others were refused."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from ecluse_release.changes import TAG
from ecluse_release.inventory import Inventory, Reading, inventory
from ecluse_release.refused import TAG as REFUSED
from ecluse_release.release import release
from ecluse_release.settings import Settings
from tests.identity.tracking import RunningEnvironment, environment
from tests.processes import python_environment
from tests.release.training import RULES, USE_CASE, Training, key_pair, land_data, release_variables, train

PRIVATE, PUBLIC = key_pair()
FIRST, SECOND, POOR = "a3" * 20, "b3" * 20, "c3" * 20


def reading(running: RunningEnvironment) -> dict[str, str]:
    """What a person who may read the registry has for a report."""
    return {
        "ECLUSE_USE_CASE": USE_CASE,
        "ECLUSE_ENVIRONMENT": "prod",
        "ECLUSE_SIGNING_PUBLIC_KEY": PUBLIC,
        "MLFLOW_TRACKING_URI": running.url,
        "MLFLOW_TRACKING_TOKEN": running.forge.person(),
        "MLFLOW_WORKSPACE": USE_CASE,
    }


def as_release(
    running: RunningEnvironment, commit: str, monkeypatch: pytest.MonkeyPatch, **changes: str
) -> dict[str, str]:
    """The variables of a release that grace has started in pipeline 77."""
    token = running.forge.ci("release", user_login="grace", pipeline_id="77")
    variables = release_variables(running, commit, PRIVATE, MLFLOW_TRACKING_TOKEN=token, **changes)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def read(running: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """The report, as a person has it."""
    for name, value in reading(running).items():
        monkeypatch.setenv(name, value)
    return inventory(Reading.read(reading(running)))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """An environment with two versions, and a run that was refused."""
    folder = Path(tmp_path_factory.mktemp("released"))
    with environment(folder) as running, pytest.MonkeyPatch.context() as monkeypatch:
        land_data(running)
        for commit, gates in ((FIRST, RULES), (SECOND, RULES), (POOR, {**RULES, "floor": 0.99})):
            train(running, Training(commit))
            given = as_release(running, commit, monkeypatch, ECLUSE_GATES=json.dumps(gates))
            release(Settings.read(given))
        yield running


def test_versions_are_shown_with_who_when_and_why(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read(released, monkeypatch)
    assert found.problems == []
    second, first = found.versions[:2]
    assert (found.champion, second.champion, first.champion) == (second.version, True, False)
    assert (second.commit, first.commit, second.refused) == (SECOND, FIRST, None)
    assert {gate["name"] for gate in second.gates} >= {"floor", "baseline", "non-inferiority"}
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


def test_what_is_not_signed_is_said(released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write to the registry, and has no key, can neither claim a change nor make one unseen."""
    champion, former = read(released, monkeypatch).versions[:2]
    as_release(released, FIRST, monkeypatch)
    client = MlflowClient()
    [of_other] = [
        jws
        for name, jws in client.get_model_version(USE_CASE, champion.version).tags.items()
        if name.startswith(TAG)
    ]
    _, key = key_pair()
    client.set_model_version_tag(USE_CASE, former.version, f"{TAG}copied", of_other)
    client.set_model_version_tag(USE_CASE, former.version, f"{TAG}made-up", f"{key}.a.b")
    client.set_registered_model_tag(USE_CASE, f"{REFUSED}made-up", of_other)
    client.set_model_version_tag(USE_CASE, former.version, "ecluse.manifest", "x")
    client.set_registered_model_alias(USE_CASE, "champion", former.version)
    found = read(released, monkeypatch)
    copied, made_up, refusal, alias = found.problems
    assert f"{TAG}copied of version {former.version}: the change is of" in copied
    assert "not signed by this environment's release key" in made_up
    assert "has type 'ecluse-champion-change', not 'ecluse-refusal'" in refusal
    assert f"version {former.version} has the alias champion, and the last change made" in alias
    assert "not signed" in str(found.versions[1].refused) and found.versions[1].gates == []
