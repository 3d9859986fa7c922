"""Releases against a real tracking server and blob store: what becomes champion, and all that does not."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from mlflow import MlflowClient
from sklearn.dummy import DummyClassifier

from ecluse_core.container import BlobError
from ecluse_release.judge import Refusal
from ecluse_release.manifest import public_key, read
from ecluse_release.release import Outcome, release
from ecluse_release.settings import Settings
from ecluse_release.training import RunError
from tests.identity.tracking import RunningEnvironment
from tests.processes import python_environment
from tests.release.training import (
    CUSTOMERS,
    RULES,
    Training,
    customers,
    key_pair,
    landing,
    release_variables,
    train,
    version_of,
)

PRIVATE, PUBLIC = key_pair()
GOOD, SECOND, WORSE = "a" * 40, "b" * 40, "c" * 40


def run(
    environment: RunningEnvironment, commit: str, monkeypatch: pytest.MonkeyPatch, **changes: str
) -> Outcome:
    """A release in this process."""
    variables = release_variables(environment, commit, PRIVATE, **changes)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return release(Settings.read(variables))


def as_command(environment: RunningEnvironment, commit: str, **changes: str) -> tuple[int, dict[str, Any]]:
    """A release as the platform's job runs it: exit code and JSON."""
    environ = python_environment(**release_variables(environment, commit, PRIVATE, **changes))
    command = [sys.executable, "-W", "ignore", "-m", "ecluse_release", "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def champion(environment: RunningEnvironment) -> str:
    """The commit of the champion."""
    version = MlflowClient(environment.url).get_model_version_by_alias("bank-churn", "champion")
    return str(version.tags["ecluse.commit"])


def failed(outcome: Outcome) -> set[str]:
    return {gate.name for gate in outcome.gates if not gate.passed}


def rules(**changes: object) -> str:
    return json.dumps({**RULES, **changes})


def test_a_good_model_becomes_champion_once(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_id = train(prod, Training(GOOD))
    code, outcome = as_command(prod, GOOD)
    assert (code, outcome["released"], outcome["unchanged"]) == (0, True, False), outcome
    assert {gate["name"] for gate in outcome["gates"]} >= {"floor", "baseline", "calibration"}

    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.person())
    version = MlflowClient(prod.url).get_model_version_by_alias("bank-churn", "champion")
    statement = read(version.tags["ecluse.manifest"], public_key(PUBLIC))
    assert (statement.model_id, statement.commit, statement.environment) == (model_id, GOOD, "prod")
    assert statement.format == "skops"
    assert {"MLmodel", "model.skops"} <= set(statement.files)
    assert version.source == f"models:/{model_id}"

    again = run(prod, GOOD, monkeypatch)
    assert (again.released, again.unchanged, again.version) == (True, True, outcome["version"])


def put_beside_the_champion(environment: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds a file to the champion's folder, as whoever may train can."""
    token = environment.forge.ci()
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    client = MlflowClient(environment.url)
    source = client.get_model_version_by_alias("bank-churn", "champion").source or ""
    place = client.get_logged_model(source.removeprefix("models:/")).artifact_location
    url = (
        f"{environment.url}/api/2.0/mlflow-artifacts/artifacts{place.removeprefix('mlflow-artifacts:')}/extra"
    )
    headers = {"Authorization": f"Bearer {token}", "X-MLFLOW-WORKSPACE": "bank-churn"}
    with urllib.request.urlopen(urllib.request.Request(url, b"x", headers, method="PUT")) as answer:
        assert answer.status == 200


def test_the_next_champion_must_not_be_worse(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One file of a training beside the champion's stopped every later release.
    put_beside_the_champion(prod, monkeypatch)
    train(prod, Training(SECOND))
    assert run(prod, SECOND, monkeypatch).released
    train(prod, Training(WORSE, rows=200))
    outcome = run(prod, WORSE, monkeypatch, ECLUSE_GATES=rules(floor=0.5, baseline_margin=0.0, max_brier=1.0))
    assert failed(outcome) == {"non-inferiority"}
    assert champion(prod) == SECOND


@pytest.fixture(scope="module")
def candidate(prod: RunningEnvironment) -> str:
    """The commit of a good model that is not released."""
    train(prod, Training("d" * 40))
    return "d" * 40


@pytest.mark.parametrize(
    ("gate", "changes"),
    [
        ("floor", {"floor": 0.99}),
        ("baseline", {"baseline_margin": 0.5}),
        ("calibration", {"max_brier": 0.01}),
        ("segment country=Spain", {"segments": [{"column": "country", "floor": 0.99, "min_rows": 10}]}),
        ("segment nowhere", {"segments": [{"column": "nowhere", "floor": 0.1}]}),
    ],
)
def test_each_gate_refuses(
    prod: RunningEnvironment,
    candidate: str,
    monkeypatch: pytest.MonkeyPatch,
    gate: str,
    changes: Mapping[str, Any],
) -> None:
    outcome = run(prod, candidate, monkeypatch, ECLUSE_GATES=rules(**changes))
    assert not outcome.released
    assert gate in failed(outcome)


def test_a_model_without_skill_is_refused_as_a_command(prod: RunningEnvironment) -> None:
    train(prod, Training("e" * 40, estimator=DummyClassifier(strategy="prior")))
    code, outcome = as_command(prod, "e" * 40)
    assert (code, outcome["released"]) == (1, False)
    refused = {gate["name"] for gate in outcome["gates"] if not gate["passed"]}
    assert {"floor", "baseline"} <= refused


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (Training("1" * 40, format="cloudpickle"), "stored as cloudpickle"),
        (Training("2" * 40, finish=False), "no finished training run"),
        (Training("3" * 40, tags={"ecluse.environment": "dev"}), "no finished training run"),
        (
            Training("4" * 40, tags={"ecluse.data_version": "other"}),
            "read data version other, and .* has landed",
        ),
    ],
)
def test_an_unusable_run_is_refused(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, job: Training, reason: str
) -> None:
    train(prod, job)
    with pytest.raises(Exception, match=reason):
        run(prod, job.commit, monkeypatch)


def copies_the_target(day: str) -> pl.DataFrame:
    """Customers with the target as an input, under another name."""
    return customers(day).with_columns(pl.col("churn").cast(pl.Float64).alias("age"))


def test_what_a_model_is_judged_by_is_not_its_trainings_word(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that copies an input became champion, since its training called that input the target."""
    tags = {"ecluse.target": "age", "ecluse.id_column": "country", "ecluse.holdout": '["2026-01-01"]'}
    train(
        prod,
        Training(
            "7" * 40,
            data=replace(CUSTOMERS, table=copies_the_target),
            tags={**tags, "ecluse.data_version": version_of(CUSTOMERS)},
        ),
    )
    assert {"floor", "baseline"} <= failed(run(prod, "7" * 40, monkeypatch))


def test_no_training_opens_the_holdout(prod: RunningEnvironment) -> None:
    """The credential of a training is a signature for the container of training data."""
    url = prod.store.url("data", "read")
    assert landing(url).contents()
    with pytest.raises(BlobError):
        landing(url.replace("/data?", "/holdout?")).contents()


@pytest.mark.parametrize(
    ("contract", "reason"),
    [
        ({"target": "left"}, "no target column 'left'; correct contract.target"),
        ({"target": "age"}, "the model has the input age, which the contract has as target or id"),
        ({"id": "country"}, "the model has the input country, which the contract has as target or id"),
    ],
)
def test_the_contract_is_the_stacks(
    prod: RunningEnvironment,
    candidate: str,
    monkeypatch: pytest.MonkeyPatch,
    contract: Mapping[str, str],
    reason: str,
) -> None:
    asked = json.dumps({"target": "churn", "id": "customer_id", **contract})
    with pytest.raises(Exception, match=reason):
        run(prod, candidate, monkeypatch, ECLUSE_CONTRACT=asked)


def test_an_unknown_commit_is_refused(prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="no finished training run of commit 9999"):
        run(prod, "9" * 40, monkeypatch)


def test_a_training_token_cannot_release(
    prod: RunningEnvironment, candidate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Exception, match="403"):
        run(prod, candidate, monkeypatch, MLFLOW_TRACKING_TOKEN=prod.forge.ci())
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.person())
    assert champion(prod) != candidate


def test_a_champion_of_another_key_is_not_met(
    prod: RunningEnvironment, candidate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal, match="not signed by this environment's release key"):
        run(prod, candidate, monkeypatch, ECLUSE_SIGNING_KEY=key_pair()[0])


def test_a_server_that_does_not_reload_keeps_the_former(
    prod: RunningEnvironment, candidate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = champion(prod)
    down = {
        "ECLUSE_SERVING_URL": "http://127.0.0.1:9",
        "ECLUSE_SERVING_TOKEN": "t",
        "ECLUSE_SERVING_REPLICAS": "1",
    }
    with pytest.raises(Refusal, match=r"is not champion: the model server gave no answer .* is again"):
        run(prod, candidate, monkeypatch, **down)
    assert champion(prod) == before
