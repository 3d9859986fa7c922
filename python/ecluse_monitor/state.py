"""The alerts of a use case as a state machine: pure functions over the document `state.json`.

OK → PENDING → FIRING → ACKED → RESOLVING → OK, one for each cause (no entry is OK). Days are counted, not
runs: a day counts once, a day without a run is no evidence, and days before the newest one change nothing,
so that a clock set back raises no alert again. What must be sent goes into the outbox in the same write.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NotRequired

from pydantic import with_config
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

from ecluse_monitor.causes import by_cause, digest, is_answered
from ecluse_monitor.described import DESCRIBED
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import AlertSettings

FORMAT = 2
NOBODY: Final = {"owner": "", "owned_until": "", "by": ""}
"""Of an alert that nobody looks after."""


@with_config(DESCRIBED)
class Alert(TypedDict):
    """The alert of a cause; times are ISO 8601."""

    state: str
    """`PENDING`, `FIRING`, `ACKED` or `RESOLVING`"""
    cause: str
    """the cause, such as `drift`"""
    severity: str
    """severity of its last bad day"""
    text: str
    """what was found on its last bad day"""
    columns: list[str]
    """the columns that it is about, the most important first"""
    model_version: str
    """the champion's version"""
    bad: list[str]
    """its newest bad days"""
    good: int
    """days without a finding since then"""
    since: str
    """its first bad day"""
    counted: str
    """the last day that moved it"""
    notified: str
    """when it was sent last; empty before that"""
    sent_as: int
    """exit code of the worst severity that was sent"""
    owner: str
    """who looks after it; empty for nobody"""
    owned_until: str
    """the last day of that"""
    by: NotRequired[str]
    """`issue` where who is assigned to the issue, or closed it, is the owner"""
    done: NotRequired[str]
    """what was done about it"""


@with_config(DESCRIBED)
class Retraining(TypedDict):
    """A training because of an alert."""

    key: str
    """its pipeline's name"""
    run: str
    """the run that starts it; empty where none has taken it"""
    environment: str
    """the environment"""
    cause: str
    """cause of the alert"""
    as_of: str
    """the day that asked for it"""
    model_version: str
    """the version that is to be replaced"""
    approval: bool
    """whether a person must let it on"""
    status: str
    """`wanted`, or `asked`; then GitLab's word for its pipeline, and `served` once a model of it serves"""
    pipeline: str
    """the pipeline's address; empty before it was started"""
    number: int
    """the pipeline's number"""


@with_config(DESCRIBED)
class Mute(TypedDict):
    """Findings of a cause, or of one column of it, that raise no alert until a day."""

    cause: str
    """the cause"""
    column: str
    """the column; empty for all"""
    owner: str
    """who decided it"""
    until: str
    """the last day of it"""
    reason: str
    """why"""


class Message(TypedDict):
    """One message, and the run that sends it, empty where none has; `sent` are the places that have it."""

    id: str
    text: str
    run: str
    sent: NotRequired[list[str]]


class State(TypedDict):
    """What `state.json` holds."""

    format: int
    last_success: str
    last_as_of: str
    alerts: dict[str, Alert]
    mutes: list[Mute]
    outbox: list[Message]
    retrainings: list[Retraining]


@dataclass(frozen=True)
class Run:
    """One run of `check`: who it is, what it judges, and when."""

    id: str
    environment: str
    use_case: str
    version: str
    as_of: date
    now: datetime


@dataclass(frozen=True)
class Day:
    """A day's findings, what could not be answered, and how much the model goes by each column."""

    findings: tuple[Finding, ...]
    muted: tuple[str, ...] = ()
    weights: dict[str, float] | None = None


def empty() -> State:
    """The state before the first run."""
    return {
        "format": FORMAT,
        "last_success": "",
        "last_as_of": "",
        "alerts": {},
        "mutes": [],
        "outbox": [],
        "retrainings": [],
    }


def advance(state: State, day: Day, run: Run, settings: AlertSettings) -> State:
    """The state after a day; its messages, and those that no run has taken, are this run's to send."""
    as_of = run.as_of.isoformat()
    mutes = [mute for mute in state["mutes"] if mute["until"] >= as_of]
    taken = [{**message, "run": message["run"] or run.id} for message in state["outbox"]]
    started: list[Any] = [
        {**each, "run": each["run"] or run.id} if each["status"] == "wanted" else each
        for each in state["retrainings"]
    ]
    changed: State = {
        **state,
        "last_success": max(state["last_success"], run.now.isoformat()),
        "mutes": mutes,
        "outbox": taken,  # type: ignore[typeddict-item]
        "retrainings": started,
    }
    if as_of <= state["last_as_of"]:
        return changed
    alerts, texts = _alerts(state, day, run, settings, mutes)
    sent: list[Message] = [
        {"id": f"{run.id}-{n}", "text": text, "run": run.id} for n, text in enumerate(texts)
    ]
    return {**changed, "last_as_of": as_of, "alerts": alerts, "outbox": [*changed["outbox"], *sent]}


def _alerts(
    state: State, day: Day, run: Run, settings: AlertSettings, mutes: list[Mute]
) -> tuple[dict[str, Alert], list[str]]:
    found = by_cause([finding for finding in day.findings if not _is_muted(finding, mutes)])
    alerts: dict[str, Alert] = {}
    texts: list[str] = []
    for cause in [*found, *(cause for cause in state["alerts"] if cause not in found)]:
        alert = state["alerts"].get(cause)
        if alert and alert["model_version"] != run.version:
            trained = _trained_again(state, alert, run)
            if alert["notified"] and not trained:
                texts.append(f"closed with model version {alert['model_version']}: {alert['text']}")
            alert = trained
        if cause in found:
            alerts[cause] = _bad(alert, cause, found[cause], day, run, settings, texts)
        elif alert and not is_answered(cause, alert["columns"], day.muted):
            alerts[cause] = alert
        elif alert:
            kept = _good(alert, run, settings, texts)
            alerts |= {cause: kept} if kept else {}
    return alerts, texts


def _trained_again(state: State, alert: Alert, run: Run) -> Alert | None:
    """The alert, which the new model must clear, where that was trained because of it."""
    for each in state["retrainings"]:
        if each["pipeline"] and (each["cause"], each["model_version"]) == (
            alert["cause"],
            alert["model_version"],
        ):
            done = f"trained again by {each['pipeline']}: model version {run.version} serves"
            return {**alert, "model_version": run.version, "bad": [], "good": 0, "done": done}
    return None


def _bad(
    alert: Alert | None,
    cause: str,
    findings: list[Finding],
    day: Day,
    run: Run,
    settings: AlertSettings,
    texts: list[str],
) -> Alert:
    as_of, severity = run.as_of.isoformat(), max(finding.severity for finding in findings)
    bad = [*_recent(alert, run.as_of, settings), as_of]
    is_open = alert is not None and alert["state"] != "PENDING"
    count = len(bad) - 1 + max(finding.days for finding in findings)
    fires = is_open or count >= settings.bad_days or severity == Exit.BROKEN
    text, columns = digest(findings, day.weights or {})
    found: Alert = {
        "state": "FIRING" if fires else "PENDING",
        "cause": cause,
        "severity": severity.name.lower(),
        "text": text,
        "columns": columns,
        "model_version": run.version,
        "bad": bad,
        "good": 0,
        "since": alert["since"] if alert else as_of,
        "counted": as_of,
        "notified": alert["notified"] if alert else "",
        "sent_as": alert["sent_as"] if alert else 0,
        "owner": alert["owner"] if alert else "",
        "owned_until": alert["owned_until"] if alert else "",
        "by": alert.get("by", "") if alert else "",
        "done": _done(alert),
    }
    worse = severity > found["sent_as"]
    if is_open and found["owned_until"] >= as_of and not worse:
        return {**found, "state": "ACKED"}
    if fires and (worse or _is_due(found["notified"], run.now, settings.cooldown)):
        texts.append(f"**{found['severity']}** on {as_of}, since {found['since']}: {text}")
        sent_as = max(int(severity), found["sent_as"])
        return {**found, "notified": run.now.isoformat(), "sent_as": sent_as, **NOBODY}  # type: ignore[typeddict-item]
    return found


def _good(alert: Alert, run: Run, settings: AlertSettings, texts: list[str]) -> Alert | None:
    as_of, good = run.as_of.isoformat(), alert["good"] + 1
    if alert["state"] == "PENDING":
        recent = _recent(alert, run.as_of + timedelta(days=1), settings)
        return {**alert, "bad": recent, "good": good, "counted": as_of} if recent else None
    if good < settings.clear_after:
        return {**alert, "state": "RESOLVING", "good": good, "counted": as_of}
    done = f"; {_done(alert)}" if _done(alert) else ""
    texts.append(f"resolved on {as_of} after {good} good days: {alert['text']}{done}")
    return None


def _done(alert: Alert | None) -> str:
    return alert.get("done", "") if alert else ""


def _recent(alert: Alert | None, as_of: date, settings: AlertSettings) -> list[str]:
    """The bad days before this one that count with it."""
    first = (as_of - timedelta(days=settings.within - 1)).isoformat()
    return [each for each in alert["bad"] if each >= first] if alert else []


def _is_due(notified: str, now: datetime, cooldown: timedelta) -> bool:
    return not notified or now - datetime.fromisoformat(notified) >= cooldown


def _is_muted(finding: Finding, mutes: list[Mute]) -> bool:
    return any(finding.cause == mute["cause"] and mute["column"] in ("", finding.column) for mute in mutes)


def acknowledge(state: State, cause: str, owner: str, until: date) -> State:
    """The state once somebody looks after an open alert; raises MonitorError where there is none."""
    alert = state["alerts"].get(cause)
    if alert is None or alert["state"] == "PENDING":
        found = ", ".join(name for name, each in state["alerts"].items() if each["state"] != "PENDING")
        raise MonitorError(f"--cause must be that of an open alert ({found or 'there is none'}), got {cause}")
    acked: Alert = {**alert, "state": "ACKED", "owner": owner, "owned_until": until.isoformat(), "by": ""}
    text = f"{cause}: {owner} looks after it until {until}: {alert['text']}"
    message: Message = {"id": f"ack-{cause}-{alert['since']}-{owner}-{until}", "text": text, "run": ""}
    return {
        **state,
        "alerts": {**state["alerts"], cause: acked},
        "outbox": [*(each for each in state["outbox"] if each["id"] != message["id"]), message],
    }


def mute(state: State, wanted: Mute) -> State:
    """The state once findings of a cause raise no alert for a time; a later one takes its place."""
    same = (wanted["cause"], wanted["column"])
    others = [each for each in state["mutes"] if (each["cause"], each["column"]) != same]
    return {**state, "mutes": [*others, wanted]}


def mine(state: State, run: Run) -> list[Message]:
    """The messages that this run must send."""
    return [message for message in state["outbox"] if message["run"] == run.id]


def others(state: State, run: Run) -> set[str]:
    """The other runs that have messages to send, or a retraining to start."""
    taken = [each["run"] for each in (*state["outbox"], *state["retrainings"])]
    return set(taken) - {run.id, ""}


def take_over(state: State, run: Run, dead: Collection[str]) -> State:
    """The state with what dead runs were to do, and the messages that nobody has, as this run's."""
    taken: list[Any] = [
        {**each, "run": run.id if each["run"] in ("", *dead) else each["run"]} for each in state["outbox"]
    ]
    started: list[Any] = [
        {**each, "run": run.id if each["run"] in dead else each["run"]} for each in state["retrainings"]
    ]
    return {**state, "outbox": taken, "retrainings": started}


def retrained(state: State, before: Retraining, after: Retraining, text: str, run: Run) -> State:
    """The state once a retraining has moved on; a run that comes second changes nothing."""
    if before not in state["retrainings"]:
        return state
    kept = [after if each == before else each for each in state["retrainings"]]
    message: Message = {"id": f"{after['key']} {after['status']}", "text": text, "run": run.id}
    alerts = {
        cause: {**alert, "done": text} if text and cause == after["cause"] else alert
        for cause, alert in state["alerts"].items()
    }
    outbox = [*state["outbox"], *([message] if text else [])]
    return {**state, "retrainings": kept, "alerts": alerts, "outbox": outbox}  # type: ignore[typeddict-item]


def delivered(state: State, ids: Collection[str], sink: str, sinks: Collection[str]) -> State:
    """The state once a place has taken messages; one that all places have is gone."""
    marked: list[Message] = [
        {**each, "sent": [*each.get("sent", []), sink]} if each["id"] in ids else each
        for each in state["outbox"]
    ]
    left = [each for each in marked if not set(sinks) <= set(each.get("sent", []))]
    return {**state, "outbox": left}


def unsent(state: State, sinks: Collection[str]) -> dict[str, int]:
    """How many messages each place has not taken yet."""
    return {
        name: sum(name not in message.get("sent", []) for message in state["outbox"])
        for name in sorted(sinks)
    }


def settle(state: State, run: Run, *, sent: bool) -> State:
    """The state after sending (the messages are gone) or failing to (any run may take them)."""
    kept: list[Message] = [
        {**each, "run": "" if each["run"] == run.id else each["run"]}
        for each in state["outbox"]
        if not (sent and each["run"] == run.id)
    ]
    left: list[Any] = [
        {**each, "run": "" if each["run"] == run.id else each["run"]} for each in state["retrainings"]
    ]
    return {**state, "outbox": kept, "retrainings": left}


def firing(state: State) -> list[Alert]:
    """The alerts that an open issue shows."""
    return [alert for alert in state["alerts"].values() if alert["state"] != "PENDING"]
