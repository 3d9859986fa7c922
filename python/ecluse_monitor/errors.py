"""What ends a command: with which code, and why."""

from enum import IntEnum


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
