"""What other settings would have raised over past days, beside those that the champion has.

State and reports stay as they are, and nobody is notified.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ecluse_monitor.check import judge
from ecluse_monitor.errors import Exit
from ecluse_monitor.labelled import read_labelled
from ecluse_monitor.past import read_history
from ecluse_monitor.seasons import History, Past
from ecluse_monitor.settings import Check, Settings, parse_settings
from ecluse_monitor.sketch import Sketch
from ecluse_monitor.sketches import read_sketch
from ecluse_monitor.state import Day, Run, State, advance, empty, firing, mine, settle
from ecluse_monitor.tracking import Champion, champion


@dataclass
class _Played:
    """One choice of settings on its way through the days."""

    settings: Settings
    days: dict[date, Past]
    state: State = field(default_factory=empty)
    flagged: list[str] = field(default_factory=list[str])
    alerts: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    opened: list[date] = field(default_factory=list[date])
    firing: list[date] = field(default_factory=list[date])


def replay(
    given: Check, wanted: dict[str, Any], last: date, days: int, bad: frozenset[date]
) -> dict[str, Any]:
    """The alerts of the last days by the `wanted` settings and by the present ones, as two documents.

    `bad` are days on which something was wrong: an alert that opens on any other is a false one.
    """
    current = champion(given)
    first = last - timedelta(days=days - 1)
    played = {
        name: _start(given, current, parse_settings(document), first)
        for name, document in (("wanted", wanted), ("present", current.baseline["settings"]))
    }
    judged: list[date] = []
    for day in (first + timedelta(days=number) for number in range(days)):
        seen = read_sketch(given.inference, given.use_case, current, day)
        if not seen.rows:
            continue
        judged.append(day)
        for each in played.values():
            _play(each, given, current, day, seen)
    shown = {name: _shown(each, judged, bad) for name, each in played.items()}
    return {"from": first.isoformat(), "to": last.isoformat(), "windows": len(judged), **shown}


def _start(given: Check, current: Champion, settings: Settings, first: date) -> _Played:
    return _Played(settings, dict(read_history(given, current, settings, first).days))


def _play(played: _Played, given: Check, current: Champion, day: date, seen: Sketch) -> None:
    settings, baseline = played.settings, current.baseline
    labelled = read_labelled(given, current, settings.performance, day)
    oldest = day - timedelta(weeks=settings.drift.season_weeks)
    history = History(day, {each: past for each, past in played.days.items() if each >= oldest})
    verdict = judge(seen, current.version, baseline, settings, day, labelled, history)
    played.days |= {day: verdict.past} if verdict.past else {}
    now = datetime.combine(day, datetime.min.time(), UTC)
    run = Run(f"{day}", given.environment, given.use_case, current.version, day, now)
    before = {alert["cause"] for alert in firing(played.state)}
    found = Day(verdict.findings, verdict.unanswered, current.weights)
    state = advance(played.state, found, run, settings.alert)
    played.alerts += [{"as_of": f"{day}", "text": message["text"]} for message in mine(state, run)]
    open_ = {alert["cause"] for alert in firing(state)}
    played.opened += [day] if open_ - before else []
    played.firing += [day] if open_ else []
    played.flagged += [f"{day}"] if verdict.exit > Exit.FINE else []
    played.state = settle(state, run, sent=True)


def _shown(played: _Played, judged: list[date], bad: frozenset[date]) -> dict[str, Any]:
    quiet = [day for day in judged if day not in bad]
    false = [day for day in played.opened if day not in bad]
    return {
        "flagged": played.flagged,
        "alerts": played.alerts,
        "quiet_windows": len(quiet),
        "false_alarms": [f"{day}" for day in false],
        "false_alarm_rate": len(false) / len(quiet) if quiet else None,
        "missed": [f"{day}" for day in judged if day in bad and day not in played.firing],
    }


def text(document: dict[str, Any]) -> str:
    """A replay for people."""
    lines = [f"{document['windows']} windows from {document['from']} to {document['to']}"]
    for name in ("present", "wanted"):
        found = document[name]
        rate = "none" if found["false_alarm_rate"] is None else f"{found['false_alarm_rate']:.1%}"
        lines.append(
            f"{name} settings: {len(found['flagged'])} flagged windows, {len(found['alerts'])} messages, "
            f"{len(found['false_alarms'])} false alarms in {found['quiet_windows']} quiet windows ({rate})"
        )
        lines += [f"  {each['as_of']}  {each['text']}" for each in found["alerts"]]
        lines += [f"  missed: {', '.join(found['missed'])}"] if found["missed"] else []
    return "\n".join(lines)
