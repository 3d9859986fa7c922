"""Alerts to Prometheus' Alertmanager, by its API: each holds until the monitor finds it no more.

Alertmanager forgets an alert that nobody repeats, so each run says of every cause how it stands. An alert
that has ended and that it never had is none to it: the monitor need not remember what it sent before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import CAUSES
from ecluse_monitor.judged import Place
from ecluse_monitor.state import Alert, Run

NAME = "EcluseMonitor"
"""The label `alertname`."""
SEVERITIES = tuple(each.name.lower() for each in (Exit.WARNING, Exit.TOO_LITTLE, Exit.CRITICAL, Exit.BROKEN))


@dataclass(frozen=True)
class Alertmanager:
    """Where its pages begin; its bearer token, empty where it asks for none; how long an alert holds."""

    place: Place
    token: str
    holds: timedelta

    def send(self, run: Run, alerts: Sequence[Alert], *, demonstration: bool) -> None:
        """Says which alerts are open, and of every other that it is not; raises MonitorError."""
        now = datetime.now(UTC)
        open_ = {(alert["cause"], alert["severity"]): alert for alert in alerts}
        document = [
            _alert(run, cause, severity, open_.get((cause, severity)), now, self.holds, demonstration)
            for cause in sorted(set(CAUSES.values()))
            for severity in SEVERITIES
        ]
        api = replace(self.place, url=f"{self.place.url.rstrip('/')}/api/v2/alerts")
        api.post(document, lambda _: {"Authorization": f"Bearer {self.token}"} if self.token else {})


def _alert(
    run: Run,
    cause: str,
    severity: str,
    alert: Alert | None,
    now: datetime,
    holds: timedelta,
    demonstration: bool,
) -> dict[str, object]:
    labels = {
        "alertname": NAME,
        "environment": run.environment,
        "use_case": run.use_case,
        "cause": cause,
        "severity": severity,
        "demonstration": str(demonstration).lower(),
    }
    if alert is None:
        return {"labels": labels, "endsAt": now.isoformat()}
    shown = {
        "summary": alert["text"],
        "columns": ", ".join(alert["columns"]),
        "model_version": alert["model_version"],
        "state": alert["state"].lower(),
        "owner": alert["owner"],
    }
    return {
        "labels": labels,
        "annotations": {key: value for key, value in shown.items() if value},
        "startsAt": f"{alert['since']}T00:00:00+00:00",
        "endsAt": (now + holds).isoformat(),
    }
