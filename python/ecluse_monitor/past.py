"""The days before: kept as histograms beside the reports, or else read from the log."""

import json
from contextlib import suppress
from datetime import date, timedelta
from typing import cast

from ecluse_core.container import Container, Missing
from ecluse_monitor.check import judge
from ecluse_monitor.seasons import History, Past
from ecluse_monitor.settings import Check, Settings
from ecluse_monitor.sketches import read_sketch
from ecluse_monitor.tracking import Champion


def read_history(given: Check, current: Champion, settings: Settings, as_of: date) -> History:
    """The days before that seasons go by. A new champion has other bins: their log is read once for it."""
    folder = _folder(given.use_case, current.version)
    known = given.reports.etags(folder)
    days: dict[date, Past] = {}
    for number in range(1, 7 * settings.drift.season_weeks + 1):
        day = as_of - timedelta(days=number)
        past = (
            _kept(given.reports, f"{folder}/{day}.json")
            if f"{folder}/{day}.json" in known
            else _logged(given, current, settings, day)
        )
        days |= {day: past} if past else {}
    return History(as_of, days)


def keep(given: Check, version: str, day: date, past: Past | None) -> None:
    """Keeps what later days compare a day with."""
    if past:
        content = json.dumps(past).encode()
        given.reports.write(f"{_folder(given.use_case, version)}/{day}.json", content)


def _folder(use_case: str, version: str) -> str:
    return f"{use_case}/monitor/history/{version}"


def _kept(reports: Container, name: str) -> Past | None:
    with suppress(Missing):
        return cast(Past, json.loads(reports.read(name).content))
    return None


def _logged(given: Check, current: Champion, settings: Settings, day: date) -> Past | None:
    seen = read_sketch(given.inference, given.use_case, current, day)
    # Whether it drifted is not known: without a history nothing is called so.
    past = judge(seen, current.version, current.baseline, settings, day).past if seen.rows else None
    keep(given, current.version, day, past)
    return past
