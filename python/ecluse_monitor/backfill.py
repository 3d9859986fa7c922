"""Past days that were missed, or whose labels came later: judged now, as they would have been then."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ecluse_monitor.errors import Exit
from ecluse_monitor.labelled import read_labelled
from ecluse_monitor.realised import labelled_findings
from ecluse_monitor.reports import Earlier
from ecluse_monitor.settings import Check, parse_settings
from ecluse_monitor.sketches import read_sketch
from ecluse_monitor.tracking import Champion, champion

Judge = Callable[[date], dict[str, Any]]
"""Judges a day, writes its report, and gives it."""


def backfill(given: Check, first: date, last: date, judge: Judge) -> dict[str, Any]:
    """Judges, oldest first, the days that need it; the exit code is the worst of them.

    Alerts follow the newest day alone: one that is older than it changes a report, and raises nothing.
    """
    current = champion(given)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found: list[dict[str, Any]] = []
    for day in days:
        why = _why(given, current, day)
        if why:
            report = judge(day)
            found.append({key: report[key] for key in ("as_of", "status", "exit")} | {"why": why})
    worst = max((each["exit"] for each in found), default=int(Exit.FINE))
    return {"from": f"{first}", "to": f"{last}", "backfilled": found, "exit": worst}


def _why(given: Check, current: Champion, day: date) -> str:
    """Why a day is to be judged; empty where it is judged already, or nothing of this champion is there."""
    name = f"{given.use_case}/monitor/{day}.json"
    if name not in given.reports.etags(f"{given.use_case}/monitor"):
        is_of_another = day < current.since
        seen = None if is_of_another else read_sketch(given.inference, given.use_case, current, day)
        return "missed" if seen and seen.rows else ""
    report: dict[str, Any] = json.loads(given.reports.read(name).content)
    if report.get("model_version") != current.version or report.get("demonstration"):
        return ""
    return "labels" if _performance(given, current, day) != report.get("performance") else ""


def _performance(given: Check, current: Champion, day: date) -> dict[str, Any] | None:
    reference, settings = current.baseline["performance"], parse_settings(current.baseline["settings"])
    if reference is None:
        return None
    since = Earlier(given.reports, given.use_case, day).last_judged()
    labelled = read_labelled(given, current, settings.performance, day, since)
    # As a report holds it.
    return json.loads(json.dumps(labelled_findings(reference, labelled, settings.performance)[1]))


def text(document: dict[str, Any]) -> str:
    """What was judged, for people."""
    found = [f"{each['as_of']}: {each['status']} ({each['why']})" for each in document["backfilled"]]
    return "\n".join(found or [f"nothing was missed from {document['from']} to {document['to']}"])
