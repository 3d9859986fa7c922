"""Reports in the blob store: one for each day, as JSON and as a page."""

import json
from datetime import date, timedelta
from typing import Any

from ecluse_core.container import Container

FORMAT = 2
LONGEST = 31
"""Days after which labels that no check has seen are not looked for any more."""
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


class Earlier:
    """The reports of the month before a day: listed once, and each read once."""

    def __init__(self, reports: Container, use_case: str, as_of: date) -> None:
        self._reports, self._read, self._as_of = reports, dict[str, dict[str, Any]](), as_of
        names, folder = reports.etags(f"{use_case}/monitor"), f"{use_case}/monitor"
        days = [as_of - timedelta(days=number) for number in range(1, LONGEST + 1)]
        self._names = {day: name for day in days if (name := f"{folder}/{day}.json") in names}

    def last_judged(self) -> date:
        """The day of the last of them; the day before where there is none."""
        # A demonstration judges no labels for good.
        found = (day for day, name in self._names.items() if not self._of(name).get("demonstration"))
        return next(found, self._as_of - timedelta(days=1))

    def alike(self, report: dict[str, Any]) -> list[dict[str, Any]]:
        """Those of a report's kind and model, oldest first."""
        oldest = self._as_of - timedelta(days=HISTORY)
        found = [self._of(name) for day, name in reversed(self._names.items()) if day >= oldest]
        alike = ("format", "demonstration", "model_version")
        return [each for each in found if all(each.get(key) == report[key] for key in alike)]

    def _of(self, name: str) -> dict[str, Any]:
        if name not in self._read:
            self._read[name] = json.loads(self._reports.read(name).content)
        return self._read[name]
