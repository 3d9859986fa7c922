"""Reports and statuses in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """What the monitor says of its last day."""

    status: str
    day: str
    demonstration: bool
    alerts: int


def verdict_of(report: Mapping[str, Any] | None) -> Verdict | None:
    """The verdict of a report; None where no day was judged yet."""
    if report is None:
        return None
    alerts = [alert for alert in report.get("alerts", {}).values() if alert["state"] != "PENDING"]
    return Verdict(
        str(report["status"]), str(report["as_of"]), bool(report.get("demonstration")), len(alerts)
    )


def word(value: object) -> str:
    """A key of a document as people read it."""
    return str(value).replace("_", " ")


def short(value: object, letters: int = 8) -> str:
    """The beginning of a commit or another long id."""
    return str(value or "")[:letters]


def minute(value: object) -> str:
    """A time of a document, to the minute in UTC."""
    try:
        return datetime.fromisoformat(str(value)).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return str(value or "–")[:32]


def seconds(value: object) -> str:
    """A length of time."""
    if not isinstance(value, int | float):
        return "–"
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def figure(value: object) -> str:
    """A number as it is read; a dash for none."""
    return f"{value:.4g}" if isinstance(value, int | float) else "–"


FILTERS = {"word": word, "short": short, "minute": minute, "seconds": seconds, "figure": figure}
"""By their names in templates."""
