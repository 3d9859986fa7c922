"""The data contract: rows, schema, nulls, categories, ranges. Broken ones mute everything after them."""

import polars as pl

from ecluse_monitor.baseline import Baseline, Column, category_counts, kind, null_share, numbers
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import Settings

NULLS = 0.01
"""Share of nulls over the baseline's from which the contract is broken."""
UNSEEN = 0.005
"""Share of rows in categories never seen from which the contract is broken; fewer are a warning."""
OUTSIDE = 0.01
"""Share of rows outside the widened range from which the contract is broken; fewer are not reported."""
WIDENED = 0.25
"""Part of the baseline's range by which both ends are widened, for a later day has its own extremes."""


def row_count(day: pl.DataFrame, settings: Settings) -> list[Finding]:
    """Too few rows to judge."""
    if day.height >= settings.window.min_rows:
        return []
    text = f"{day.height} rows, fewer than window.min_rows {settings.window.min_rows}"
    return [Finding("rows", Exit.TOO_LITTLE, text, value=day.height, limit=settings.window.min_rows)]


def schema(day: pl.DataFrame, baseline: Baseline) -> list[Finding]:
    """Inputs that are missing, or of another kind than at training."""
    findings = [
        Finding("schema", Exit.BROKEN, f"the server's own column {name} is missing", name)
        for name in ("model_version", "score")
        if name not in day.columns
    ]
    for name, column in baseline["columns"].items():
        if f"input_{name}" not in day.columns:
            findings.append(Finding("schema", Exit.BROKEN, f"{name} is missing", name))
            continue
        found = kind(day[f"input_{name}"])
        if found not in ("null", column.get("kind")):
            text = f"{name} was {column.get('kind')} at training and is {found}"
            findings.append(Finding("schema", Exit.BROKEN, text, name))
    return findings


def values(day: pl.DataFrame, baseline: Baseline) -> list[Finding]:
    """Nulls, categories never seen and values out of range, per input."""
    findings: list[Finding] = []
    for name, column in baseline["columns"].items():
        series = day[f"input_{name}"]
        findings += _nulls(name, series, column)
        if kind(series) == "null":
            continue
        findings += (
            _categories(name, series, column) if "categories" in column else _range(name, series, column)
        )
    return findings


def _nulls(name: str, series: pl.Series, column: Column) -> list[Finding]:
    share, expected = null_share(series), column.get("nulls", 0.0)
    # The floor, and four standard errors: a small day has a few nulls more by chance.
    limit = expected + NULLS + 4 * (expected * (1 - expected) / series.len()) ** 0.5
    if share <= limit:
        return []
    text = f"{name}: {share:.1%} nulls, {expected:.1%} at training"
    return [Finding("nulls", Exit.BROKEN, text, name, value=share, limit=limit)]


def _categories(name: str, series: pl.Series, column: Column) -> list[Finding]:
    known = column.get("categories", [])
    unseen = int(category_counts(series, known)[-1])
    if unseen == 0:
        return []
    share = unseen / series.len()
    new = series.drop_nulls().cast(pl.String)
    names = new.filter(~new.is_in(known)).unique().sort().head(5).to_list()
    severity = Exit.BROKEN if share >= UNSEEN else Exit.WARNING
    text = f"{name}: never seen {', '.join(map(repr, names))} in {share:.2%} of the rows"
    return [Finding("categories", severity, text, name, value=share, limit=UNSEEN)]


def _range(name: str, series: pl.Series, column: Column) -> list[Finding]:
    low, high = column.get("low", 0.0), column.get("high", 0.0)
    margin = WIDENED * (high - low)
    held = numbers(series)
    outside = float(((held < low - margin) | (held > high + margin)).sum()) / series.len()
    if outside < OUTSIDE:
        return []
    text = (
        f"{name}: {outside:.1%} of the rows outside {low:g} to {high:g} by more than a quarter of that range "
        f"(found {held.min():g} to {held.max():g})"
    )
    return [Finding("ranges", Exit.BROKEN, text, name, value=outside, limit=OUTSIDE)]
