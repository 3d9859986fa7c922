"""All checks of one day, in order: a broken one mutes those after it and forbids retraining."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from ecluse_monitor import contract
from ecluse_monitor.baseline import Baseline, numbers
from ecluse_monitor.drift import Drift, draws_for, measure, significant
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import Settings


@dataclass(frozen=True)
class Verdict:
    """What the checks of a day came to; `muted` are those that an earlier broken one left unanswered."""

    exit: Exit
    findings: tuple[Finding, ...]
    drifts: tuple[Drift, ...]
    passed: tuple[str, ...]
    muted: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report's part on the verdict."""
        findings = [{**asdict(item), "severity": item.severity.name.lower()} for item in self.findings]
        return {
            "status": self.exit.name.lower(),
            "exit": int(self.exit),
            "findings": findings,
            "drift": [asdict(drift) for drift in self.drifts],
            "passed": list(self.passed),
            "muted": list(self.muted),
            "retraining_allowed": not any(finding.stops for finding in self.findings),
        }


def judge(day: pl.DataFrame, version: str, baseline: Baseline, settings: Settings, as_of: date) -> Verdict:
    """Judges a day's logged predictions against the baseline of the champion `version`."""
    drifts: list[Drift] = []

    def drift() -> list[Finding]:
        drifts.extend(_drifts(day, version, baseline, settings, as_of))
        return _drift_findings(drifts, settings, prediction=False)

    stages: dict[str, Callable[[], list[Finding]]] = {
        "freshness": lambda: _freshness(day, as_of),
        "rows": lambda: contract.row_count(day, settings),
        "schema": lambda: contract.schema(day, baseline),
        "values": lambda: contract.values(day, baseline),
        "drift": drift,
        "prediction": lambda: _drift_findings(drifts, settings, prediction=True),
    }
    findings: list[Finding] = []
    passed: list[str] = []
    for index, (name, stage) in enumerate(stages.items()):
        found = stage()
        findings += found
        if not found:
            passed.append(name)
        if any(finding.stops for finding in found):
            return _verdict(findings, drifts, passed, list(stages)[index + 1 :])
    return _verdict(findings, drifts, passed, [])


def _verdict(findings: list[Finding], drifts: list[Drift], passed: list[str], muted: list[str]) -> Verdict:
    worst = max((finding.severity for finding in findings), default=Exit.FINE)
    return Verdict(worst, tuple(findings), tuple(drifts), tuple(passed), tuple(muted))


def _freshness(day: pl.DataFrame, as_of: date) -> list[Finding]:
    if day.height:
        return []
    return [Finding("freshness", Exit.TOO_LITTLE, f"no prediction was logged on {as_of}")]


def _drifts(
    day: pl.DataFrame, version: str, baseline: Baseline, settings: Settings, as_of: date
) -> list[Drift]:
    tested = {name: (day[f"input_{name}"], column) for name, column in baseline["columns"].items()}
    # Scores of another version are no evidence on this one; inputs are, whichever version read them.
    scores = day.filter(pl.col("model_version").cast(pl.String) == version)["score"]
    if len(numbers(scores)) >= settings.window.min_rows:
        tested["score"] = (scores, baseline["score"])
    draws = draws_for(len(tested), settings)
    rng = np.random.default_rng(as_of.toordinal())  # the same day always gets the same verdict
    return [
        measure(name, series, column, draws, rng)
        for name, (series, column) in tested.items()
        if series.drop_nulls().len()
    ]


def _drift_findings(drifts: list[Drift], settings: Settings, *, prediction: bool) -> list[Finding]:
    check = "prediction" if prediction else "drift"
    findings: list[Finding] = []
    for drift in significant(drifts, settings.drift.fdr):
        limits = settings.drift.numeric.w_norm if drift.kind == "numeric" else settings.drift.categorical.js
        if (drift.column == "score") != prediction or drift.distance < limits.warn:
            continue
        critical = drift.distance >= limits.crit
        limit = limits.crit if critical else limits.warn
        text = f"{drift.column} drifted: {drift.direction}, distance {drift.distance:.3f} (limit {limit:g})"
        severity = Exit.CRITICAL if critical else Exit.WARNING
        findings.append(Finding(check, severity, text, drift.column, value=drift.distance, limit=limit))
    return findings
