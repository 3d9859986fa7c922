"""A day's report as one HTML page that needs nothing else: no script, no other file, no network."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

Report = dict[str, Any]
WIDTH, HEIGHT = 220, 48
"""Of a column's history, in pixels."""


def render(report: Report, earlier: Sequence[Report]) -> str:
    """The page of a report; `earlier` are those of the days before on its model, oldest first."""
    days = [*earlier, report]
    return _template().render(
        report=report,
        columns=[_column(report, drift, days) for drift in _ordered(report)],
        quality=quality(days),
        width=WIDTH,
        height=HEIGHT,
    )


def quality(days: Sequence[Report]) -> list[tuple[str, Report | None, Report | None]]:
    """By day of the predictions, what was estimated of them and what labels showed; None where unknown."""
    estimated = {each["as_of"]: each["estimated"] for each in days if each["estimated"]}
    judged = [each["performance"] for each in days if each["performance"]]
    realised = {each["to"]: each["realised"] for each in judged if each["realised"]}
    return [(day, estimated.get(day), realised.get(day)) for day in sorted({*estimated, *realised})]


@cache
def _template() -> Template:
    # Names of columns and categories are other people's: everything is escaped.
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html")


def _ordered(report: Report) -> list[Report]:
    """What drifted first, then by distance in units of its limit, so that the eye begins where it should."""
    found = {_key(finding) for finding in report["findings"]}
    return sorted(
        report["drift"],
        key=lambda drift: (_key(drift) not in found, -drift["distance"] / _limits(report, drift)["warn"]),
    )


def _key(item: Report) -> str:
    """What a report calls a check of a column."""
    return f"{item['check']} of {item['column']}"


def _limits(report: Report, drift: Report) -> dict[str, float]:
    return report["limits"]["categorical" if drift["kind"] == "categorical" else "numeric"]


def _column(report: Report, drift: Report, days: Sequence[Report]) -> Report:
    key = _key(drift)
    limits = _limits(report, drift)
    history = [(day["as_of"], each["distance"]) for day in days for each in day["drift"] if _key(each) == key]
    top = 1.1 * max(limits["crit"], *(distance for _, distance in history))
    rows = report["columns"].get(key, [])
    return {
        **drift,
        **limits,
        "severity": _severity(report, drift),
        "importance": report["importance"].get(drift["column"]),
        "first": history[0][0],
        "points": _points([distance / top for _, distance in history]),
        "lines": {name: HEIGHT * (1 - limits[name] / top) for name in ("warn", "crit")},
        "shares": rows,
        "largest": max((max(row["then"], row["now"]) for row in rows), default=1.0) or 1.0,
    }


def _severity(report: Report, drift: Report) -> str:
    found = [each["severity"] for each in report["findings"] if _key(each) == _key(drift)]
    if found:
        return found[0]
    return "seasonal" if _key(drift) in report["seasonal"] else "fine"


def _points(heights: Sequence[float]) -> list[tuple[float, float]]:
    step = WIDTH / max(len(heights) - 1, 1)
    return [(round(index * step, 1), round(HEIGHT * (1 - height), 1)) for index, height in enumerate(heights)]
