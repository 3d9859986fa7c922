"""A training in a pod, as processes: a job makes the run, the pod logs into it, and the release takes it.

The job has the token of its commit, the pod its ServiceAccount's. Both run the reference use case.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ecluse_core.verified import COMMIT as VERIFIED_COMMIT
from ecluse_release.release import release
from ecluse_release.settings import Settings
from ecluse_release.training import RunError
from tests.identity.tracking import RunningEnvironment, environment
from tests.processes import python_environment
from tests.release.training import RULES, USE_CASE, key_pair, release_variables

ROOT = Path(__file__).parents[3]
COMMIT, OTHER = "1a" * 20, "2b" * 20
PRIVATE, _ = key_pair()
KIT = [sys.executable, "-W", "ignore", "-m"]


class Place:
    """A copy of the use case's code, and the variables of whatever trains there."""

    def __init__(self, prod: RunningEnvironment, folder: Path) -> None:
        self.prod = prod
        self.folder = folder
        shutil.copytree(ROOT / "usecases/bank-churn", folder)

    def environ(self, token: str, **more: str) -> dict[str, str]:
        """The environment of a process here."""
        return python_environment(
            ECLUSE_ENVIRONMENT="prod",
            ECLUSE_USE_CASE=USE_CASE,
            ECLUSE_DATA_URL=self.prod.store.url("data", "read"),
            MLFLOW_TRACKING_URI=self.prod.url,
            MLFLOW_WORKSPACE=USE_CASE,
            MLFLOW_TRACKING_TOKEN=token,
            **more,
        )

    def job(self, commit: str = COMMIT) -> "subprocess.Popen[str]":
        """The job of a pipeline, whose training is a pod's."""
        token = self.prod.forge.ci(sha=commit)
        environ = self.environ(token, CI_COMMIT_SHA=commit, CI_PIPELINE_ID="11", CI_REGISTRY_IMAGE="r/churn")
        return subprocess.Popen(
            [*KIT, "ecluse", "train", "--in-pod"],
            cwd=self.folder,
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )

    def pod(self, module: str, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """A command of the pod, to its end."""
        token = self.prod.workloads.workload("train", use_case="bank-churn-ci")
        command = [*KIT, module, *words]
        environ = self.environ(token, **more)
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True)


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """A production environment in which the reference use case has landed its made-up customers."""
    with environment(Path(tmp_path_factory.mktemp("prod"))) as running:
        urls = {
            f"ECLUSE_{each.upper()}_URL": running.store.url(each, "read-write-delete")
            for each in ("data", "holdout")
        }
        environ = python_environment(ECLUSE_ENVIRONMENT="prod", ECLUSE_USE_CASE=USE_CASE, **urls)
        command = [*KIT, "ecluse", "land", "--rows", "4000"]
        subprocess.run(command, cwd=ROOT / "usecases/bank-churn", env=environ, check=True)
        yield running


def started(job: "subprocess.Popen[str]") -> tuple[str, str]:
    """What a job says about its pod, and the run that it names."""
    assert job.stdout is not None
    lines: list[str] = []
    while not lines or "says why" not in lines[-1]:
        lines.append(job.stdout.readline())
        assert lines[-1], "the job ended"
    said = "".join(lines)
    run = re.search("MLFLOW_RUN_ID=([0-9a-f]{32})", said)
    assert run, said
    return said, run[1]


def test_a_pods_training_is_released_in_the_name_of_the_jobs_commit(
    prod: RunningEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_job, in_pod = Place(prod, tmp_path / "job"), Place(prod, tmp_path / "pod")
    job = in_job.job()
    said, run_id = started(job)
    assert (
        f"kubectl create job train-{run_id[:8]} --from=cronjob/train --namespace prod-bank-churn-ci" in said
    )
    assert f"train=r/churn:{COMMIT}" in said

    wrong = in_pod.pod("ecluse", "train", MLFLOW_RUN_ID=run_id, ECLUSE_BUILT_FROM=OTHER)
    assert (wrong.returncode, f"is of commit {COMMIT}, and this image of {OTHER}" in wrong.stderr) == (
        1,
        True,
    )
    done = in_pod.pod("ecluse", "train", MLFLOW_RUN_ID=run_id, ECLUSE_BUILT_FROM=COMMIT)
    assert done.returncode == 0, done.stderr
    again = in_pod.pod("ecluse", "train", MLFLOW_RUN_ID=run_id, ECLUSE_BUILT_FROM=COMMIT)
    assert (again.returncode, "is FINISHED: each training has a run of its own" in again.stderr) == (1, True)
    baseline = in_pod.pod("ecluse_monitor", "baseline")
    assert baseline.returncode == 0, baseline.stdout

    rest, _ = job.communicate(timeout=120)
    assert job.returncode == 0
    model = json.loads((in_job.folder / "model.json").read_text())
    assert (model["run_id"], json.loads(rest)) == (run_id, model)
    assert model["metrics"]["holdout_roc_auc"] > 0.7

    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci())
    monkeypatch.setenv("MLFLOW_WORKSPACE", USE_CASE)
    run = MlflowClient(prod.url).get_run(run_id)
    assert run.info.user_id == "ci:ecluse/bank-churn:prod:train"
    tags = run.data.tags
    assert (tags[VERIFIED_COMMIT], tags["ecluse.commit"], tags["ecluse.pipeline"]) == (COMMIT, COMMIT, "11")
    assert released(prod, COMMIT, monkeypatch)


def test_a_run_that_a_pod_makes_by_itself_is_never_released(
    prod: RunningEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token names no commit: the commit would be the training's own word."""
    pod = Place(prod, tmp_path / "pod")
    done = pod.pod("ecluse", "train", CI_COMMIT_SHA=OTHER)
    assert done.returncode == 0, done.stderr
    with pytest.raises(RunError, match="is of user 'workload:bank-churn:prod:train', not of ci:"):
        released(prod, OTHER, monkeypatch)


def test_a_training_that_fails_in_its_pod_fails_the_job(prod: RunningEnvironment, tmp_path: Path) -> None:
    job = Place(prod, tmp_path / "job").job()
    _, run_id = started(job)
    pod = Place(prod, tmp_path / "pod")
    (pod.folder / "src/bank_churn/model.py").write_text("def build_model():\n    raise MemoryError\n")
    assert pod.pod("ecluse", "train", MLFLOW_RUN_ID=run_id, ECLUSE_BUILT_FROM=COMMIT).returncode == 1
    job.communicate(timeout=120)
    assert job.returncode == 1


def released(prod: RunningEnvironment, commit: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a release takes the commit."""
    contract = json.dumps({"target": "exited", "id": "customer_id"})
    changes = {
        "ECLUSE_CONTRACT": contract,
        "ECLUSE_GATES": json.dumps({**RULES, "floor": 0.7, "segments": []}),
    }
    variables = release_variables(prod, commit, PRIVATE, **changes)
    mlflow.set_tracking_uri(prod.url)  # that of another test would go before the variable
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    outcome = release(Settings.read(variables))
    assert outcome.released, outcome
    return outcome.released
