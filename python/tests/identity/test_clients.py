"""The table of clients in docs/architecture.md: each row is served, with a workspace named and without."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.identity.mlflow_clients import client_python
from tests.identity.tracking import RunningEnvironment

DOCS = Path(__file__).parents[3] / "docs/architecture.md"
VERSIONS = ("2.9.2", "2.22.0", "3.1.0", "3.17.2")
USE_CASE = "bank-churn"
JOB = "ci:ecluse/bank-churn:prod:train"
CODE = f"""
import sys
from mlflow import MlflowClient, __version__

client = MlflowClient()
experiment = client.get_experiment_by_name("{USE_CASE}")
run = client.create_run(experiment.experiment_id)
client.log_metric(run.info.run_id, "roc_auc", 0.9)
client.log_artifact(run.info.run_id, sys.argv[1])
client.set_terminated(run.info.run_id)
found = client.get_run(run.info.run_id)
files = [file.path for file in client.list_artifacts(run.info.run_id)]
print(__version__, found.info.user_id, found.data.metrics, files)
"""


def ask(
    running: RunningEnvironment, version: str, token: str, folder: Path, workspace: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Logs a run by a client of a version, in an environment that has nothing else."""
    file = folder / "model.txt"
    file.write_text("bytes")
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "MLFLOW_TRACKING_URI": running.url,
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        **({"MLFLOW_WORKSPACE": workspace} if workspace else {}),
    }
    command = [client_python(version), "-W", "ignore", "-c", CODE, str(file)]
    return subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("workspace", [None, USE_CASE])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_logs_a_run(
    prod: RunningEnvironment, tmp_path: Path, version: str, workspace: str | None
) -> None:
    done = ask(prod, version, prod.forge.ci(), tmp_path, workspace)
    assert done.stdout.strip().endswith(f"{version} {JOB} {{'roc_auc': 0.9}} ['model.txt']"), done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_person_of_several_workspaces_is_asked_to_name_one(
    prod: RunningEnvironment, tmp_path: Path, version: str
) -> None:
    done = ask(prod, version, prod.forge.person(), tmp_path)
    assert done.returncode == 1
    assert "name a workspace: bank-churn, other-case" in done.stderr


def test_curl_logs_a_run_with_a_workspace_and_without(prod: RunningEnvironment) -> None:
    """curl reads the token from its input: an argument could be read by every user."""

    def curl(path: str, body: object = None, *more: str) -> dict[str, object]:
        lines = [
            f'header = "Authorization: Bearer {prod.forge.ci()}"',
            f'url = "{prod.url}/api/2.0/mlflow/{path}"',
        ]
        if body is not None:
            text = json.dumps(body).replace('"', '\\"')
            lines += [f'data = "{text}"', 'header = "Content-Type: application/json"']
        lines += [f'header = "{header}"' for header in more]
        done = subprocess.run(
            ["curl", "--silent", "--fail-with-body", "--config", "-"],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)

    for more in ((), (f"X-MLFLOW-WORKSPACE: {USE_CASE}",)):
        found = curl(f"experiments/get-by-name?experiment_name={USE_CASE}", None, *more)
        experiment = found["experiment"]["experiment_id"]  # pyright: ignore[reportIndexIssue]
        started = {"experiment_id": experiment, "start_time": int(time.time() * 1000)}
        run = curl("runs/create", started, *more)["run"]
        assert run["info"]["user_id"] == JOB  # pyright: ignore[reportIndexIssue]


def test_the_table_has_a_row_for_each_version() -> None:
    text = DOCS.read_text()
    section = text[text.index("### Clients") :]
    for version in VERSIONS:
        assert f"| MLflow {version} |" in section, version
    assert "| curl |" in section
