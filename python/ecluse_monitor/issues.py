"""One rolling issue per use case and environment, through GitLab's API, found by a hidden marker."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import requests

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.state import Alert, Message, Run
from ecluse_monitor.tracking import token_header

LABEL = "ecluse-monitor"
TIMEOUT = 20


@dataclass(frozen=True)
class Forge:
    """Where the issues are: the API's address, the project's number, and the file that has the token."""

    url: str
    project: str
    token_file: Path


def notify(
    forge: Forge, run: Run, alerts: list[Alert], messages: list[Message], *, demonstration: bool
) -> str:
    """Opens, updates, comments or closes the issue; returns its URL, empty where none is needed.

    Each comment has its message's id: one that a run wrote before it died is not written again.
    """
    marker = _marker(run, demonstration)
    found = _find(forge, marker)
    body = {
        "title": _title(run, alerts, demonstration),
        "description": _description(run, alerts, marker, demonstration),
        "labels": ",".join([LABEL, run.environment, *(["demonstration"] if demonstration else [])]),
    }
    if found is None:
        if not alerts:
            return ""
        issue = _call(forge, "POST", "", body)
    else:
        event = "close" if not alerts else "reopen" if found["state"] == "closed" else ""
        issue = _call(forge, "PUT", f"/{found['iid']}", body | ({"state_event": event} if event else {}))
    path = f"/{issue['iid']}/notes"
    written = [str(note.get("body")) for note in _pages(forge, path, {"sort": "desc"})]
    for message in messages:
        mark = f"<!-- {message['id']} -->"
        if not any(mark in body for body in written):
            _call(forge, "POST", path, {"body": f"{message['text']}\n\n{mark}"})
    return str(issue.get("web_url", ""))


def _marker(run: Run, demonstration: bool) -> str:
    suffix = ":demonstration" if demonstration else ""
    return f"<!-- ecluse-monitor:{run.environment}/{run.use_case}{suffix} -->"


def _title(run: Run, alerts: list[Alert], demonstration: bool) -> str:
    prefix = "[demonstration] " if demonstration else ""
    what = f"{len(alerts)} alert{'s' * (len(alerts) != 1)}" if alerts else "all clear"
    return f"{prefix}Monitor: {run.use_case} in {run.environment}: {what}"


def _description(run: Run, alerts: list[Alert], marker: str, demonstration: bool) -> str:
    rows = [_row(a["severity"], a["cause"], a["text"], a["since"], a["bad"][-1], _owner(a)) for a in alerts]
    lines = [
        marker,
        "This is a demonstration on made-up traffic; nothing is wrong.\n" if demonstration else "",
        f"Champion: version {run.version}. The monitor keeps this issue up to date and closes it.\n",
        _row("severity", "cause", "findings", "since", "last seen", "looked after"),
        _row(*["---"] * 6),
        *rows,
    ]
    return "\n".join(line for line in lines if line)


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _owner(alert: Alert) -> str:
    return f"{alert['owner']} until {alert['owned_until']}" if alert["owner"] else "by nobody"


def _cell(text: str) -> str:
    """Category names come from the data: no markup of theirs may reach the issue."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _find(forge: Forge, marker: str) -> dict[str, Any] | None:
    issues = _pages(forge, "", {"labels": LABEL, "state": "all"})
    return next((issue for issue in issues if marker in (issue.get("description") or "")), None)


def _pages(forge: Forge, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        asked = query | {"per_page": "100", "page": str(page)}
        found = cast(list[dict[str, Any]], _call(forge, "GET", path, asked))
        yield from found
        if len(found) < 100:
            return
        page += 1


def _call(forge: Forge, method: str, path: str, fields: dict[str, str]) -> Any:
    base = f"{forge.url}/api/v4/projects/{forge.project}/issues"
    content: dict[str, Any] = {"params": fields} if method == "GET" else {"json": fields}
    headers = token_header("ECLUSE_FORGE_TOKEN_FILE", forge.token_file)
    try:
        response = requests.request(method, base + path, headers=headers, timeout=TIMEOUT, **content)
    except requests.RequestException as error:
        raise MonitorError(f"forge: {method} issues{path}: no answer ({type(error).__name__})") from error
    if response.status_code not in (200, 201):
        raise MonitorError(f"forge: {method} issues{path}: HTTP {response.status_code} {response.text[:200]}")
    return response.json()
