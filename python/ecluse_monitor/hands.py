"""What people do to the monitor's issue by hand: who is assigned to it, or closes it, looks after its alerts.

To open it again, or to leave it to nobody, takes that back. It holds for a time, after which the alerts are
sent again, and for no alert that gets worse. What `ack` said stays as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.issues import issue_of
from ecluse_monitor.settings import AlertSettings, Check
from ecluse_monitor.sinks import forge_of
from ecluse_monitor.state import NOBODY, Alert, Message, Run, State, firing
from ecluse_monitor.store import StateFile

ISSUE: Final = "issue"
"""Of an alert: that its owner is by the issue."""


@dataclass(frozen=True)
class Hand:
    """Who looks after the alerts of an issue, from which day on and why; without an owner it is nobody."""

    owner: str
    since: date
    why: str


def listen(given: Check, file: StateFile, run: Run, settings: AlertSettings) -> None:
    """Notes who looks after open alerts by their issue; without an answer of the forge all stays as it is."""
    forge, state = forge_of(given), file.read()[0]
    # Of what the issue does not know yet, nobody has said anything there.
    waits = any("gitlab" not in each.get("sent", []) for each in state["outbox"])
    if forge is None or "gitlab" not in settings.sinks or waits or not firing(state):
        return
    try:
        issue = issue_of(forge, run)
    except MonitorError:
        return  # whoever has something to send fails there, and says so
    if issue:
        hand = hand_of(issue, run.now.date())
        file.update(partial(looked_after, hand=hand, as_of=run.as_of, lasts=settings.looked_after))


def hand_of(issue: dict[str, Any], today: date) -> Hand:
    """What was done to an issue, as GitLab has it."""
    if issue["state"] == "closed":
        since = datetime.fromisoformat(issue["closed_at"]).date() if issue.get("closed_at") else today
        return Hand((issue.get("closed_by") or {}).get("username", "somebody"), since, "closed the issue")
    assigned = ", ".join(str(each["username"]) for each in issue.get("assignees") or [])
    return Hand(assigned, today, "is assigned to the issue")


def looked_after(state: State, hand: Hand, as_of: date, lasts: timedelta) -> State:
    """The state by what was done to the issue of its open alerts; who takes them over is sent once."""
    until = f"{hand.since + lasts}"
    alerts, outbox = dict(state["alerts"]), list(state["outbox"])
    for alert in firing(state):
        is_own = alert.get("by") == ISSUE
        if not hand.owner and is_own:
            alerts[alert["cause"]] = _left(alert)
        elif hand.owner and until >= f"{as_of}" and _is_free(alert, hand, as_of):
            alerts[alert["cause"]] = _taken(alert, hand.owner, until)
            outbox.append(_said(alert, hand, until))
    return {**state, "alerts": alerts, "outbox": outbox}


def _is_free(alert: Alert, hand: Hand, as_of: date) -> bool:
    """Whether the issue's word goes; where that has ended, it does so again only once the alert was sent."""
    if alert.get("by") == ISSUE:
        return alert["owner"] != hand.owner
    return alert["owned_until"] < f"{as_of}"


def _left(alert: Alert) -> Alert:
    state = "FIRING" if alert["state"] == "ACKED" else alert["state"]
    return {**alert, "state": state, **NOBODY}  # type: ignore[typeddict-item]


def _taken(alert: Alert, owner: str, until: str) -> Alert:
    state = "ACKED" if alert["state"] == "FIRING" else alert["state"]
    return {**alert, "state": state, "owner": owner, "owned_until": until, "by": ISSUE}


def _said(alert: Alert, hand: Hand, until: str) -> Message:
    cause = alert["cause"]
    text = f"{cause}: {hand.owner} {hand.why}, and looks after it until {until}: {alert['text']}"
    return {"id": f"hand-{cause}-{alert['since']}-{hand.owner}-{until}", "text": text, "run": ""}
