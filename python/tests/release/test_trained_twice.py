"""A commit that is trained twice, at a real tracking server: which runs count, and what passes."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from mlflow import MlflowClient

from ecluse_release.gates import Gate
from ecluse_release.release import Outcome, release
from ecluse_release.settings import Settings
from tests.identity.tracking import RunningEnvironment, environment
from tests.release.training import RULES, Training, key_pair, land_data, release_variables, train

PRIVATE, _ = key_pair()
commits = (f"{number:040x}" for number in count(2**40))


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """An environment of these tests alone: its champions are signed by their key."""
    with environment(Path(tmp_path_factory.mktemp("twice"))) as running:
        land_data(running)
        yield running


def released(prod: RunningEnvironment, commit: str, patch: pytest.MonkeyPatch, **changes: object) -> Outcome:
    rules = json.dumps({**RULES, "max_retrain_gap": 0.001, **changes})
    variables = release_variables(prod, commit, PRIVATE, ECLUSE_GATES=rules)
    for name, value in variables.items():
        patch.setenv(name, value)
    return release(Settings.read(variables))


def the_gate(outcome: Outcome) -> Gate:
    return next(gate for gate in outcome.gates if gate.name == "reproducibility")


def test_one_training_is_too_little_where_two_are_asked_for(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a training on other data, nor one that others made, is a second."""
    commit = next(commits)
    train(prod, Training(commit, tags={"ecluse.data_version": "older"}))
    train(prod, Training(commit, token=prod.workloads.workload("monitor")))
    train(prod, Training(commit))
    gate = the_gate(released(prod, commit, monkeypatch))
    assert (gate.result, gate.passed, gate.value) == ("undecided", False, None)
    assert gate.reason == "no other training of the commit read the same data"
    assert "`twice: true` at the component train" in gate.fix
    outcome = released(prod, commit, monkeypatch, undecided="pass")
    assert outcome.released and outcome.message.endswith("too little data to decide: reproducibility")


def test_the_same_model_again_passes(prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = next(commits)
    first, second = (train(prod, Training(commit)) for _ in range(2))
    outcome = released(prod, commit, monkeypatch)
    gate = the_gate(outcome)
    assert (outcome.released, gate.result, gate.value, gate.rows) == (True, "pass", 0.0, 1500)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.workloads.workload("monitor"))
    version = MlflowClient(prod.url).get_model_version_by_alias("bank-churn", "champion")
    assert version.source == f"models:/{second}" != f"models:/{first}"
