"""One rolling issue per use case and environment, through GitLab's API, found by a hidden marker."""

from typing import Any

from ecluse_monitor.forge import Forge
from ecluse_monitor.state import Alert, Message, Run

LABEL = "ecluse-monitor"


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
        issue = forge.call("POST", "/issues", body)
    else:
        event = _event(found, alerts)
        issue = forge.call("PUT", f"/issues/{found['iid']}", body | ({"state_event": event} if event else {}))
    path = f"/issues/{issue['iid']}/notes"
    written = [str(note.get("body")) for note in forge.pages(path, {"sort": "desc"})]
    for message in messages:
        mark = f"<!-- {message['id']} -->"
        if not any(mark in body for body in written):
            forge.call("POST", path, {"body": f"{message['text']}\n\n{mark}"})
    return str(issue.get("web_url", ""))


def issue_of(forge: Forge, run: Run) -> dict[str, Any] | None:
    """The issue as it stands, whatever people did to it; None where there is none yet."""
    return _find(forge, _marker(run, False))


def _event(found: dict[str, Any], alerts: list[Alert]) -> str:
    """What becomes of an issue: one that somebody closed stays so while each of its alerts has an owner."""
    if found["state"] != "closed":
        return "" if alerts else "close"
    return "reopen" if any(not alert["owner"] for alert in alerts) else ""


def _marker(run: Run, demonstration: bool) -> str:
    suffix = ":demonstration" if demonstration else ""
    return f"<!-- ecluse-monitor:{run.environment}/{run.use_case}{suffix} -->"


def _title(run: Run, alerts: list[Alert], demonstration: bool) -> str:
    prefix = "[demonstration] " if demonstration else ""
    what = f"{len(alerts)} alert{'s' * (len(alerts) != 1)}" if alerts else "all clear"
    return f"{prefix}Monitor: {run.use_case} in {run.environment}: {what}"


def _description(run: Run, alerts: list[Alert], marker: str, demonstration: bool) -> str:
    rows = [
        _row(a["severity"], a["cause"], a["text"], a["since"], _last_bad(a), _owner(a), a.get("done", ""))
        for a in alerts
    ]
    lines = [
        marker,
        "This is a demonstration on made-up traffic; nothing is wrong.\n" if demonstration else "",
        f"Champion: version {run.version}. The monitor keeps this issue up to date and closes it.\n",
        _row("severity", "cause", "findings", "since", "last seen", "looked after", "done"),
        _row(*["---"] * 7),
        *rows,
    ]
    return "\n".join(line for line in lines if line)


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _last_bad(alert: Alert) -> str:
    """Its last bad day; a model that was trained because of it has none of its own yet."""
    return alert["bad"][-1] if alert["bad"] else alert["counted"]


def _owner(alert: Alert) -> str:
    return f"{alert['owner']} until {alert['owned_until']}" if alert["owner"] else "by nobody"


def _cell(text: str) -> str:
    """Category names come from the data: no markup of theirs may reach the issue."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _find(forge: Forge, marker: str) -> dict[str, Any] | None:
    issues = forge.pages("/issues", {"labels": LABEL, "state": "all"})
    return next((issue for issue in issues if marker in (issue.get("description") or "")), None)
