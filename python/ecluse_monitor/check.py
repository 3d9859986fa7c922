"""All checks of one day, in order. One that cannot be answered is muted, for its own column alone."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.random import Generator

from ecluse_monitor import contract
from ecluse_monitor.anomalies import KEY as ROWS
from ecluse_monitor.anomalies import Unusual, unusual
from ecluse_monitor.baseline import Baseline
from ecluse_monitor.chance import draws_for, significant
from ecluse_monitor.contract import Subject
from ecluse_monitor.drift import Drift, measure
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import CAUSES, Finding
from ecluse_monitor.late import Labelled
from ecluse_monitor.performance import Reference, estimated_findings
from ecluse_monitor.realised import labelled_findings
from ecluse_monitor.sample import Sample
from ecluse_monitor.seasons import History, Past, Weekday
from ecluse_monitor.segments import segment_findings
from ecluse_monitor.settings import Limits, Settings
from ecluse_monitor.shares import Share, shares
from ecluse_monitor.sketch import Sketch, sketch_of
from ecluse_monitor.slices import left_out, sampled

CHECKS = tuple(check for check in CAUSES if check not in ("performance", "revalidation"))
"""Of a day's rows, in their order. Labels are of other days, and their check is never muted."""


@dataclass(frozen=True)
class Verdict:
    """What the checks of a day came to; `muted` are those that could not be answered, with their column.

    `estimated` and `performance` are for the report: how good the model seems, and how good it is by labels.
    `past` is what later days compare with, `seasonal` what differs from the training as it does each week.
    `columns` are the shares of each column's rows at training and on the day, by the name of its drift check.
    `anomalies` has the share of unusual rows, and the worst. `segments` has how many comparisons of slices
    there were, and which slices drift alone.
    """

    exit: Exit
    findings: tuple[Finding, ...]
    drifts: tuple[Drift, ...]
    muted: tuple[str, ...]
    estimated: dict[str, Any] | None = None
    performance: dict[str, Any] | None = None
    past: Past | None = None
    seasonal: tuple[str, ...] = ()
    columns: dict[str, list[Share]] | None = None
    anomalies: dict[str, Any] | None = None
    segments: dict[str, Any] | None = None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The checks that say nothing on this day, for want of rows or of labels."""
        is_judged = self.performance is not None and self.performance["realised"] is not None
        return self.muted if is_judged else (*self.muted, "performance")

    def as_json(self) -> dict[str, Any]:
        """The report's part on the verdict."""
        findings = [{**asdict(item), "severity": item.severity.name.lower()} for item in self.findings]
        answered = {finding.check for finding in self.findings} | set(self.muted)
        answered |= set() if self.estimated else {"estimated"}
        answered |= set() if self.anomalies else {"anomalies"}
        answered |= set() if self.segments else {"segment"}
        return {
            "status": self.exit.name.lower(),
            "exit": int(self.exit),
            "findings": findings,
            "drift": [asdict(drift) for drift in self.drifts],
            "passed": [check for check in CHECKS if check not in answered],
            "muted": list(self.muted),
            "estimated": self.estimated,
            "performance": self.performance,
            "seasonal": list(self.seasonal),
            "columns": self.columns or {},
            "anomalies": self.anomalies,
            "segments": self.segments,
            "retraining_allowed": not any(finding.forbids_training for finding in self.findings),
        }


def judge(
    day: pl.DataFrame | Sketch,
    version: str,
    baseline: Baseline,
    settings: Settings,
    as_of: date,
    labelled: Labelled | None = None,
    history: History | None = None,
) -> Verdict:
    """Judges a day's predictions against the baseline of the champion `version`, and what has labels."""
    sketch = day if isinstance(day, Sketch) else sketch_of(day, version, baseline)
    verdict = _judge_rows(sketch, baseline, settings, history or History(as_of))
    reference = baseline["performance"]
    if reference is None or labelled is None:
        return verdict
    findings, report = labelled_findings(reference, labelled, settings.performance)
    worst = max([verdict.exit, *(finding.severity for finding in findings)])
    return replace(verdict, exit=worst, findings=(*verdict.findings, *findings), performance=report)


def with_finding(verdict: Verdict, finding: Finding | None) -> Verdict:
    """The verdict with what was found beside the day's rows, where there is something."""
    if finding is None:
        return verdict
    worst = max(verdict.exit, finding.severity)
    return replace(verdict, exit=worst, findings=(*verdict.findings, finding))


def _judge_rows(day: Sketch, baseline: Baseline, settings: Settings, history: History) -> Verdict:
    few = _freshness(day, history.as_of) or contract.row_count(day, settings)
    if few:
        return _verdict(few, [], list(CHECKS[CHECKS.index(few[0].check) + 1 :]))
    rng = np.random.default_rng(history.as_of.toordinal())  # the same day always gets the same verdict
    findings, subjects = contract.schema(day, baseline)
    findings += contract.values(subjects, baseline["rows"], settings, rng)
    # A column that is null but for some rows is judged by its nulls; too few scores are no evidence.
    least = settings.window.min_rows
    held = [each for each in subjects if each.seen.held >= (least if each.is_score else 1)]
    rows = unusual(day.sample, baseline, settings.anomalies, history, {each.column for each in findings})
    found = _drift(held, settings, history, rng)
    # No day before has its slices kept: what a season moves would drift in some of them each week.
    gone = {each.column for each in findings if each.severity == Exit.BROKEN}
    seasonal = {key.partition(" of ")[2] for key in found.seasonal}
    apart, compared = _segments(day.sample, baseline, settings, gone | seasonal)
    if rows:
        _add(found, rows, history)
    fallen, estimated = _estimated(day, held, baseline["performance"], settings, rng)
    found_all = [*findings, *found.findings, *apart, *fallen]
    muted = _muted(baseline, held, gone if compared else set(), is_estimated=estimated is not None)
    return replace(
        _verdict(found_all, found.drifts, muted),
        estimated=estimated,
        past=found.past,
        seasonal=tuple(found.seasonal),
        columns={each.key: shares(each.column, found.past["histograms"][each.key]) for each in held},
        anomalies=rows.report if rows else None,
        segments=compared,
    )


def _muted(baseline: Baseline, held: list[Subject], gone: set[str], *, is_estimated: bool) -> list[str]:
    """The checks of columns that cannot be answered; those `gone` are in no slice."""
    wanted = [
        *(f"drift of {name}" for name in baseline["columns"]),
        *(f"prediction of {name}" for name in ["score", *baseline.get("outputs", {})]),
    ]
    muted = [key for key in wanted if key not in {subject.key for subject in held}]
    muted += [f"segment of {name}" for name in sorted(gone & baseline["columns"].keys())]
    return [*muted, *(["estimated of score"] if baseline["performance"] and not is_estimated else [])]


def _segments(
    day: Sample, baseline: Baseline, settings: Settings, without: set[str]
) -> tuple[list[Finding], dict[str, Any] | None]:
    if "slices" not in baseline or not day.rows or not (settings.slices.enabled or settings.segments):
        return [], None
    groups = baseline["slices"]["groups"]
    coded = left_out(day.coded(), groups, without)
    findings, report = segment_findings(groups, sampled(baseline["slices"]), coded, settings)
    return findings, {**report, "left_out": sorted(without & groups.keys())}


def _estimated(
    day: Sketch, held: list[Subject], reference: Reference | None, settings: Settings, rng: Generator
) -> tuple[list[Finding], dict[str, Any] | None]:
    if reference is None or not any(each.key == "prediction of score" for each in held):
        return [], None
    return estimated_findings(reference, np.asarray(day.expected), settings.performance, rng)


def _verdict(findings: list[Finding], drifts: list[Drift], muted: list[str]) -> Verdict:
    worst = max((finding.severity for finding in findings), default=Exit.FINE)
    return Verdict(worst, tuple(findings), tuple(drifts), tuple(muted))


def _freshness(day: Sketch, as_of: date) -> list[Finding]:
    if day.rows:
        return []
    return [Finding("freshness", Exit.TOO_LITTLE, f"no prediction was logged on {as_of}")]


@dataclass(frozen=True)
class _Found:
    findings: list[Finding]
    drifts: list[Drift]
    seasonal: list[str]
    past: Past


def _drift(subjects: list[Subject], settings: Settings, history: History, rng: Generator) -> _Found:
    histograms = {each.key: each.seen.counts for each in subjects}
    columns = {each.key: each.column for each in subjects}
    draws = draws_for(len(subjects), settings.drift.fdr)
    drifts = [measure(each, draws, rng) for each in subjects]
    found = _Found([], drifts, [], {"histograms": histograms, "drifted": []})
    kept = {drift.key for drift in significant(drifts, settings.drift.fdr)}
    for drift in drifts:
        limits = settings.drift.numeric.w_norm if drift.kind == "numeric" else settings.drift.categorical.js
        day = Weekday(history, drift.key, columns[drift.key], histograms[drift.key], settings.drift, limits)
        if drift.key not in kept or drift.distance < limits.warn:
            hidden = day.hidden(rng)
            if hidden is None:
                continue
            found.findings.append(_finding(drift, limits, hidden))
        elif day.is_season(rng):
            found.seasonal.append(drift.key)
            continue
        else:
            found.findings.append(_finding(drift, limits))
        # Without a history it may be a season: then later days must not miss this one.
        found.past["drifted"] += [drift.key] if history.comparable(drift.key) else []
    return found


def _add(found: _Found, rows: Unusual, history: History) -> None:
    """Keeps what later days compare with, as of a column."""
    found.findings[:0] = rows.findings
    found.past["histograms"][ROWS] = rows.counts
    found.past["drifted"] += [ROWS] if rows.findings and history.comparable(ROWS) else []
    found.seasonal.extend([ROWS] if rows.is_seasonal else [])


def _finding(drift: Drift, limits: Limits, from_weekdays: float | None = None) -> Finding:
    """Of a drift from the training, or of a distance from the same weekdays before."""
    distance = drift.distance if from_weekdays is None else from_weekdays
    critical = distance >= limits.crit
    limit = limits.crit if critical else limits.warn
    direction = drift.direction if from_weekdays is None else "from the same weekdays before"
    text = f"{drift.column} drifted: {direction}, distance {distance:.3f} (limit {limit:g})"
    severity = Exit.CRITICAL if critical else Exit.WARNING
    return Finding(drift.check, severity, text, drift.column, value=distance, limit=limit)
