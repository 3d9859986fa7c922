"""The monitor's reports of a use case, the latest days first."""

import json
import re
from collections.abc import Sequence
from typing import Any

from ecluse_console.calls import Unread
from ecluse_console.parts import together
from ecluse_core.container import BlobError, Container

FORMAT = 2
"""Of the documents that the pages can show (`ecluse_monitor/report_document.py`)."""
DAYS = 30
"""Days that a page shows."""
_DAY = re.compile(r".*/(\d{4}-\d{2}-\d{2})\.json")
Report = dict[str, Any]


def days_of(container: Container | None, use_case: str) -> list[str]:
    """The days that have a report, the latest first; raises Unread."""
    if container is None:
        raise Unread("this console has no right to read the monitor's reports")
    try:
        names = container.etags(f"{use_case}/monitor")
    except BlobError as error:
        raise Unread(f"the store of reports cannot be read: {error}") from None
    found = [match[1] for name in names if (match := _DAY.fullmatch(name))]
    return sorted(found, reverse=True)


def read_reports(container: Container, use_case: str, days: Sequence[str]) -> list[Report]:
    """The reports of these days, in their order; raises Unread."""
    return together([lambda day=day: _read(container, f"{use_case}/monitor/{day}.json") for day in days])


def _read(container: Container, name: str) -> Report:
    try:
        report = json.loads(container.read(name).content)
    except (BlobError, ValueError) as error:
        raise Unread(f"report {name} cannot be read: {error}") from None
    if report["format"] != FORMAT:
        raise Unread(f"report {name} has format {report['format']!r}; this console shows {FORMAT}")
    return report


def latest(container: Container | None, use_case: str) -> Report | None:
    """The newest report; None where no day was judged yet."""
    days = days_of(container, use_case)
    if not days or container is None:
        return None
    return _read(container, f"{use_case}/monitor/{days[0]}.json")


def history(container: Container | None, use_case: str) -> list[Report]:
    """The reports of the last month, the newest first."""
    days = days_of(container, use_case)[:DAYS]
    return read_reports(container, use_case, days) if container else []
