"""MLflow's last minor version becomes the present one, with its data on PostgreSQL, and back by a backup.

`prepare` is run by both versions, as the Job of each release of the platform does.
"""

import http.client
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.core.azurite import artifacts_of
from tests.identity.mlflow_clients import former_server_python
from tests.identity.postgres import Postgres, postgres
from tests.identity.tracking import GRANTS, TRACKING, TokenIssuer, identity_document
from tests.processes import free_port, python_environment, running

PYTHON = Path(__file__).parents[2]
FORMER = "3.16.1"
USE_CASE = "bank-churn"
DATABASES = ("tracking", "auth")
WRITE = f"""
from mlflow import MlflowClient

client = MlflowClient()
experiment = client.get_experiment_by_name("{USE_CASE}").experiment_id
run = client.create_run(experiment).info.run_id
client.log_metric(run, "roc_auc", 0.875)
client.log_param(run, "rows", "8000")
client.set_terminated(run)
model = client.create_logged_model(experiment, source_run_id=run).model_id
signed = {{"ecluse.manifest": "signed"}}
version = client.create_model_version("{USE_CASE}", f"models:/{{model}}", run, tags=signed)
client.set_registered_model_alias("{USE_CASE}", "champion", version.version)
"""
READ = f"""
import json
from mlflow import MlflowClient, __version__

client = MlflowClient()
champion = client.get_model_version_by_alias("{USE_CASE}", "champion")
run = client.get_run(champion.run_id)
print(json.dumps([__version__, run.info.status, run.data.metrics, run.data.params, champion.tags]))
"""
KEPT = ["FINISHED", {"roc_auc": 0.875}, {"rows": "8000"}, {"ecluse.manifest": "signed"}]


@dataclass(frozen=True)
class Upgraded:
    """A server whose databases MLflow's former version has made and filled."""

    server: Postgres
    former: str

    def uris(self, suffix: str = "") -> dict[str, str]:
        """The platform's databases, or copies of them."""
        uri = {name: self.server.uri("tracking", name + suffix) for name in DATABASES}
        return {f"ECLUSE_{name.upper()}_DATABASE": uri[name] for name in DATABASES} | {"PGPASSWORD": "test"}

    def run(self, python: str, *words: str, suffix: str = "") -> subprocess.CompletedProcess[str]:
        """Runs Python of one of the versions, with the platform's packages and these databases."""
        uris = self.uris(suffix)
        environ = {
            **{"PATH": "/usr/bin:/bin", "HOME": str(self.server.folder), "PYTHONPATH": str(PYTHON), **uris},
            **{"ECLUSE_GRANTS": json.dumps(GRANTS), "ECLUSE_ARTIFACTS": artifacts_of("prod")},
            **{"MLFLOW_TRACKING_URI": uris["ECLUSE_TRACKING_DATABASE"], "MLFLOW_WORKSPACE": USE_CASE},
            "MLFLOW_ENABLE_WORKSPACES": "true",
        }
        command = [python, "-W", "ignore", *words]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=180)

    def done(self, python: str, *words: str, suffix: str = "") -> str:
        """What such a run prints last, which must succeed."""
        ended = self.run(python, *words, suffix=suffix)
        assert ended.returncode == 0, ended.stderr[-3000:]
        return ended.stdout.strip().splitlines()[-1] if ended.stdout.strip() else ""


@pytest.fixture(scope="module")
def upgraded() -> Iterator[Upgraded]:
    """Databases that were filled, copied as a backup, and then migrated."""
    former = former_server_python(FORMER)
    with postgres() as server:
        server.run("CREATE ROLE tracking LOGIN PASSWORD 'test'")
        for name in DATABASES:
            server.run(f"CREATE DATABASE {name} OWNER tracking")
        made = Upgraded(server, former)
        made.done(former, "-m", "ecluse_identity.prepare")
        made.done(former, "-c", WRITE)
        for name in DATABASES:
            server.run(f"CREATE DATABASE {name}_backup TEMPLATE {name} OWNER tracking")
        made.done(sys.executable, "-m", "ecluse_identity.prepare")
        yield made


def test_every_record_is_kept(upgraded: Upgraded) -> None:
    version, *kept = json.loads(upgraded.done(sys.executable, "-c", READ))
    assert version != FORMER
    assert kept == KEPT


def test_the_present_server_serves_it_to_whom_was_granted(upgraded: Upgraded, tmp_path: Path) -> None:
    port, forge = free_port(), TokenIssuer("http://forge.test")
    workloads = TokenIssuer("https://prod.ecluse.local", "workload-1")
    environ = python_environment(
        ECLUSE_ENVIRONMENT="prod",
        ECLUSE_PORT=str(port),
        ECLUSE_IDENTITY=identity_document(forge.issuer, "http://127.0.0.1:9/k", workloads.jwks(), TRACKING),
        ECLUSE_SESSION_KEY=secrets.token_urlsafe(32),
        ECLUSE_ARTIFACTS=artifacts_of("prod"),
        **upgraded.uris(),
    )

    def champion(token: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        path = f"/api/2.0/mlflow/registered-models/alias?name={USE_CASE}&alias=champion"
        headers = {"Authorization": f"Bearer {token}", "X-MLFLOW-WORKSPACE": USE_CASE}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    command = [sys.executable, "-W", "ignore", "-m", "ecluse_identity.serve"]
    with running(command, environ, f"http://127.0.0.1:{port}/health", tmp_path / "server.log"):
        status, found = champion(workloads.workload("serve"))
        assert (status, json.loads(found)["model_version"]["version"]) == (200, "1")
        # Who had no grant before has none after it.
        assert champion(workloads.workload("serve", use_case="other-case"))[0] == 401


def test_the_former_version_refuses_what_was_migrated(upgraded: Upgraded) -> None:
    ended = upgraded.run(upgraded.former, "-m", "ecluse_identity.prepare")
    assert ended.returncode != 0
    assert "Can't locate revision" in ended.stderr


def test_a_rollback_is_the_backup_under_the_former_version(upgraded: Upgraded) -> None:
    version, *kept = json.loads(upgraded.done(upgraded.former, "-c", READ, suffix="_backup"))
    assert (version, kept) == (FORMER, KEPT)
    upgraded.done(upgraded.former, "-m", "ecluse_identity.prepare", suffix="_backup")
