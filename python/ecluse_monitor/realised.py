"""How good the model is by its labels: the metric, and the error beyond what such scores had at training."""

import math
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import polars as pl

from ecluse_monitor.bins import Floats
from ecluse_monitor.classes import ACCURACY, beside
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.late import Labelled, judged_columns, late_labels
from ecluse_monitor.measured import Measured
from ecluse_monitor.performance import Reference, change, is_fall, lacking, measure, surprise_of
from ecluse_monitor.settings import Performance


def labelled_findings(
    reference: Reference, labelled: Labelled, settings: Performance
) -> tuple[list[Finding], dict[str, Any]]:
    """A finding where the model has become worse by its labels, and what the report says of it."""
    late, left_out = late_labels(reference, labelled)
    # One test of all that is new: a second one would have false alarms of its own.
    judged = pl.concat([each.select(judged_columns(reference)) for each in (labelled.known, late)])
    scores, labels = (judged[name].to_numpy() for name in ("score", "label"))
    measured = measure(reference["metric"], scores, labels, reference["spread"])
    report = _report(reference, labelled, left_out, _unknown(reference, measured, labels, settings))
    if measured is None or report["unknown"]:
        return [], report
    measured, surprise = measured.by(reference.get("alike", 1.0)), surprise_of(reference, judged)
    report |= {"realised": asdict(measured), "surprise": asdict(surprise)}
    for name, each in beside(judged).items() if reference["metric"] == ACCURACY else ():
        report["beside"][name]["realised"] = asdict(each)
    days = _bad_days(labelled, left_out, settings.min_labels)
    found = _worse(reference, measured, surprise, _of(labelled), settings)
    return [replace(each, days=days) for each in found], report


def _report(reference: Reference, labelled: Labelled, left_out: list[date], unknown: str) -> dict[str, Any]:
    """What the report says of the labels, before anything is measured by them."""
    return {
        "from": labelled.first.isoformat(),
        "to": labelled.last.isoformat(),
        "metric": reference["metric"],
        "reference": {key: reference[key] for key in ("value", "error", "rows")},
        "predictions": labelled.predictions,
        "labels": labelled.known.height,
        "coverage": labelled.coverage,
        "late": {day.isoformat(): count for day, count in labelled.late_days.items()},
        "one_outcome": [f"{day}" for day in left_out],
        "realised": None,
        "surprise": None,
        "unknown": unknown,
        "beside": {name: {"reference": each} for name, each in reference.get("beside", {}).items()},
    }


def _unknown(reference: Reference, measured: Measured | None, labels: Floats, settings: Performance) -> str:
    """Why nothing is said of the model by these labels, in words; empty where something is."""
    if measured is None:
        return lacking(reference["metric"], labels)
    few = measured.rows < settings.min_labels
    return f"there are {measured.rows} labels, and performance.min_labels is {settings.min_labels}" * few


def _bad_days(labelled: Labelled, left_out: list[date], least: int) -> int:
    """The days that a finding counts as: those of which so many labels came."""
    late = [count for day, count in labelled.late_days.items() if day not in left_out]
    return max(1, sum(count >= least for count in (labelled.known.height, *late)))


def _of(labelled: Labelled) -> str:
    """The labels that a finding is by, in words."""
    height, days = labelled.known.height, list(labelled.late_days)
    of = f"by {height} labels of {labelled.first} to {labelled.last} ({labelled.coverage:.0%} of the rows)"
    if not days:
        return of
    return f"{of} and {sum(labelled.late_days.values())} of {days[0]} to {days[-1]} that came late"


def _worse(
    reference: Reference, measured: Measured, surprise: Measured, of: str, settings: Performance
) -> list[Finding]:
    looks = _looks(reference, measured, surprise)
    # Two looks at the same labels share the chance of a false alarm.
    found = [(size, text) for size, error, text in looks if is_fall(size, error, settings, len(looks))]
    if not found:
        return []
    largest, limits = max(size for size, _ in found), settings.max_drop
    severity, limit = (Exit.CRITICAL, limits.crit) if largest >= limits.crit else (Exit.WARNING, limits.warn)
    text = f"{', '.join(text for _, text in found)} {of}"
    return [Finding("performance", severity, text, value=largest, limit=limit)]


def _looks(reference: Reference, measured: Measured, surprise: Measured) -> list[tuple[float, float, str]]:
    """How much worse it is by the metric and by its errors: size, standard error, and that in words."""
    loss, unit = ("log loss", "entropy") if reference["metric"] == ACCURACY else ("squared error", "variance")
    beyond = f"{loss} over what such scores had at training by {surprise.value:.0%} of the {unit}"
    return [
        (
            reference["value"] - measured.value,
            math.hypot(reference["error"], measured.error),
            change(reference, measured.value, measured.error),
        ),
        (surprise.value, surprise.error, beyond),
    ]
