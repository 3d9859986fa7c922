"""Releases against a real tracking server and blob store: what becomes champion, and all that does not."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from sklearn.dummy import DummyClassifier

from ecluse_core.container import BlobError
from ecluse_models.model import ModelError
from ecluse_release.champion import Champion, load
from ecluse_release.judge import Refusal
from ecluse_release.manifest import public_keys, read
from ecluse_release.release import Outcome, release
from ecluse_release.repair import RepairSettings, repair
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
    pipeline,
    release_variables,
    train,
    version_of,
)

PRIVATE, PUBLIC = key_pair()
GOOD, SECOND, WORSE = "a" * 40, "b" * 40, "c" * 40
LENIENT: Mapping[str, float] = {
    "floor": 0.5,
    "baseline_margin": 0.0,
    "max_brier": 1.0,
    "max_slope_error": 1.0,
    "max_intercept_error": 5.0,
}


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
    assert {gate["name"] for gate in outcome["gates"]} >= {"floor", "baseline", "brier", "calibration slope"}

    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.person())
    version = MlflowClient(prod.url).get_model_version_by_alias("bank-churn", "champion")
    statement = read(version.tags["ecluse.manifest"], public_keys(PUBLIC))
    assert (statement.model_id, statement.commit, statement.environment) == (model_id, GOOD, "prod")
    assert statement.format == "skops"
    assert {"MLmodel", "model.skops"} <= set(statement.files)
    assert version.source == f"models:/{model_id}"

    again = run(prod, GOOD, monkeypatch)
    assert (again.released, again.unchanged, again.version) == (True, True, outcome["version"])

    # What the former key has signed is released again by the next, and back: later tests have the first.
    new_private, new_public = key_pair()
    for pem, alone in ((new_private + PUBLIC, new_public), (PRIVATE + new_public, PUBLIC)):
        rotated = run(prod, GOOD, monkeypatch, ECLUSE_SIGNING_KEY=pem)
        assert (rotated.released, rotated.unchanged) == (True, False)
        version = MlflowClient(prod.url).get_model_version_by_alias("bank-churn", "champion")
        assert (str(version.version), version.run_id) == (rotated.version, statement.run_id)
        assert read(version.tags["ecluse.manifest"], public_keys(alone)).model_id == model_id


def as_training(
    environment: RunningEnvironment, method: str, path: str, body: bytes | Iterable[bytes] = b"x"
) -> tuple[int, str]:
    """Status and body of a request that a training job sends."""
    headers = {"Authorization": f"Bearer {environment.forge.ci()}", "X-MLFLOW-WORKSPACE": "bank-churn"}
    headers |= {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection(environment.url.removeprefix("http://"), timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def champions_files(environment: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """The path of the champion's files, of its run's files, and the id of the run."""
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", environment.forge.ci())
    client = MlflowClient(environment.url)
    version = client.get_model_version_by_alias("bank-churn", "champion")
    model = client.get_logged_model((version.source or "").removeprefix("models:/"))
    places = str(model.artifact_location), str(client.get_run(version.run_id or "").info.artifact_uri)
    of_model, of_run = (place.removeprefix("mlflow-artifacts:/") for place in places)
    return of_model, of_run, str(version.run_id)


def test_a_released_models_files_are_final(prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """One PUT to the champion's folder stopped every later release."""
    model, of_run, run_id = champions_files(prod, monkeypatch)
    proxy, upload = "/api/2.0/mlflow-artifacts/artifacts", "/ajax-api/2.0/mlflow/upload-artifact"
    encoded = model.replace("m-", "%256d-").replace("/models/", "/%2e/models//")
    for method, path in (
        ("PUT", f"{proxy}/{model}/MLmodel"),
        ("PUT", f"{proxy}/{model}/extra"),
        ("PUT", f"/ajax-api/2.0/mlflow-artifacts/artifacts/{model}/MLmodel"),
        ("PUT", f"{proxy}/{of_run}/baseline.json"),
        ("POST", f"{upload}?run_uuid={run_id}&path=baseline.json"),
    ):
        status, text = as_training(prod, method, path)
        assert (status, "is released, and its files are final" in text) == (403, True), (path, text)
    for method, path in (
        ("PUT", f"{proxy}/{encoded}/MLmodel"),
        ("DELETE", f"{proxy}/{model}"),
        ("DELETE", f"{proxy}/{model.split('/')[0]}"),
    ):
        assert as_training(prod, method, path)[0] in (400, 403, 404, 405), path
    for path in (
        f"/api/2.0/mlflow-artifacts/mpu/create/{model}/MLmodel",
        "/api/2.0/mlflow/artifacts/presigned-upload-url",
        "/api/2.0/mlflow/artifacts/presigned-download-url",
    ):
        assert as_training(prod, "POST", path)[0] == 501, path
    assert run(prod, GOOD, monkeypatch).unchanged


def test_a_champion_is_not_deleted_and_a_status_stops_no_release(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _, run_id = champions_files(prod, monkeypatch)
    experiment, model_id = model.split("/")[0], model.split("/")[-2]
    for method, path, body in (
        ("POST", "runs/delete", {"run_id": run_id}),
        ("POST", "experiments/delete", {"experiment_id": experiment}),
        ("DELETE", f"logged-models/{model_id}", {}),
    ):
        status, text = as_training(prod, method, f"/api/2.0/mlflow/{path}", json.dumps(body).encode())
        assert status == 403, (path, text)
    failed_upload = json.dumps({"model_id": model_id, "status": "LOGGED_MODEL_UPLOAD_FAILED"}).encode()
    as_training(prod, "PATCH", f"/api/2.0/mlflow/logged-models/{model_id}", failed_upload)
    commit = "9" * 39 + "c"
    train(prod, Training(commit))
    assert run(prod, commit, monkeypatch).released


def test_a_slow_body_does_not_outlast_a_release(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that began before the release ends after it."""
    commit = "9" * 39 + "a"
    model_id = train(prod, Training(commit))
    place = MlflowClient(prod.url).get_logged_model(model_id).artifact_location
    path = f"/api/2.0/mlflow-artifacts/artifacts/{place.removeprefix('mlflow-artifacts:/')}/MLmodel"

    def body() -> Iterator[bytes]:
        yield b"flavors: "
        assert run(prod, commit, monkeypatch).released
        yield b"{}"

    with contextlib.suppress(http.client.HTTPException, OSError):
        assert as_training(prod, "PUT", path, body())[0] >= 400
    train(prod, Training(commit[:-1] + "b"))
    assert run(prod, commit[:-1] + "b", monkeypatch).released


def test_the_next_champion_must_not_be_worse(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(prod, Training(SECOND))
    assert run(prod, SECOND, monkeypatch).released
    train(prod, Training(WORSE, rows=200))
    outcome = run(prod, WORSE, monkeypatch, ECLUSE_GATES=rules(**LENIENT))
    assert failed(outcome) == {"non-inferiority", "creep"}
    assert champion(prod) == SECOND


def test_small_losses_do_not_add_up(prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The champion is a worse one, which was let in; its like is as good as it, and worse than the best."""
    less, like = "c" * 39 + "3", "c" * 39 + "4"
    for commit in (less, like):
        train(prod, Training(commit, rows=200))
    wide = rules(**LENIENT, non_inferiority_margin=0.5)
    assert run(prod, less, monkeypatch, ECLUSE_GATES=wide).released
    outcome = run(prod, like, monkeypatch, ECLUSE_GATES=rules(**LENIENT))
    met = {gate.name: gate for gate in outcome.gates}
    assert failed(outcome) == {"creep"}
    assert met["non-inferiority"].value == 0
    assert "less that of version 1 (the best of a year) on the same rows" in met["creep"].reason
    assert "improve the model: it is worse than version 1" in met["creep"].fix

    def without_the_first(client: MlflowClient, version: ModelVersion, *of: Any) -> Champion:
        if str(version.version) == "1":
            raise ModelError("model.skops is not there")
        return load(client, version, *of)

    monkeypatch.setattr("ecluse_release.release.load", without_the_first)
    gone = run(prod, like, monkeypatch, ECLUSE_GATES=rules(**LENIENT)).gates[-1]
    assert (gone.name, gone.result, gone.passed) == ("creep", "undecided", False)
    assert gone.reason == "version 1 (the best of a year) cannot be met: model.skops is not there"
    assert gone.fix.startswith("bring back what it lacks") and "undecided: pass" in gone.fix
    assert "delete" not in gone.fix


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
        ("brier", {"max_brier": 0.01}),
        ("calibration slope", {"max_slope_error": 0.0}),
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
    assert landing(url).files().contents
    with pytest.raises(BlobError):
        landing(url.replace("/data?", "/holdout?")).files()


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


def test_a_job_cannot_train_in_the_name_of_another_commit(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, other = "8" * 40, "f" * 40
    train(prod, Training(commit, token=prod.forge.ci(sha=other)))
    with pytest.raises(RunError, match=f"was trained by a job of commit {other}; train commit {commit}"):
        run(prod, commit, monkeypatch)
    # Nor does it hide what a job of the commit has trained.
    train(prod, Training(commit))
    train(prod, Training(commit, estimator=DummyClassifier(), token=prod.forge.ci(sha=other)))
    assert run(prod, commit, monkeypatch).released


def test_what_a_server_could_not_score_is_refused(
    prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its steps hand on tables of pandas, which a model server does not have; the alias stays."""
    before = champion(prod)
    train(prod, Training("8" * 40, estimator=pipeline().set_output(transform="pandas")))
    with pytest.raises(ModelError, match=r"server could not score a single row: .*pandas"):
        run(prod, "8" * 40, monkeypatch)
    assert champion(prod) == before


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


@pytest.fixture
def repairing(prod: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> RepairSettings:
    """The settings of a repair, in this process."""
    for name, value in release_variables(prod, GOOD, PRIVATE).items():
        monkeypatch.setenv(name, value)
    return RepairSettings.read(os.environ)


def test_a_champion_that_nobody_released_is_repaired(
    prod: RunningEnvironment, repairing: RepairSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In dev one line of MLflow made such a champion, and every later release was refused."""
    assert not repair(repairing).changed
    client, commit = MlflowClient(), "c" * 39 + "1"
    whole = client.get_model_version_by_alias("bank-churn", "champion").version
    model_id = train(prod, Training(commit))
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci("release"))
    stray = client.create_model_version("bank-churn", f"models:/{model_id}", model_id=model_id)
    client.set_registered_model_alias("bank-churn", "champion", stray.version)
    with pytest.raises(
        Refusal, match=r"cannot be met: .*; put the alias on a whole version by `npx ecluse repair"
    ):
        run(prod, commit, monkeypatch)

    done = repair(repairing)
    # The newest that is as it was signed; one of them its server did not load in time.
    assert (done.changed, list(done.refused)) == (True, [str(stray.version)])
    assert "not signed by this environment's release key" in done.refused[str(stray.version)]
    assert done.champion and int(done.champion) >= int(whole) and champion(prod) != commit


def test_a_manifest_of_another_version_is_none(
    prod: RunningEnvironment, repairing: RepairSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may write to the registry could give a released manifest to another model."""
    model_id = train(prod, Training("c" * 39 + "2"))
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci("release"))
    client = MlflowClient()
    whole = client.get_model_version_by_alias("bank-churn", "champion")
    signed = {"ecluse.manifest": whole.tags["ecluse.manifest"]}
    source = f"models:/{model_id}"
    copied = client.create_model_version("bank-churn", source, tags=signed, model_id=model_id)
    client.set_registered_model_alias("bank-churn", "champion", copied.version)
    done = repair(repairing)
    assert done.changed and done.champion not in (None, str(copied.version))
    assert "not of this version" in done.refused[str(copied.version)]
