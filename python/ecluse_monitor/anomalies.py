"""Unusual rows of a day: whether there are too many, and the worst ones with what is unusual about each."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.chance import more_often
from ecluse_monitor.distance import contributions, distances, quiet_distances
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.sample import Sample
from ecluse_monitor.seasons import History, is_season, merged
from ecluse_monitor.settings import Anomalies

KEY = "anomalies of rows"
"""What a history calls the check."""


@dataclass(frozen=True)
class Unusual:
    """`counts` are usual and unusual rows, for later days; `report` is what the report shows."""

    findings: list[Finding]
    is_seasonal: bool
    counts: list[int]
    report: dict[str, Any]


def unusual(
    day: Sample, baseline: Baseline, settings: Anomalies, history: History, found: Collection[str] = ()
) -> Unusual | None:
    """Judges a day's rows; None where that is switched off, or the training logged nothing for it.

    What is wrong with the columns `found` has a finding already: the worst rows show it, and the share leaves
    it out, so that one thing is not two.
    """
    if not settings.enabled or "usual" not in baseline or not day.rows:
        return None
    quiet = quiet_distances(baseline["usual"])
    beyond = int(settings.share * len(quiet))
    before = [len(quiet) - beyond, beyond]
    far = int((distances(contributions(baseline["usual"], day.scored(), found)) > quiet[beyond]).sum())
    counts = [day.rows - far, far]
    findings = _findings(before, counts, settings)
    is_seasonal = bool(findings) and _is_season(history, before, counts, settings)
    report = {
        "rows": day.rows,
        "share": far / day.rows,
        "expected": beyond / len(quiet),
        "worst": [each.row for each in day.far[: settings.shown]],
    }
    return Unusual([] if is_seasonal else findings, is_seasonal, counts, report)


def _findings(before: list[int], now: list[int], settings: Anomalies) -> list[Finding]:
    share, expected = now[1] / sum(now), before[1] / sum(before)
    if not _are_more(before, now, settings):
        return []
    is_critical = share - expected >= settings.excess.crit
    severity = Exit.CRITICAL if is_critical else Exit.WARNING
    limit = settings.excess.crit if is_critical else settings.excess.warn
    text = f"{share:.1%} of the rows are unusual, {expected:.1%} at training"
    return [Finding("anomalies", severity, text, value=share - expected, limit=limit)]


def _are_more(before: list[int], now: list[int], settings: Anomalies) -> bool:
    excess = now[1] / sum(now) - before[1] / sum(before)
    # Exact also where the limit is itself a rank among the rows of the training: of both together, which rows
    # are beyond it is chance alone.
    return excess >= settings.excess.warn and (
        more_often(before[1], sum(before), now[1], sum(now)) <= settings.alpha
    )


def _is_season(history: History, before: list[int], now: list[int], settings: Anomalies) -> bool:
    """Whether the same weekdays have as many, in a week that has no more than the training."""
    comparable, week = history.comparable(KEY), history.whole_week(KEY, now)
    return is_season(
        comparable,
        lambda: _are_more(cast(list[int], merged(comparable)), now, settings),
        lambda: bool(week) and _are_more(before, cast(list[int], merged(week)), settings),
    )
