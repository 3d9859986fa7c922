"""The page of a use case: from the commit to the champion, its versions, and what the monitor saw."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecluse_console.charts import Bar, Chart, GateBar, chart, gate_bar, timeline
from ecluse_console.desk import Desk
from ecluse_console.forge import Document
from ecluse_console.parts import together
from ecluse_console.settings import UseCase
from ecluse_release.records import Inventory, Refused, Version

PIPELINES = 10
"""The latest, of which a person chooses one."""
LOG_LINES = 30
"""Of the end of a failed job's log."""
_COLORS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[^\t\n\x20-\x7e\x80-\U0010ffff]")
_NUMBER = re.compile(r"[0-9]{1,12}")
LONGEST_LINE = 400


@dataclass(frozen=True)
class Job:
    """A job of the pipeline, its bar on the pipeline's time, and for a failed one the end of its log."""

    job: Document
    bar: Bar | None
    log: str = ""


@dataclass(frozen=True)
class Pipeline:
    """The pipeline that is shown, and those that may be chosen."""

    latest: Sequence[Document]
    shown: Document | None
    jobs: Sequence[Job]
    commit: Document

    @property
    def runs(self) -> bool:
        """Whether it goes on: then the page asks again by itself."""
        return bool(self.shown) and self.shown["status"] in ("running", "pending")  # type: ignore[index]


def pipeline(desk: Desk, use_case: UseCase, wanted: str) -> Pipeline:
    """The pipeline of this number, or the latest."""
    forge, project = desk.forge, use_case.project
    latest = forge.pipelines(project, PIPELINES, desk.branch)
    number = wanted if _NUMBER.fullmatch(wanted) else str(latest[0]["id"]) if latest else ""
    if not number:
        return Pipeline(latest, None, [], {})
    listed = next((each for each in latest if str(each["id"]) == number), None)
    shown = listed or forge.pipeline(project, number)
    jobs, commit = together(
        [lambda: forge.jobs(project, number), lambda: [forge.commit(project, str(shown["sha"]))]]
    )
    return Pipeline(latest, shown, _jobs(desk, project, jobs), commit[0])


def _jobs(desk: Desk, project: str, jobs: Sequence[Document]) -> list[Job]:
    failed = [str(job["id"]) for job in jobs if job["status"] == "failed"]
    logs = together([lambda job=job: desk.forge.trace(project, job) for job in failed])
    ends = dict(zip(failed, map(end_of, logs), strict=True))
    bars = timeline(jobs)
    return [Job(job, bar, ends.get(str(job["id"]), "")) for job, bar in zip(jobs, bars, strict=True)]


def end_of(log: str) -> str:
    """The last lines of a log, without what orders a terminal about."""
    lines = _COLORS.sub("", log.replace("\r\n", "\n").replace("\r", "\n")).rstrip().split("\n")
    return "\n".join(line[:LONGEST_LINE] for line in lines[-LOG_LINES:])


@dataclass(frozen=True)
class Models:
    """The versions side by side, the latest first; the champion with its gates as bars."""

    inventory: Inventory
    shown: Sequence[Version]
    champion: Version | None
    gates: Sequence[GateBar]
    segments: Sequence[GateBar]
    names: Sequence[str]
    """Gates that any of the shown versions has, but for those of segments."""
    metrics: Sequence[str]
    refused: Sequence[tuple[Refused, Sequence[GateBar]]]


COLUMNS = 6
"""Versions beside each other, as far as a page is wide."""


def models(desk: Desk, use_case: UseCase) -> Models:
    """What releases have signed of a use case."""
    found = desk.tracking.inventory(desk.trusted(use_case.name))
    shown = found.versions[:COLUMNS]
    crowned = next((each for each in found.versions if each.champion), None)
    bars = [gate_bar(gate) for gate in crowned.gates] if crowned else []
    names = dict.fromkeys(gate["name"] for each in shown for gate in each.gates)
    metrics = dict.fromkeys(name for each in shown for name in each.training_metrics)
    return Models(
        found,
        shown,
        crowned,
        [bar for bar in bars if not _is_segment(bar.gate["name"])],
        [bar for bar in bars if _is_segment(bar.gate["name"])],
        [name for name in names if not _is_segment(name)],
        list(metrics),
        [(refused, [gate_bar(gate) for gate in refused.gates]) for refused in found.refusals[:5]],
    )


def _is_segment(name: object) -> bool:
    """A gate of a segment is called by its column and value."""
    return "=" in str(name)


@dataclass(frozen=True)
class Column:
    """A column that the monitor compares: its distance over the days, and its values then and now."""

    name: str
    check: str
    severity: str
    distance: float
    warn: float
    crit: float
    direction: str
    over: Chart | None
    shares: Sequence[Mapping[str, Any]]
    largest: float


@dataclass(frozen=True)
class Watched:
    """What the monitor saw: the last report, the days before it, and what it says of the model."""

    report: Mapping[str, Any]
    days: Sequence[Mapping[str, Any]]
    columns: Sequence[Column]
    quality: Chart | None
    metric: str
    rows: Chart | None


def watched(desk: Desk, use_case: UseCase) -> Watched | None:
    """The monitor's last month; None where no day was judged yet."""
    found = desk.report_history(use_case.name)
    if not found:
        return None
    last, days = found[0], found[::-1]
    # Days of a demonstration, or of another model, are not of one series with these.
    alike = [each for each in days if _kind(each) == _kind(last)]
    columns = [_column(last, drift, alike) for drift in last.get("drift", [])]
    columns.sort(key=lambda column: (column.severity == "fine", -column.distance / (column.warn or 1)))
    quality, metric = _quality(alike)
    counts = [float(each["rows"]) for each in alike]
    rows = chart([each["as_of"] for each in alike], {"rows": counts}, {}, width=480, height=64)
    return Watched(last, found, columns, quality, metric, rows)


def _kind(report: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(report.get(key) for key in ("format", "demonstration", "model_version"))


def _column(report: Mapping[str, Any], drift: Mapping[str, Any], days: Sequence[Mapping[str, Any]]) -> Column:
    key = _key(drift)
    limits = report["limits"]["categorical" if drift["kind"] == "categorical" else "numeric"]
    values = [
        next((float(each["distance"]) for each in day.get("drift", []) if _key(each) == key), None)
        for day in days
    ]
    shares = report.get("columns", {}).get(key, [])
    return Column(
        str(drift["column"]),
        str(drift["check"]),
        next((str(each["severity"]) for each in report["findings"] if _key(each) == key), "fine"),
        float(drift["distance"]),
        float(limits["warn"]),
        float(limits["crit"]),
        str(drift.get("direction", "")),
        chart([day["as_of"] for day in days], {"distance": values}, dict(limits)),
        shares,
        max((max(row["then"], row["now"]) for row in shares), default=0.0) or 1.0,
    )


def _key(of: Mapping[str, Any]) -> str:
    """What a report calls a check of a column."""
    return f"{of['check']} of {of['column']}"


def _quality(days: Sequence[Mapping[str, Any]]) -> tuple[Chart | None, str]:
    """What was estimated of a day's predictions and what labels showed of them, on the same days."""
    estimated = {str(day["as_of"]): float(day["estimated"]["value"]) for day in days if day.get("estimated")}
    judged = [day["performance"] for day in days if day.get("performance")]
    realised = {str(each["to"]): float(each["realised"]["value"]) for each in judged if each.get("realised")}
    all_days = sorted({*estimated, *realised})
    reference = judged[-1]["reference"]["value"] if judged else None
    series = {
        "estimated": [estimated.get(day) for day in all_days],
        "by labels": [realised.get(day) for day in all_days],
    }
    levels = {} if reference is None else {"at training": float(reference)}
    metric = str(judged[-1]["metric"]) if judged else "quality"
    return chart(all_days, series, levels, from_zero=False, width=480, height=120), metric
