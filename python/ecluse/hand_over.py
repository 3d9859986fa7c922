"""Has a pod of the environment train: a job makes the run, and waits until a pod has logged into it.

The run is the job's, whose verified token names the commit, so that a release takes it. A pod's own token
names none. It lives for a day, though, which a job's need not.
"""

import json
import os
import time
from pathlib import Path
from typing import Any, Final

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Run

from ecluse_core.verified import COMMIT

from .errors import KitError
from .train import of_the_job
from .usecase import name, setting

BASELINE_CHECKS: Final = 30
"""How often a finished run is looked at for its baseline, which comes last."""


def hand_over(pause: float = 10) -> dict[str, Any]:
    """Makes the run, says how to start its pod, and waits; writes `model.json` and returns what it holds.

    Raises KitError where the pod's training failed. `pause` is in seconds, between two looks.
    """
    setting("CI_COMMIT_SHA")
    client = MlflowClient()
    experiment = mlflow.set_experiment(name())
    run = client.create_run(experiment.experiment_id, tags=of_the_job())
    print(start_of(run.info.run_id), flush=True)
    done = _finished(client, run.info.run_id, pause)
    models = [output.model_id for output in done.outputs.model_outputs] if done.outputs else []
    if len(models) != 1:
        raise KitError(
            f"run {done.info.run_id} has {len(models)} models: start one pod for it, by a new pipeline"
        )
    found = {"run_id": done.info.run_id, "model_id": models[0], "metrics": done.data.metrics}
    Path("model.json").write_text(json.dumps(found, indent=1) + "\n")
    return found


def start_of(run_id: str) -> str:
    """What starts the pod of a run, for a person with rights in the namespace."""
    # As `namespaces` of components/naming.ts has it.
    namespace = f"{setting('ECLUSE_ENVIRONMENT')}-{name()}-ci"
    job = f"train-{run_id[:8]}"
    image = f"{os.environ.get('CI_REGISTRY_IMAGE', 'IMAGE')}:{setting('CI_COMMIT_SHA')}"
    return f"""The training is a pod's. Start it; this job goes on when it is done:

kubectl create job {job} --from=cronjob/train --namespace {namespace} --dry-run=client --output yaml |
  kubectl set image --local --filename - train={image} --output yaml |
  kubectl set env --local --filename - MLFLOW_RUN_ID={run_id} --output yaml |
  kubectl create --filename -

Where no pod comes, `kubectl describe job {job} --namespace {namespace}` says why, such as the quota."""


def _finished(client: MlflowClient, run_id: str, pause: float) -> Run:
    without = 0
    while without < BASELINE_CHECKS:
        run = client.get_run(run_id)
        if run.info.status in ("FAILED", "KILLED"):
            raise KitError(f"the training of run {run_id} failed: its pod's log says why")
        if run.info.status == "FINISHED":
            if client.list_artifacts(run_id, "monitor"):
                return run
            without += 1
        time.sleep(pause)
    raise KitError(f"run {run_id} has no baseline of the monitor: its pod's log says why")


def require_own_run() -> None:
    """Raises KitError where this pod is to log into the run of another commit, or into one that is over."""
    run_id = os.environ.get("MLFLOW_RUN_ID")
    if not run_id:
        return
    run = MlflowClient().get_run(run_id)
    commit, built = run.data.tags.get(COMMIT), os.environ.get("ECLUSE_BUILT_FROM")
    if commit != built:
        raise KitError(
            f"run {run_id} is of commit {commit}, and this image of {built}: "
            "start the pod with the image of the run's commit"
        )
    if run.info.status != "RUNNING":
        raise KitError(
            f"run {run_id} is {run.info.status}: each training has a run of its own, by a new pipeline"
        )
