"""Holds a candidate against the rules, on labelled data kept out of its and the champion's training."""

from dataclasses import dataclass

import polars as pl
from mlflow.entities.model_registry import ModelVersion

from ecluse_models.model import Model
from ecluse_release import data, gates
from ecluse_release.gates import Gate, Scores
from ecluse_release.settings import Settings
from ecluse_release.training import TrainingRun


class Refusal(Exception):
    """The release is refused for a reason other than a gate."""


@dataclass(frozen=True)
class Champion:
    """The champion that a candidate meets."""

    version: ModelVersion
    run: TrainingRun
    model: Model


def judge(settings: Settings, run: TrainingRun, candidate: Model, champion: Champion | None) -> list[Gate]:
    """The results of every gate; raises Refusal or DataError where they cannot be had."""
    rules, task = settings.rules, settings.rules.task
    _check_task(settings, run, candidate, champion)
    seen = set(champion.run.training_dates) if champion else set[str]()
    days = [day for day in run.holdout if day not in seen]
    if not days:
        raise Refusal("the champion was trained on every hold-out date; keep newer data out of training")
    table = data.landed(settings.data, settings.use_case, days)
    labels = data.labels(table, run.target, task)
    scores = candidate.score(data.features(table, candidate))
    baseline, name = _baseline(settings, run, table, candidate)
    results = [
        gates.floor_gate(scores, labels, rules),
        gates.baseline_gate(scores, baseline, labels, rules, name),
        *gates.error_gates(scores, labels, rules),
        *gates.segment_gates(scores, labels, table, rules),
    ]
    if champion:
        others = champion.model.score(data.features(table, champion.model))
        results.append(gates.champion_gate(scores, others, labels, rules))
    return results


def _check_task(settings: Settings, run: TrainingRun, candidate: Model, champion: Champion | None) -> None:
    task = settings.rules.task
    wanted = f"metric {task.METRIC!r} of ECLUSE_GATES judges a {task.KIND}"
    if candidate.kind != task.KIND:
        raise Refusal(f"the model is a {candidate.kind}, and {wanted}; set the metric of its kind")
    if champion and champion.model.kind != task.KIND:
        version = champion.version.version
        raise Refusal(
            f"champion version {version} is a {champion.model.kind}, and {wanted}; "
            "remove the alias to release a first champion"
        )
    if run.baseline_column and task.KIND != "regressor":
        raise Refusal(
            f"tag ecluse.baseline_column is {run.baseline_column!r}, and {wanted}; "
            "leave the tag out of training"
        )


def _baseline(
    settings: Settings, run: TrainingRun, holdout: pl.DataFrame, candidate: Model
) -> tuple[Scores, str]:
    """Scores of the simple baseline on the hold-out, and what it is."""
    if run.baseline_column:
        forecast = data.naive_forecast(holdout, run.baseline_column, candidate)
        return forecast, f"the forecast that repeats {run.baseline_column}"
    task = settings.rules.task
    trained = data.landed(settings.data, settings.use_case, run.training_dates)
    return data.baseline_scores(trained, holdout, run.target, run.id_column, task), task.BASELINE
