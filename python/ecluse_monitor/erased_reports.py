"""Takes a person's rows out of the monitor's reports: of single rows it keeps the most unusual ones alone.

The figures of a day stay as they were judged: they are counts, which name nobody.
"""

import json
from datetime import date
from typing import Any, Final

from ecluse_core.container import Changed, Container
from ecluse_monitor.erasure import Wanted
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.reports import FORMAT, Earlier, html

_GONE: Final = (
    b"<!doctype html><title>Erased</title><p>Rows were erased from this report; its JSON has the rest."
)


def erase_reports(reports: Container, use_case: str, wanted: Wanted) -> int:
    """Erases what reports, and counted parts of days, show of a prediction; how many rows these were."""
    folder, erased = f"{use_case}/monitor", 0
    for name, etag in reports.etags(folder).items():
        if not name.endswith(".json"):
            continue
        document = _read(reports, name)
        found = _without(document, wanted)
        if not found:
            continue
        erased += found
        try:
            # The page first: a run that was killed finds its rows in the JSON again.
            if document.get("as_of") and name == f"{folder}/{document['as_of']}.json":
                reports.write(name.removesuffix("json") + "html", _page(reports, use_case, document))
            reports.write(name, json.dumps(document, indent=1).encode(), replacing=etag)
        except Changed:
            raise MonitorError(f"{name} was written by a check meanwhile; run again") from None
    return erased


def _read(reports: Container, name: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(reports.read(name).content)
        return found if isinstance(found, dict) else {}
    except ValueError as error:
        raise MonitorError(f"{name} is no JSON ({error}), and may have what is erased; remove it") from error


def _without(document: dict[str, Any], wanted: Wanted) -> int:
    """Takes rows out of a report, or out of the sketch of a part; how many these were."""
    holder, key = (
        (document.get("anomalies"), "worst") if "findings" in document else (document.get("sample"), "far")
    )
    if not holder or key not in holder:
        return 0
    rows: list[dict[str, Any]] = holder[key]
    holder[key] = [each for each in rows if not _is_of(each.get("row", each), wanted)]
    return len(rows) - len(holder[key])


def _is_of(row: dict[str, Any], wanted: Wanted) -> bool:
    return row.get("id") == wanted.id if wanted.id else row.get("prediction_id") == wanted.prediction_id


def _page(reports: Container, use_case: str, report: dict[str, Any]) -> bytes:
    if report.get("format") != FORMAT:
        return _GONE
    before = Earlier(reports, use_case, date.fromisoformat(report["as_of"]))
    return html(report, before.alike(report)).encode()
