"""Reports in the blob store: one for each day, as JSON and as a page."""

import json
from datetime import date, timedelta
from typing import Any

from ecluse_core.container import Container

FORMAT = 2
HISTORY = 30
"""Days before a report whose distances its page shows."""


def write_report(reports: Container, report: dict[str, Any], before: list[dict[str, Any]]) -> None:
    """Writes a report as JSON and as a page, which shows the ones before it too."""
    name = f"{report['use_case']}/monitor/{report['as_of']}"
    reports.write(f"{name}.json", json.dumps(report, indent=1).encode())
    reports.write(f"{name}.html", html(report, before).encode())


def html(report: dict[str, Any], before: list[dict[str, Any]]) -> str:
    """The page of a report."""
    from ecluse_monitor.page import render  # the jobs that log baselines have no template engine

    return render(report, before)


def earlier(reports: Container, report: dict[str, Any]) -> list[dict[str, Any]]:
    """The reports of the month before one, of its kind and model, oldest first."""
    folder, as_of = f"{report['use_case']}/monitor", date.fromisoformat(report["as_of"])
    names = reports.etags(folder)
    days = [as_of - timedelta(days=number) for number in range(HISTORY, 0, -1)]
    found = [
        json.loads(reports.read(name).content) for day in days if (name := f"{folder}/{day}.json") in names
    ]
    alike = ("format", "demonstration", "model_version")
    return [each for each in found if all(each.get(key) == report[key] for key in alike)]
