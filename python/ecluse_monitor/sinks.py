"""Where alerts go: each place gets each message once, whatever becomes of the others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from ecluse_monitor.alertmanager import Alertmanager
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.forge import Forge
from ecluse_monitor.issues import notify
from ecluse_monitor.judged import Place
from ecluse_monitor.mail import Mail
from ecluse_monitor.settings import AlertSettings, Check
from ecluse_monitor.state import Alert, Message, Run
from ecluse_monitor.webhook import Webhook


@dataclass(frozen=True)
class Outgoing:
    """What a run has to say: its messages, and the alerts as they stand."""

    run: Run
    alerts: list[Alert]
    messages: list[Message]
    demonstration: bool


@dataclass
class Receipt:
    """Which messages were taken, the address of what was written, and why the others were not."""

    ids: list[str] = field(default_factory=list[str])
    url: str = ""
    error: str = ""


@dataclass(frozen=True)
class Sink:
    """A place for alerts; `each_run` where it must hear how they stand though there is nothing new."""

    send: Callable[[Outgoing], Receipt]
    each_run: bool = False


def sinks_of(given: Check, alert: AlertSettings) -> dict[str, Sink]:
    """The places that the use case asks for, and the stack has, by name."""
    found: dict[str, Sink] = {}
    if forge := forge_of(given):
        found["gitlab"] = Sink(partial(_whole, send=partial(_issue, forge)))
    if given.webhook:
        webhook = Webhook(Place("webhook", **given.webhook.model_dump()), given.webhook_secret)
        found["webhook"] = Sink(
            partial(_each, send=lambda outgoing, each: webhook.send(*_event(outgoing, each)))
        )
    if given.mail:
        mail = Mail(**given.mail.model_dump(), password=given.mail_password)
        found["mail"] = Sink(partial(_each, send=lambda outgoing, each: mail.send(*_letter(outgoing, each))))
    if given.alertmanager:
        place = given.alertmanager
        manager = Alertmanager(
            Place("alertmanager", place.url, place.networks),
            given.alertmanager_token,
            timedelta(hours=place.hours),
        )
        found["alertmanager"] = Sink(partial(_whole, send=partial(_standing, manager)), each_run=True)
    return {name: found[name] for name in alert.sinks if name in found}


def forge_of(given: Check) -> Forge | None:
    """The use case's project; None where there is no token for it."""
    if given.forge_token_file is None:
        return None
    return Forge(given.forge_url, given.project_id, given.forge_token_file, given.trigger_token_file)


def _issue(forge: Forge, outgoing: Outgoing) -> str:
    run, alerts, messages = outgoing.run, outgoing.alerts, outgoing.messages
    return notify(forge, run, alerts, messages, demonstration=outgoing.demonstration)


def _standing(manager: Alertmanager, outgoing: Outgoing) -> str:
    manager.send(outgoing.run, outgoing.alerts, demonstration=outgoing.demonstration)
    return ""


def _whole(outgoing: Outgoing, send: Callable[[Outgoing], str]) -> Receipt:
    """Hands all over at once; `send` gives the address of what was written."""
    try:
        url = send(outgoing)
    except MonitorError as error:
        return Receipt(error=f"{error}")
    return Receipt([message["id"] for message in outgoing.messages], url)


def _each(outgoing: Outgoing, send: Callable[[Outgoing, Message], None]) -> Receipt:
    """Sends one message after the other, up to the first that is not taken."""
    receipt = Receipt()
    for message in outgoing.messages:
        try:
            send(outgoing, message)
        except MonitorError as error:
            receipt.error = f"{error}"
            break
        receipt.ids.append(message["id"])
    return receipt


def _event(outgoing: Outgoing, message: Message) -> tuple[str, dict[str, object]]:
    run = outgoing.run
    shown = ("cause", "severity", "state", "since", "text", "columns", "owner", "owned_until")
    return message["id"], {
        "type": "monitor.alert",
        "timestamp": run.now.isoformat(),
        "data": {
            "environment": run.environment,
            "use_case": run.use_case,
            "model_version": run.version,
            "as_of": run.as_of.isoformat(),
            "demonstration": outgoing.demonstration,
            "text": message["text"],
            "alerts": [{key: alert[key] for key in shown} for alert in outgoing.alerts],
        },
    }


def _letter(outgoing: Outgoing, message: Message) -> tuple[str, str, str]:
    run, mark = outgoing.run, "[demonstration] " if outgoing.demonstration else ""
    subject = f"{mark}Monitor: {run.use_case} in {run.environment}"
    open_ = "".join(f"\n- {each['severity']}: {each['text']}" for each in outgoing.alerts)
    return message["id"], subject, f"{message['text']}\n\nOpen alerts:{open_ or ' none'}\n"
