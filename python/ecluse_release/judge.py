"""Holds a candidate against the rules, on labelled data that no training can read.

What is judged comes from the stack and from the environment's store. A run's tags are what its training said.
"""

from dataclasses import dataclass

import polars as pl

from ecluse_models.confined import ConfinedModel
from ecluse_models.model import Model, ModelError
from ecluse_release import data, gates
from ecluse_release.best import BEST, CHAMPION, named, unmet
from ecluse_release.champion import Champion
from ecluse_release.costs import latency_gate, size_gate
from ecluse_release.counted import edges_of
from ecluse_release.data import Landed
from ecluse_release.gates import Gate, Rules, Scores
from ecluse_release.leakage import leakage_gate
from ecluse_release.multiclass import aligned
from ecluse_release.repeat import Again, repeat_gate, unrepeated
from ecluse_release.settings import Settings
from ecluse_release.trial import require_answers


class Refusal(Exception):
    """The release is refused for a reason other than a gate."""


@dataclass(frozen=True)
class Evidence:
    """The landed data that models are judged by: what trainings read, and what none can."""

    training: Landed
    holdout: Landed


def evidence(settings: Settings) -> Evidence:
    """All that has landed; raises DataError."""
    training = data.landed(settings.data, settings.use_case, "the training data")
    return Evidence(training, data.landed(settings.holdout, settings.use_case, "the hold-out"))


@dataclass(frozen=True)
class Former:
    """What a candidate must not be worse than: the champion, and the best of a year where that is another.

    `lacks` says why the best cannot be met, where it cannot.
    """

    champion: Champion | None = None
    best: Champion | None = None
    lacks: str = ""


def judge(
    settings: Settings, seen: Evidence, candidate: ConfinedModel, former: Former, again: Again | None = None
) -> list[Gate]:
    """The results of every gate; raises Refusal or DataError where they cannot be had.

    `again` is another training of the commit, where the rules ask for one.
    """
    rules, table = settings.rules, seen.holdout.table
    _check_task(settings, candidate, former.champion)
    labels = data.labels(table, settings.contract.target, rules.task, candidate.classes)
    inputs = data.features(table, candidate)
    require_answers(candidate, inputs)
    scores = candidate.score(inputs)
    baseline, name = _baseline(settings, seen, candidate)
    results = [
        gates.floor_gate(scores, labels, rules),
        gates.baseline_gate(scores, baseline, labels, rules, name),
        *gates.error_gates(scores, labels, rules),
        *gates.segment_gates(scores, labels, table, rules),
        leakage_gate(seen.training.table, table),
        size_gate(candidate.size, rules),
        latency_gate(candidate.processor_seconds, inputs, rules),
    ]
    if again:
        results.append(_repeated(again, table, scores, labels, rules, candidate))
    if former.champion:
        others = _scores_of(former.champion.model, table, candidate)
        results.append(gates.champion_gate(scores, others, labels, rules, CHAMPION, "the champion"))
    return [*results, *_creep(former, table, scores, labels, rules, candidate)]


def _scores_of(other: Model, table: pl.DataFrame, candidate: Model) -> Scores:
    """What another model gives for the rows, by the classes of the candidate."""
    scores = other.score(data.features(table, other))
    return scores if other.classes == candidate.classes else aligned(scores, other.classes, candidate.classes)


def bins(champion: Model, table: pl.DataFrame) -> list[list[float]]:
    """Edges of bins that have about equally many of the champion's scores."""
    return edges_of(champion.score(data.features(table, champion)))


def _creep(
    former: Former, table: pl.DataFrame, scores: Scores, labels: Scores, rules: Rules, candidate: Model
) -> list[Gate]:
    """The gate that meets the best of the year, where that is not the champion."""
    lacks = former.lacks
    if former.best:
        try:
            others = _scores_of(former.best.model, table, candidate)
            return [gates.champion_gate(scores, others, labels, rules, BEST, named(former.best.version))]
        except (data.DataError, ModelError) as error:
            lacks = unmet(former.best.version, error)
    asked = gates.Asked(BEST, gates.at_least(-rules.non_inferiority_margin), lacks, "")
    # To delete it would be wrong: it is the evidence of a release, and predictions are traced by it.
    fix = (
        "bring back what it lacks (landed columns, files of the store), or set undecided: pass in the gates "
        "of the use case for this release; the champion is met anyhow, and after a year this version is not"
    )
    return [gates.unmeasured(asked, rules, table.height, lacks, fix)] if lacks else []


def _repeated(
    again: Again, table: pl.DataFrame, scores: Scores, labels: Scores, rules: Rules, candidate: Model
) -> Gate:
    """The gate that meets another training of the commit."""
    if again.model is None:
        return unrepeated(again.lacks, rules, table.height)
    try:
        return repeat_gate(scores, _scores_of(again.model, table, candidate), labels, rules)
    except (data.DataError, ModelError) as error:
        return unrepeated(f"the other training's model cannot be met: {error}", rules, table.height)


def _check_task(settings: Settings, candidate: Model, champion: Champion | None) -> None:
    task, contract = settings.rules.task, settings.contract
    wanted = f"metric {task.METRIC!r} of ECLUSE_GATES judges a {task.KIND}"
    if candidate.kind != task.KIND:
        raise Refusal(f"the model is a {candidate.kind}, and {wanted}; set the metric of its kind")
    answers = [column.name for column in candidate.inputs if column.name in (contract.target, contract.id)]
    if answers:
        raise Refusal(
            f"the model has the input {answers[0]}, which the contract has as target or id; train without it"
        )
    if champion and champion.model.kind != task.KIND:
        version = champion.version.version
        raise Refusal(
            f"champion version {version} is a {champion.model.kind}, and {wanted}; "
            "remove the alias to release a first champion"
        )


def _baseline(settings: Settings, seen: Evidence, candidate: Model) -> tuple[Scores, str]:
    """Scores of the simple baseline on the hold-out, and what it is."""
    contract, task = settings.contract, settings.rules.task
    if contract.baseline:
        forecast = data.naive_forecast(seen.holdout.table, contract.baseline, candidate)
        return forecast, f"the forecast that repeats {contract.baseline}"
    tables = seen.training.table, seen.holdout.table
    return data.baseline_scores(*tables, contract, task, candidate.classes), task.BASELINE
