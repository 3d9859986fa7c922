"""The finished training run of a commit."""

from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Run

from ecluse_core.verified import COMMIT


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


def find_run(client: MlflowClient, use_case: str, environment: str, commit: str, trainer: str) -> TrainingRun:
    """The newest finished training run of a commit here that the trainer made; raises RunError.

    The tracking server says who made it and for which commit, from the verified token
    (`ecluse_identity.runs`).
    """
    runs = _finished(client, use_case, environment, commit)
    if not runs:
        raise RunError(f"no finished training run of commit {commit} with ecluse.environment={environment}")
    # Others may have made newer runs in its name, which must not hide it.
    wrong = [_wrong(run, commit, trainer) for run in runs]
    found = next((run for run, reason in zip(runs, wrong, strict=True) if reason is None), None)
    if found is None:
        raise RunError(f"{wrong[0]}; train commit {commit} by the pipeline of {environment}")
    return describe(found)


def find_other(
    client: MlflowClient, use_case: str, environment: str, run: TrainingRun, trainer: str
) -> TrainingRun | None:
    """The newest other such run of the commit, which says that it read the same data, or None."""
    for other in _finished(client, use_case, environment, run.commit):
        if other.info.run_id == run.run_id or _wrong(other, run.commit, trainer):
            continue
        if other.data.tags.get("ecluse.data_version") == run.data_version:
            return describe(other)
    return None


def _finished(client: MlflowClient, use_case: str, environment: str, commit: str) -> list[Run]:
    """All that finished of the commit here, whoever made them, the newest first."""
    experiment = client.get_experiment_by_name(use_case)
    if experiment is None:
        raise RunError(f"there is no experiment {use_case!r}")
    wanted = f"tags.`ecluse.commit` = '{commit}' AND tags.`ecluse.environment` = '{environment}'"
    return list(
        client.search_runs(
            [experiment.experiment_id],
            f"{wanted} AND attributes.status = 'FINISHED'",
            order_by=["attributes.start_time DESC"],
        )
    )


def _wrong(run: Run, commit: str, trainer: str) -> str | None:
    """Why a run is not what the trainer made of the commit, or None."""
    user, verified = run.info.user_id, run.data.tags.get(COMMIT)
    if user != trainer:
        return f"run {run.info.run_id} is of user {user!r}, not of {trainer}"
    if verified != commit:
        return f"run {run.info.run_id} was trained by a job of commit {verified}"
    return None
