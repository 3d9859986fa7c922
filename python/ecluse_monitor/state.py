"""The alerts of a use case as a state machine: pure functions over the document `state.json`.

OK → PENDING → FIRING → RESOLVING → OK (no entry is OK); ACKED is FIRING that a person has seen. An alert
counts a day once, however often that day is checked. What must be sent goes into the outbox in the same
write, so that the run whose write won sends it, and a run that died leaves it to the next.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import Settings

CLAIM = timedelta(minutes=10)
"""After this long a run that claimed a message and has not sent it is taken for dead."""


class Alert(TypedDict):
    """One alert; times are ISO 8601, `counted` is the last day that moved it."""

    state: str
    check: str
    column: str
    severity: str
    text: str
    model_version: str
    bad: int
    good: int
    since: str
    counted: str
    notified: str


class Message(TypedDict):
    """The messages for the forge, and the run that must send them."""

    text: str
    run: str
    claimed: str


class State(TypedDict):
    """What `state.json` holds."""

    format: int
    last_success: str
    last_as_of: str
    alerts: dict[str, Alert]
    outbox: list[Message]


@dataclass(frozen=True)
class Run:
    """One run of `check`: who it is, what it judges, and when."""

    id: str
    environment: str
    use_case: str
    version: str
    as_of: date
    now: datetime


def empty() -> State:
    """The state before the first run."""
    return {"format": 1, "last_success": "", "last_as_of": "", "alerts": {}, "outbox": []}


def fingerprint(run: Run, finding: Finding) -> str:
    """The identity of an alert: environment, use case, model version, check, column, segment."""
    parts = (run.environment, run.use_case, run.version, finding.check, finding.column, finding.segment)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def advance(
    state: State, findings: tuple[Finding, ...], run: Run, settings: Settings, muted: tuple[str, ...]
) -> State:
    """The state after this run's findings; alerts of checks that were `muted` stay as they are."""
    found = {fingerprint(run, finding): finding for finding in findings}
    alerts: dict[str, Alert] = {}
    texts: list[str] = []
    for key, finding in found.items():
        alerts[key] = _seen(state["alerts"].get(key), finding, run, settings, texts)
    for key, alert in state["alerts"].items():
        if key not in found:
            unanswered = {alert["check"], f"{alert['check']} of {alert['column']}"} & set(muted)
            kept = alert if unanswered else _unseen(alert, run, settings, texts)
            if kept:
                alerts[key] = kept
    messages: list[Message] = [
        {"text": text, "run": run.id, "claimed": run.now.isoformat()} for text in texts
    ]
    taken = [_claimed(message, run) for message in state["outbox"]]
    return {
        "format": 1,
        "last_success": run.now.isoformat(),
        "last_as_of": max(state["last_as_of"], run.as_of.isoformat()),
        "alerts": alerts,
        "outbox": [*taken, *messages],
    }


def _seen(alert: Alert | None, finding: Finding, run: Run, settings: Settings, texts: list[str]) -> Alert:
    now, day = run.now.isoformat(), run.as_of.isoformat()
    if alert and alert["counted"] >= day:
        return alert
    bad = alert["bad"] + 1 if alert and alert["state"] in ("PENDING", "FIRING", "ACKED") else 1
    was = alert["state"] if alert else "OK"
    held = was in ("FIRING", "ACKED", "RESOLVING")
    state = (
        "ACKED" if was == "ACKED" else "FIRING" if held or bad >= settings.alert.consecutive else "PENDING"
    )
    notified = alert["notified"] if alert else ""
    again = bool(notified) and run.now - datetime.fromisoformat(notified) >= settings.alert.cooldown
    if state == "FIRING" and (not notified or again):
        texts.append(f"**{finding.severity.name.lower()}** on {day}: {finding.text}")
        notified = now
    return {
        "state": state,
        "check": finding.check,
        "column": finding.column,
        "severity": finding.severity.name.lower(),
        "text": finding.text,
        "model_version": run.version,
        "bad": bad,
        "good": 0,
        "since": alert["since"] if alert else now,
        "counted": day,
        "notified": notified,
    }


def _unseen(alert: Alert, run: Run, settings: Settings, texts: list[str]) -> Alert | None:
    day = run.as_of.isoformat()
    if alert["model_version"] != run.version:
        if alert["notified"]:
            texts.append(f"closed with model version {alert['model_version']}: {alert['text']}")
        return None
    if alert["counted"] >= day:
        return alert
    good = alert["good"] + 1
    if alert["state"] == "PENDING":
        return None
    if good < settings.alert.clear_after:
        return {**alert, "state": "RESOLVING", "good": good, "counted": day}
    texts.append(f"resolved on {day} after {good} quiet days: {alert['text']}")
    return None


def _claimed(message: Message, run: Run) -> Message:
    age = run.now - datetime.fromisoformat(message["claimed"]) if message["run"] else CLAIM
    return {**message, "run": run.id, "claimed": run.now.isoformat()} if age >= CLAIM else message


def mine(state: State, run: Run) -> list[str]:
    """The messages that this run must send."""
    return [message["text"] for message in state["outbox"] if message["run"] == run.id]


def settle(state: State, run: Run, *, sent: bool) -> State:
    """The state after sending (the messages are gone) or failing to (any run may take them)."""
    others = [message for message in state["outbox"] if message["run"] != run.id]
    unsent: list[Message] = [
        {**message, "run": ""} for message in state["outbox"] if message["run"] == run.id and not sent
    ]
    return {**state, "outbox": [*unsent, *others]}


def firing(state: State) -> list[Alert]:
    """The alerts that an open issue shows."""
    return [alert for alert in state["alerts"].values() if alert["state"] != "PENDING"]
