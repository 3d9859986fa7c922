"""Unusual rows of a day: whether there are too many, and the worst ones with what is unusual about each."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.random import Generator

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.chance import more_often
from ecluse_monitor.columns import Column
from ecluse_monitor.distance import Floats, contributions, percentiles, quiet_distances
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.seasons import History
from ecluse_monitor.settings import Anomalies

KEY = "anomalies of rows"
"""What a history calls the check."""
MOST = 100_000
"""Rows of a day that are looked at; of more, so many drawn by chance."""
COLUMNS = 3
_NAMED = 0.1
"""Least part of a row's distance for which a column is named."""


@dataclass(frozen=True)
class Unusual:
    """`counts` are usual and unusual rows, for later days; `report` is what the report shows."""

    findings: list[Finding]
    is_seasonal: bool
    counts: list[int]
    report: dict[str, Any]


def unusual(
    day: pl.DataFrame,
    baseline: Baseline,
    settings: Anomalies,
    history: History,
    rng: Generator,
    found: Collection[str] = (),
) -> Unusual | None:
    """Judges a day's rows; None where that is switched off, or the training logged nothing for it.

    What is wrong with the columns `found` has a finding already: the worst rows show it, and the share leaves
    it out, so that one thing is not two.
    """
    if not settings.enabled or "usual" not in baseline:
        return None
    rows = day if day.height <= MOST else day[np.sort(rng.choice(day.height, MOST, replace=False))]
    parts = contributions(baseline["usual"], rows)
    quiet = quiet_distances(baseline["usual"])
    before = int(settings.share * len(quiet))
    others = contributions(baseline["usual"], rows, found) if found else parts
    now = int((others.sum(axis=1) > quiet[before]).sum())
    counts = [rows.height - now, now]
    findings = _findings([len(quiet) - before, before], counts, settings)
    is_seasonal = bool(findings) and _is_season(history, [len(quiet) - before, before], counts, settings)
    worst = np.argsort(-parts.sum(axis=1))[: settings.shown]
    report = {
        "rows": rows.height,
        "share": now / rows.height,
        "expected": before / len(quiet),
        "worst": [
            _shown(rows.row(int(at), named=True), parts[at], baseline["usual"]["columns"]) for at in worst
        ],
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
    comparable = cast(list[list[int]], history.comparable(KEY))
    if not comparable or _are_more(_together(comparable), now, settings):
        return False
    week = [*cast(list[list[int]], history.week(KEY)), now]
    return len(week) < 7 or not _are_more(before, _together(week), settings)


def _together(counts: list[list[int]]) -> list[int]:
    return [sum(each[side] for each in counts) for side in (0, 1)]


def _shown(row: dict[str, Any], parts: Floats, columns: dict[str, Column]) -> dict[str, Any]:
    names = list(columns)
    largest = [int(at) for at in np.argsort(-parts)[:COLUMNS] if parts[at] >= _NAMED * parts.sum()]
    return {
        "prediction_id": str(row.get("prediction_id", "")),
        "id": str(row.get("id", "")),
        "distance": float(max(parts.sum(), 0.0)) ** 0.5,
        "columns": [
            {
                "column": names[at],
                "value": _written(row.get(f"input_{names[at]}")),
                "usual": _range(columns[names[at]], row.get(f"input_{names[at]}")),
                "part": float(parts[at] / parts.sum()),
            }
            for at in largest
        ],
    }


def _written(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:40]


def _range(column: Column, value: object) -> str:
    """What is usual for a column, in words."""
    if column.get("kind") == "categorical":
        counts = dict(zip(column.get("categories", []), column.get("counts", []), strict=True))
        return f"others: {counts.get(str(value), 0) / sum(counts.values()):.2%} of training's rows have it"
    lower, _, upper = percentiles(column)
    return f"{lower:.4g} to {upper:.4g} in 98 % of training's rows"
