"""What tests of the model server need: one that runs, and requests to it."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from ecluse_release.manifest import public_keys
from ecluse_release.release import release
from ecluse_release.settings import Settings
from ecluse_serving.champion import Source
from ecluse_serving.registry import Registry
from tests.identity.tracking import SERVING, RunningEnvironment
from tests.processes import free_port, python_environment, running
from tests.release.training import USE_CASE, key_pair, release_variables

PRIVATE, PUBLIC = key_pair()
RECORD = {"id": "c-1", "age": 50.0, "balance": None, "products": 1, "country": "France"}


@dataclass(frozen=True)
class Running:
    """A running model server."""

    url: str
    source: Source
    log: Path

    def call(
        self, path: str, token: str | None = None, body: object = None, method: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one request."""
        return self.ask(path, token, body, method)[:2]

    def ask(
        self,
        path: str,
        token: str | None = None,
        body: object = None,
        method: str | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, Any], Message]:
        """Status, JSON and headers; those of the request have _ in the place of -."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            given["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}{path}", data, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read()), response.headers
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read()), error.headers


def score(server: Running, token: str | None, *records: Any, **others: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON of a batch; a good record where none is given."""
    return server.call("/score", token, {"records": list(records or [RECORD]), **others})


def do_release(prod: RunningEnvironment, commit: str, server: Running) -> None:
    """Releases what a commit trained through a running server."""
    with pytest.MonkeyPatch.context() as patch:
        token = prod.forge.ci("release", SERVING)
        places = {
            "ECLUSE_SERVING_URL": server.url,
            "ECLUSE_SERVING_TOKEN": token,
            "ECLUSE_SERVING_REPLICAS": "1",
        }
        variables = release_variables(prod, commit, PRIVATE, **places)
        for name, value in variables.items():
            patch.setenv(name, value)
        outcome = release(Settings.read(variables))
    assert outcome.released, outcome


@contextmanager
def model_server(
    prod: RunningEnvironment,
    folder: Path,
    inference_url: str,
    module: str = "ecluse_serving",
    **variables: str,
) -> Generator[Running, None, None]:
    """Runs a model server that logs to this container; `variables` open it where its URL does not."""
    port = free_port()
    token_file = folder / "token"
    token_file.write_text(prod.workloads.workload("serve"))
    environ = python_environment(
        ECLUSE_HOST="127.0.0.1",
        ECLUSE_PORT=str(port),
        ECLUSE_ENVIRONMENT="prod",
        ECLUSE_USE_CASE=USE_CASE,
        ECLUSE_IDENTITY=prod.serving_identity,
        ECLUSE_SERVING_CALLERS='["workload:bank-churn:prod:monitor", "person:*"]',
        ECLUSE_SERVING_BACKDATERS='["workload:bank-churn:prod:monitor"]',
        MLFLOW_TRACKING_URI=prod.url,
        MLFLOW_WORKSPACE=USE_CASE,
        ECLUSE_TRACKING_TOKEN_FILE=str(token_file),
        ECLUSE_SIGNING_PUBLIC_KEY=PUBLIC,
        ECLUSE_INFERENCE_URL=inference_url,
        ECLUSE_SERVING_FOLDER=str(folder / "serving"),
        **variables,
    )
    registry = Registry(prod.url, USE_CASE, token_file)
    source = Source(registry, "prod", USE_CASE, public_keys(PUBLIC))
    scheme = "https" if "ECLUSE_TLS_FOLDER" in variables else "http"
    url, log = f"{scheme}://127.0.0.1:{port}", folder / "log"
    command = [sys.executable, "-W", "ignore", "-m", module]
    with running(command, environ, f"{url}/ready", log):
        yield Running(url, source, log)
