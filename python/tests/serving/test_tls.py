"""The servers of an environment by TLS, and all their clients, which know them by one authority alone."""

import http.client
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import certifi
import mlflow
import pytest

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.settings import Tracked
from ecluse_monitor.tracking import champion
from ecluse_release.reload import ReloadError, require_served
from ecluse_release.settings import Serving
from tests.identity.tls import Certificates, certificates
from tests.identity.tracking import SERVING, RunningEnvironment, environment
from tests.processes import python_environment
from tests.release.training import USE_CASE, Training, land_data, train
from tests.serving.server import Running, do_release, model_server, score

COMMIT = "d" * 40
CERT_PATH = "MLFLOW_TRACKING_SERVER_CERT_PATH"


@dataclass(frozen=True)
class Secured:
    """An environment whose servers speak TLS, with a champion that was released so."""

    tls: Certificates
    prod: RunningEnvironment
    server: Running


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Trains, releases and serves by TLS."""
    folder = Path(tmp_path_factory.mktemp("secured"))
    tls = certificates(Path(tmp_path_factory.mktemp("tls")))
    given = {"ECLUSE_TLS_FOLDER": str(tls.folder), CERT_PATH: str(tls.authority)}
    with pytest.MonkeyPatch.context() as patch:
        # By which the tests' own requests know the servers; no process of the platform gets it.
        patch.setenv("SSL_CERT_FILE", str(tls.authority))
        patch.setenv(CERT_PATH, str(tls.authority))
        with environment(folder, tls) as prod:
            land_data(prod)
            inference = prod.store.url("inference", "write")
            train(prod, Training(COMMIT))
            serving = folder / "serving"
            serving.mkdir()
            with model_server(prod, serving, inference, **given) as server:
                do_release(prod, COMMIT, server)
                yield Secured(tls, prod, server)


def health(url: str, context: ssl.SSLContext) -> int:
    with urllib.request.urlopen(f"{url}/health", timeout=20, context=context) as answer:
        return answer.status


def test_a_released_model_scores(secured: Secured) -> None:
    """The model server fetched it from the tracking server by the authority that its variable names alone."""
    status, answer = score(secured.server, secured.prod.workloads.workload("monitor", SERVING))
    assert (status, answer["model_version"]) == (200, "1"), answer


@pytest.mark.parametrize("place", ["tracking", "serving"])
def test_a_server_is_known_by_its_authority_alone(secured: Secured, place: str, tmp_path: Path) -> None:
    url = secured.prod.url if place == "tracking" else secured.server.url
    assert health(url, ssl.create_default_context(cafile=secured.tls.authority)) == 200
    for stranger in (certificates(tmp_path).authority, certifi.where()):
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            health(url, ssl.create_default_context(cafile=stranger))


@pytest.mark.parametrize("place", ["tracking", "serving"])
def test_a_server_answers_no_plain_http(secured: Secured, place: str) -> None:
    url = secured.prod.url if place == "tracking" else secured.server.url
    connection = http.client.HTTPConnection(url.removeprefix("https://"), timeout=20)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.request("GET", "/health", headers={"Authorization": "Bearer secret"})
        connection.getresponse()


def test_mlflow_trusts_no_other_authority(
    secured: Secured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", secured.prod.forge.ci(sha=COMMIT))
    client = mlflow.MlflowClient(secured.prod.url)
    assert client.get_model_version_by_alias(USE_CASE, "champion").version == "1"
    monkeypatch.setenv(CERT_PATH, str(certificates(tmp_path).authority))
    with pytest.raises(mlflow.MlflowException, match="CERTIFICATE_VERIFY_FAILED"):
        client.get_model_version_by_alias(USE_CASE, "champion")


def tracked(secured: Secured, folder: Path, **authority: str) -> Tracked:
    """The settings of a monitor."""
    token = folder / "token"
    token.write_text(secured.prod.workloads.workload("monitor"))
    return Tracked.read(
        {
            "ECLUSE_USE_CASE": USE_CASE,
            "MLFLOW_TRACKING_URI": secured.prod.url,
            "MLFLOW_WORKSPACE": USE_CASE,
            "ECLUSE_TRACKING_TOKEN_FILE": str(token),
            **authority,
        }
    )


def test_the_monitor_asks_by_the_authority(secured: Secured, tmp_path: Path) -> None:
    # The run has no baseline: what answers 404 has read the request, and so had the token.
    with pytest.raises(MonitorError, match="baseline of the champion's run: HTTP"):
        champion(tracked(secured, tmp_path, **{CERT_PATH: str(secured.tls.authority)}))
    with pytest.raises(MonitorError, match=r"no answer \(SSLError\)"):
        champion(tracked(secured, tmp_path))


def test_a_release_sends_its_token_to_no_other_server(secured: Secured, tmp_path: Path) -> None:
    token = secured.prod.forge.ci("release", SERVING)
    own, other = secured.tls.authority, certificates(tmp_path).authority
    require_served(Serving(secured.server.url, token, 1, 30, own), "1")
    with pytest.raises(ReloadError, match="CERTIFICATE_VERIFY_FAILED"):
        require_served(Serving(secured.server.url, token, 1, 30, other), "1")


@pytest.mark.parametrize("module", ["ecluse_identity.serve", "ecluse_serving"])
def test_a_server_without_its_certificate_does_not_start(module: str, tmp_path: Path) -> None:
    environ = python_environment(ECLUSE_PORT="1", ECLUSE_TLS_FOLDER=str(tmp_path))
    command = [sys.executable, "-W", "ignore", "-m", module]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    words = "ECLUSE_TLS_FOLDER must be a folder with tls.crt and tls.key, PEM, of one key"
    assert f"{words}, got {os.fspath(tmp_path)!r}" in done.stderr


def test_a_client_whose_authority_is_no_file_says_so(secured: Secured, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{CERT_PATH} must be a file of certificates"):
        tracked(secured, tmp_path, **{CERT_PATH: str(tmp_path / "none.crt")})
