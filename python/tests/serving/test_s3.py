"""The chain on S3 in the place of Azure: artifacts, landed data, the log and what the monitor reads.

The store's certificate is of an authority of its own, as in a cluster: MLflow's clients do not trust it,
since `requests` reads no SSL_CERT_FILE. So whatever of theirs works here went through the tracking server.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests
from mlflow import MlflowClient

from ecluse_core.landing import Landing
from ecluse_core.opening import open_container
from ecluse_models.download import download_model
from ecluse_release.release import release
from ecluse_release.settings import Settings
from tests.core.azurite import Azurite
from tests.core.s3 import REGION, S3, s3_server
from tests.identity.tls import Certificates, certificates
from tests.identity.tracking import (
    GRANTS,
    SERVING,
    TRACKING,
    WORKLOADS,
    RunningEnvironment,
    TokenIssuer,
    identity_document,
    jwks_server,
)
from tests.monitor.conftest import read_day
from tests.processes import free_port, python_environment, running
from tests.release.training import USE_CASE, Training, land, release_variables, train
from tests.serving.server import PRIVATE, RECORD, model_server, score

COMMIT = "a" * 40


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    """The authority of the store's certificate, known to all that open containers here."""
    made = certificates(Path(tmp_path_factory.mktemp("tls")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(made.authority))
        yield made


@pytest.fixture(scope="module")
def s3(authority: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """An S3 server with an environment's buckets."""
    folder = Path(tmp_path_factory.mktemp("s3"))
    with s3_server(folder, "artifacts", "data", "holdout", "inference", tls=authority) as server:
        yield server


@pytest.fixture(scope="module")
def prod(
    s3: S3, authority: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningEnvironment]:
    """A production environment's tracking server that keeps artifacts on S3."""
    folder = Path(tmp_path_factory.mktemp("prod"))
    forge, workloads = TokenIssuer("http://forge.test"), TokenIssuer(WORKLOADS, "workload-1")
    port = free_port()
    python = [sys.executable, "-W", "ignore", "-m"]
    with jwks_server(forge.jwks()) as jwks_uri:
        environ = python_environment(
            ECLUSE_ENVIRONMENT="prod",
            ECLUSE_HOST="127.0.0.1",
            ECLUSE_PORT=str(port),
            ECLUSE_IDENTITY=identity_document(forge.issuer, jwks_uri, workloads.jwks(), TRACKING),
            ECLUSE_SESSION_KEY=secrets.token_urlsafe(32),
            ECLUSE_TRACKING_DATABASE=f"sqlite:///{folder}/tracking.db",
            ECLUSE_AUTH_DATABASE=f"sqlite:///{folder}/auth.db",
            ECLUSE_ARTIFACTS="s3://artifacts/mlflow",
            ECLUSE_GRANTS=json.dumps(GRANTS),
            MLFLOW_S3_ENDPOINT_URL=s3.endpoint,
            AWS_DEFAULT_REGION=REGION,
            AWS_CA_BUNDLE=str(authority.authority),
            **s3.environ(),
        )
        subprocess.run([*python, "ecluse_identity.prepare"], env=environ, check=True, timeout=120)
        identity = identity_document(forge.issuer, jwks_uri, workloads.jwks(), SERVING)
        url = f"http://127.0.0.1:{port}"
        with running([*python, "ecluse_identity.serve"], environ, f"{url}/health", folder / "server.log"):
            # Helpers ask it for URLs, which the tests replace by those of S3.
            no_account = Azurite("", "none", key="bm9uZQ==")
            yield RunningEnvironment(url, forge, workloads, identity, no_account, folder)


@pytest.fixture(scope="module")
def model_id(prod: RunningEnvironment) -> str:
    """A model that a training job logged."""
    return train(prod, Training(COMMIT))


def test_artifacts_are_kept_and_read_through_the_tracking_server(
    prod: RunningEnvironment, s3: S3, model_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci())
    client = MlflowClient(prod.url)
    experiment = client.get_experiment_by_name(USE_CASE)
    assert experiment is not None
    run_id = str(client.search_runs([experiment.experiment_id])[0].info.run_id)
    client.log_text(run_id, "kept", "notes/a.txt")
    assert Path(client.download_artifacts(run_id, "notes/a.txt", str(tmp_path))).read_text() == "kept"
    kept = open_container("URL", s3.environ(URL="artifacts")).etags("mlflow")
    assert {name.rpartition("/")[2] for name in kept} >= {"a.txt", "model.skops", "MLmodel"}
    assert any(model_id in name for name in kept)


@pytest.mark.parametrize("asked", [None, "true"])
def test_a_model_is_fetched_through_the_tracking_server(
    prod: RunningEnvironment,
    model_id: str,
    asked: str | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A stock client with no variable of its own, and one that asks for the store's address."""
    if asked:
        monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", asked)
        monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", asked)
        monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", "1")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci())
    client = MlflowClient(prod.url)
    folder = download_model(client, model_id, tmp_path / "model")
    assert (folder / "MLmodel").is_file() and (folder / "model.skops").stat().st_size > 1000
    run_id = str(client.get_logged_model(model_id).source_run_id)
    client.log_text(run_id, "kept", "asked.txt")
    assert client.download_artifacts(run_id, "asked.txt", str(tmp_path))


def test_no_caller_gets_an_address_of_the_store(
    prod: RunningEnvironment, model_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = prod.forge.ci()
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", token)
    headers = {"Authorization": f"Bearer {token}", "X-MLFLOW-WORKSPACE": USE_CASE}
    location = MlflowClient(prod.url).get_logged_model(model_id).artifact_location
    file = f"{location.removeprefix('mlflow-artifacts:/')}/MLmodel"
    for api in ("api", "ajax-api"):
        info = requests.get(f"{prod.url}/{api}/3.0/mlflow/server-info", headers=headers).json()
        assert [info[f"multipart_{each}_enabled"] for each in ("uploads", "downloads")] == [False, False]
        for path in (f"presigned/{file}", f"%70resigned/{file}", f"/presigned//{file}"):
            answer = requests.get(f"{prod.url}/{api}/2.0/mlflow-artifacts/{path}", headers=headers)
            assert (answer.status_code, "X-Amz" in answer.text) == (501, False), answer.text


def test_a_release_serves_and_the_monitor_reads_what_was_served(
    prod: RunningEnvironment, s3: S3, model_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    buckets = {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]} | s3.environ(
        ECLUSE_DATA_URL="data", ECLUSE_HOLDOUT_URL="holdout", ECLUSE_INFERENCE_URL="inference"
    )
    inference_url = buckets.pop("ECLUSE_INFERENCE_URL")
    places = [open_container(f"ECLUSE_{name}_URL", buckets) for name in ("DATA", "HOLDOUT")]
    training, holdout = (Landing(place, USE_CASE) for place in places)
    land(training, holdout)
    with model_server(prod, tmp_path, inference_url, **buckets) as server:
        variables = release_variables(prod, COMMIT, PRIVATE, **buckets)
        variables["ECLUSE_SERVING_URL"] = server.url
        variables["ECLUSE_SERVING_TOKEN"] = prod.forge.ci("release", SERVING)
        variables["ECLUSE_SERVING_REPLICAS"] = "1"
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert release(Settings.read(os.environ)).released, model_id
        monitor = prod.workloads.workload("monitor", SERVING)
        status, answer = score(server, monitor, RECORD, time="2026-04-01T12:00:00Z")
    assert status == 200, answer
    inference = open_container("URL", {**buckets, "URL": inference_url})
    day = read_day(inference, USE_CASE, date(2026, 4, 1))
    assert day["prediction_id"].to_list() == [item["prediction_id"] for item in answer["predictions"]]
    assert day["input_age"].to_list() == [RECORD["age"]]
