"""What the state has to say is sent: by this run, or in the place of one that died before it could."""

import time
from dataclasses import replace
from functools import partial

from ecluse_monitor.asking import ask, begun
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.forge import Forge
from ecluse_monitor.retraining import ASKED, due, follow, news_of
from ecluse_monitor.settings import Check
from ecluse_monitor.sinks import Outgoing, Sink, forge_of
from ecluse_monitor.state import (
    Retraining,
    Run,
    State,
    delivered,
    firing,
    mine,
    others,
    retrained,
    settle,
    take_over,
)
from ecluse_monitor.store import StateFile

PATIENCE = 60.0
"""Seconds that another run may take to send its messages, before it is taken for dead."""


def deliver(
    given: Check, sinks: dict[str, Sink], file: StateFile, state: State, run: Run, *, demonstration: bool
) -> str:
    """Sends what the state has to say, each message once; the address of the issue.

    Raises MonitorError where a place did not take it: the next run sends it there.
    """
    url = _send(given, sinks, file, state, run, demonstration)
    # Another run sends some now, or died before it could. By its own clock, since others may be wrong.
    waiting, end = others(state, run), time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        time.sleep(min(1.0, PATIENCE / 10))
        waiting &= others(file.read()[0], run)
    if waiting:
        state = file.update(lambda old: take_over(old, run, waiting))
        url = _send(given, sinks, file, state, run, demonstration)
    return url


def _send(given: Check, sinks: dict[str, Sink], file: StateFile, state: State, run: Run, demo: bool) -> str:
    url, errors = "", list[str]()
    try:
        if forge := forge_of(given):
            state = _train(given, forge, file, state, run)
    except MonitorError as error:
        errors.append(f"{error}")
    for name, sink in sinks.items():
        left = [each for each in mine(state, run) if name not in each.get("sent", [])]
        if not left and not sink.each_run:
            continue
        receipt = sink.send(Outgoing(run, firing(state), left, demo))
        url, errors = url or receipt.url, [*errors, *([receipt.error] if receipt.error else [])]
        state = file.update(partial(delivered, ids=receipt.ids, sink=name, sinks=sinks))
    # Where there is no place to send it the report has it: a message that waited for one would wait for ever.
    if mine(state, run) or errors:
        file.update(lambda old: settle(old, run, sent=not errors))
    if errors:
        raise MonitorError("; ".join(errors))
    return url


def _train(given: Check, forge: Forge, file: StateFile, state: State, run: Run) -> State:
    """Starts the retraining that this run is to start, and sees what became of the one before."""
    for before in due(state, run):
        if given.asks_retraining and before["status"] == "wanted":
            ask(given, before)
            state = _moved(file, before, {**before, "run": "", "status": ASKED}, run)
        elif before["status"] != ASKED:
            state = _moved(file, before, follow(before, forge), run)
    return state


def hear(given: Check, file: StateFile, run: Run) -> None:
    """Notes the pipelines that have begun what was asked for: before a day is judged, so that it counts."""
    nobody = replace(
        run, id=""
    )  # the message is sent by the run that judges a day next, and that is this one
    for before in file.read()[0]["retrainings"]:
        if before["status"] == ASKED and (after := begun(given, before)):
            _moved(file, before, after, nobody)


def _moved(file: StateFile, before: Retraining, after: Retraining, run: Run) -> State:
    if after == before:
        return file.read()[0]
    text = news_of(before, after)
    return file.update(partial(retrained, before=before, after=after, text=text, run=run))
