"""The finished training run of a commit, as its tags describe it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from mlflow import MlflowClient
from mlflow.entities import Run


class RunError(Exception):
    """No usable training run; the message says what is wrong with it."""


@dataclass(frozen=True)
class TrainingRun:
    """A training run; dates are landing dates, ISO and ascending."""

    run_id: str
    model_id: str
    commit: str
    data_version: str
    holdout: tuple[str, ...]
    training_dates: tuple[str, ...]
    target: str
    id_column: str
    baseline_column: str | None


def _tag(tags: Mapping[str, str], name: str) -> str:
    value = tags.get(name, "")
    if not value:
        raise RunError(f"the training run has no tag {name}; training must set it")
    return value


def _dates(tags: Mapping[str, str], name: str) -> tuple[str, ...]:
    try:
        days = sorted(date.fromisoformat(day).isoformat() for day in json.loads(_tag(tags, name)))
    except (ValueError, TypeError) as error:
        raise RunError(f"tag {name} is not a JSON list of ISO dates: {error}") from None
    if not days:
        raise RunError(f"tag {name} is an empty list")
    return tuple(days)


def describe(run: Run) -> TrainingRun:
    """Reads a run's tags; raises RunError, also when the hold-out is not later than the training data."""
    tags: Mapping[str, str] = run.data.tags
    models = [output.model_id for output in run.outputs.model_outputs] if run.outputs else []
    if len(models) != 1:
        raise RunError(f"run {run.info.run_id} has {len(models)} logged models; it needs exactly one")
    found = TrainingRun(
        run_id=run.info.run_id,
        model_id=models[0],
        commit=_tag(tags, "ecluse.commit"),
        data_version=_tag(tags, "ecluse.data_version"),
        holdout=_dates(tags, "ecluse.holdout"),
        training_dates=_dates(tags, "ecluse.training_dates"),
        target=_tag(tags, "ecluse.target"),
        id_column=_tag(tags, "ecluse.id_column"),
        baseline_column=tags.get("ecluse.baseline_column"),
    )
    if found.holdout[0] <= found.training_dates[-1]:
        raise RunError(
            f"hold-out date {found.holdout[0]} is not later than "
            f"the last training date {found.training_dates[-1]}"
        )
    return found


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
