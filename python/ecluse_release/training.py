"""The finished training run of a commit."""

from collections.abc import Collection
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Run


class RunError(Exception):
    """No usable training run; the message says what is wrong with it."""


@dataclass(frozen=True)
class TrainingRun:
    """A training run. Its tags are what the training said, so nothing is judged by them.

    `data_version` is the data that it says to have read, which the release compares with what has landed.
    """

    run_id: str
    model_id: str
    commit: str
    data_version: str


def _tag(run: Run, name: str) -> str:
    value = run.data.tags.get(name, "")
    if not value:
        raise RunError(f"the training run has no tag {name}; training must set it")
    return str(value)


def describe(run: Run) -> TrainingRun:
    """Its one logged model, and what it was trained from; raises RunError."""
    models = [output.model_id for output in run.outputs.model_outputs] if run.outputs else []
    if len(models) != 1:
        raise RunError(f"run {run.info.run_id} has {len(models)} logged models; it needs exactly one")
    lineage = _tag(run, "ecluse.commit"), _tag(run, "ecluse.data_version")
    return TrainingRun(run.info.run_id, models[0], *lineage)


def find_run(
    client: MlflowClient, use_case: str, environment: str, commit: str, trainers: Collection[str]
) -> TrainingRun:
    """The newest finished training run of a commit in this environment; raises RunError.

    Also when its user is none of `trainers`: the tracking server puts the verified caller there
    (`ecluse_identity.app`).
    """
    experiment = client.get_experiment_by_name(use_case)
    if experiment is None:
        raise RunError(f"there is no experiment {use_case!r}")
    wanted = f"tags.`ecluse.commit` = '{commit}' AND tags.`ecluse.environment` = '{environment}'"
    runs = client.search_runs(
        [experiment.experiment_id],
        f"{wanted} AND attributes.status = 'FINISHED'",
        max_results=1,
        order_by=["attributes.start_time DESC"],
    )
    if not runs:
        raise RunError(f"no finished training run of commit {commit} with ecluse.environment={environment}")
    user = runs[0].info.user_id
    if user not in trainers:
        raise RunError(
            f"run {runs[0].info.run_id} is of user {user!r}, not of {' or '.join(sorted(trainers))}; "
            f"train commit {commit} by the pipeline of {environment}"
        )
    return describe(runs[0])
