"""What ends a command: with which code, and why."""

from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """Exit codes; 70 and over are the monitor's own fault, never a verdict on the data."""

    FINE = 0
    WARNING = 10
    CRITICAL = 20
    TOO_LITTLE = 30
    BROKEN = 40
    FAULT = 70


class NoChampion(Exception):
    """No model serves yet, so there is nothing to judge: no fault, and no verdict."""


class MonitorError(Exception):
    """The monitor cannot do its work: the message names the key or blob, the value and the fix."""


class Undelivered(MonitorError):
    """A place did not take what it was to get. The day is judged, and its report written."""

    def __init__(self, reason: str, report: dict[str, Any]) -> None:
        super().__init__(reason)
        self.report = report
