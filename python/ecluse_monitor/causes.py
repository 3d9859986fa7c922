"""Which findings are one thing: a cause has one alert, however many columns show it."""

from collections import defaultdict
from collections.abc import Iterable

from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import CAUSES, Finding

SHOWN = 3
"""Columns that a message names, the most important first."""


def by_cause(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings of a day by their cause. What a broken contract explains is part of that."""
    given = list(findings)
    broken = {each.column for each in given if each.cause == "contract" and each.severity == Exit.BROKEN}
    drifted = {each.column for each in given if each.check == "drift"} - broken
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in given:
        explained = finding.check in ("drift", "segment") and finding.column in broken
        # Scores drift as their inputs do, and rows are unusual by what broke.
        explained |= finding.check in ("prediction", "anomalies") and bool(broken) and not drifted
        found["contract" if explained else finding.cause].append(finding)
    return dict(found)


def digest(findings: list[Finding], weights: dict[str, float]) -> tuple[str, list[str]]:
    """What a message says of them, with the most important columns, and all columns by importance.

    Important is what is severe, far over its limit, and in a column that the model goes by.
    """

    def importance(finding: Finding) -> tuple[int, float]:
        size = finding.value / finding.limit if finding.limit else 1.0
        return int(finding.severity), size * weights.get(finding.column, 1.0)

    ranked = sorted(findings, key=importance, reverse=True)
    named: dict[str, Finding] = {}
    for finding in ranked:
        named.setdefault(finding.column, finding)
    of_rows = [named.pop("").text] if "" in named else []
    texts = [_weighed(finding, weights) for finding in list(named.values())[:SHOWN]]
    more = [f"and {len(named) - SHOWN} more columns"] if len(named) > SHOWN else []
    return "; ".join([*texts, *more, *of_rows]), list(named)


def _weighed(finding: Finding, weights: dict[str, float]) -> str:
    weight = weights.get(finding.column, 0.0)
    return f"{finding.text}, importance {weight:.2f}" if weight else finding.text


def is_answered(cause: str, columns: list[str], muted: tuple[str, ...]) -> bool:
    """Whether a day without a finding is a good one for a cause, or says nothing about it."""
    checks = {check for check, of in CAUSES.items() if of == cause}
    return not checks & set(muted) and not {
        f"{check} of {column}" for check in checks for column in columns
    } & set(muted)
