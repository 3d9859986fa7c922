"""The monitor's commands: what each reads, judges, writes and reports."""

import json
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import polars as pl

from ecluse_core.container import Container, Missing
from ecluse_monitor.backfill import backfill as backfill_days
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.forge import Forge
from ecluse_monitor.labelled import read_labelled
from ecluse_monitor.past import keep, read_history
from ecluse_monitor.predictions import Part
from ecluse_monitor.replay import replay as replay_days
from ecluse_monitor.retraining import decide, due, follow, news_of
from ecluse_monitor.settings import Check, Reports, load_settings, parse_settings
from ecluse_monitor.sinks import Outgoing, Sink, forge_of, sinks_of
from ecluse_monitor.sketches import parts_of, read_sketch
from ecluse_monitor.state import (
    Day,
    Mute,
    Run,
    State,
    acknowledge,
    advance,
    delivered,
    firing,
    mine,
    mute,
    others,
    retrained,
    settle,
    take_over,
)
from ecluse_monitor.store import StateFile, read_labels
from ecluse_monitor.tracking import champion
from ecluse_monitor.watch import publish

NO_SINK = {
    "gitlab": "alert.sinks.gitlab (ECLUSE_FORGE_TOKEN_FILE is not set)",
    "webhook": "alert.sinks.webhook (ECLUSE_WEBHOOK or its secret is not set)",
    "mail": "alert.sinks.mail (ECLUSE_MAIL or its password is not set)",
}
"""What a report says of a place that the stack has not: nobody was notified there."""

NO_TRIGGER = "retrain (ECLUSE_TRIGGER_TOKEN_FILE is not set: the stack does not allow it)"
NO_LABELS = "performance (the training logged no labels: train again)"
PATIENCE = 60.0
"""Seconds that another run may take to send its messages, before it is taken for dead."""
FORMAT = 2
"""Of a report. Pages are not made of what another version of the monitor wrote."""
HISTORY = 30
"""Days before a report whose distances its page shows."""
MOST_DAYS = 400
"""Of one replay, or one backfill."""
LONGEST = timedelta(days=90)
"""For how long an alert may be acknowledged, or muted, at most."""


def baseline(reference: Path, model: Path, settings: Path) -> dict[str, Any]:
    """Computes the baseline of a training run and logs it there as `monitor/baseline.json`."""
    from mlflow import MlflowClient  # only training jobs need it, and only they surely have it

    try:
        run_id = str(json.loads(model.read_text())["run_id"])
        table = pl.read_parquet(reference)
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise MonitorError(
            f"{model} or {reference} cannot be read ({error}); run the training first"
        ) from error
    document = build_baseline(table, load_settings(settings))
    MlflowClient().log_dict(run_id, cast(dict[str, Any], document), "monitor/baseline.json")
    return {"run_id": run_id, "rows": document["rows"], "columns": list(document["columns"])}


def count_part(given: Check, as_of: date, part: Part) -> dict[str, Any]:
    """Counts a part of a day and keeps its sketch; the document says whether it was the last of them."""
    current = champion(given)
    parts = parts_of(given, current, as_of, part.of)
    sketch = read_sketch(given.inference, given.use_case, current, as_of, part)
    is_last = parts.keep(part, sketch)
    return {"partition": part.index, "of": part.of, "rows": sketch.rows, "is_last": is_last}


def check(given: Check, as_of: date, *, demonstration: bool, partitions: int = 1) -> dict[str, Any]:
    """Judges a day, writes its report and the state, and notifies the forge; returns the report.

    With several partitions it judges what `count_part` has counted.
    """
    use_case, environment, reports = given.use_case, given.environment, given.reports
    current = champion(given)
    settings = parse_settings(current.baseline["settings"])
    if demonstration:
        alert = settings.alert.model_copy(update={"bad_days": 1})
        settings = settings.model_copy(update={"alert": alert})
    run = Run(uuid.uuid4().hex, environment, use_case, current.version, as_of, datetime.now(UTC))
    seen = (
        read_sketch(given.inference, use_case, current, as_of)
        if partitions == 1
        else parts_of(given, current, as_of, partitions).merged()
    )
    labelled = read_labelled(given, current.version, settings.performance, as_of)
    # What a demonstration sends is no history, and needs none.
    history = None if demonstration else read_history(given, current, settings, as_of)
    verdict = judge(seen, current.version, current.baseline, settings, as_of, labelled, history)
    if not demonstration and as_of < run.now.date():
        keep(given, current.version, as_of, verdict.past)
    state_file = StateFile(reports, f"{use_case}/monitor/{_state_name(demonstration)}")
    weights = {name: column.get("importance", 0.0) for name, column in current.baseline["columns"].items()}
    found = Day(verdict.findings, verdict.unanswered, weights)
    sinks = sinks_of(given, settings.alert)
    retrain = settings.retrain if given.trigger_token_file and not demonstration else None

    def new_labels(since: date) -> int:
        since = max(since, current.since)
        return read_labels(given.inference, use_case, since).height

    state = state_file.update(
        lambda old: decide(advance(old, found, run, settings.alert), found, run, retrain, new_labels)
    )
    report = {
        "format": FORMAT,
        "use_case": use_case,
        "environment": environment,
        "as_of": as_of.isoformat(),
        "checked_at": run.now.isoformat(),
        "demonstration": demonstration,
        "model_version": current.version,
        "run_id": current.run_id,
        "rows": seen.rows,
        "duplicates": seen.duplicates,
        **verdict.as_json(),
        "importance": weights,
        "limits": {
            "numeric": settings.drift.numeric.w_norm.model_dump(),
            "categorical": settings.drift.categorical.js.model_dump(),
        },
        "seasons_lack": history.lacks if history and settings.drift.season_weeks else "",
        "not_run": [
            *settings.not_run,
            *(NO_SINK[name] for name in settings.alert.sinks if name not in sinks),
            *([NO_TRIGGER] if settings.retrain and not given.trigger_token_file else []),
            *_without_labels(current.baseline),
        ],
        "alerts": state["alerts"],
        "mutes": state["mutes"],
        "retrainings": state["retrainings"],
        "messages": [message["text"] for message in mine(state, run)],
        "issue": "",
    }
    before = earlier(reports, report)
    _write_report(reports, report, before)  # before the forge: a report must not depend on it
    report["issue"] = _deliver(given, sinks, state_file, state, run, demonstration)
    after = state_file.read()[0]
    report |= {key: after[key] for key in ("alerts", "retrainings")}
    if report["issue"] or after["retrainings"] != state["retrainings"]:
        _write_report(reports, report, before)
    return report


def _without_labels(baseline: Baseline) -> list[str]:
    return [] if baseline["performance"] else [NO_LABELS]


def _state_name(demonstration: bool) -> str:
    # A demonstration must neither raise nor clear an alert that is meant.
    return "demonstration-state.json" if demonstration else "state.json"


def _write_report(reports: Container, report: dict[str, Any], before: list[dict[str, Any]]) -> None:
    name = f"{report['use_case']}/monitor/{report['as_of']}"
    reports.write(f"{name}.json", json.dumps(report, indent=1).encode())
    reports.write(f"{name}.html", _page(report, before).encode())


def _page(report: dict[str, Any], before: list[dict[str, Any]]) -> str:
    from ecluse_monitor.page import render  # the jobs that log baselines have no template engine

    return render(report, before)


def earlier(reports: Container, report: dict[str, Any]) -> list[dict[str, Any]]:
    """The reports of the month before one, of its kind and model, oldest first."""
    folder, as_of = f"{report['use_case']}/monitor", date.fromisoformat(report["as_of"])
    names = reports.etags(folder)
    days = [as_of - timedelta(days=number) for number in range(HISTORY, 0, -1)]
    found = [
        json.loads(reports.read(name).content) for day in days if (name := f"{folder}/{day}.json") in names
    ]
    alike = ("format", "demonstration", "model_version")
    return [each for each in found if all(each.get(key) == report[key] for key in alike)]


def _deliver(
    given: Check, sinks: dict[str, Sink], file: StateFile, state: State, run: Run, demo: bool
) -> str:
    url = _send(given, sinks, file, state, run, demo)
    # Another run sends some now, or died before it could. By its own clock, since others may be wrong.
    waiting, end = others(state, run), time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        time.sleep(min(1.0, PATIENCE / 10))
        waiting &= others(file.read()[0], run)
    if waiting:
        state = file.update(lambda old: take_over(old, run, waiting))
        url = _send(given, sinks, file, state, run, demo)
    return url


def _send(given: Check, sinks: dict[str, Sink], file: StateFile, state: State, run: Run, demo: bool) -> str:
    url, errors = "", list[str]()
    try:
        if forge := forge_of(given):
            state = _train(forge, file, state, run)
    except MonitorError as error:
        errors.append(f"{error}")
    for name, sink in sinks.items():
        left = [each for each in mine(state, run) if name not in each.get("sent", [])]
        if not left:
            continue
        receipt = sink(Outgoing(run, firing(state), left, demo))
        url, errors = url or receipt.url, [*errors, *([receipt.error] if receipt.error else [])]
        state = file.update(partial(delivered, ids=receipt.ids, sink=name, sinks=sinks))
    # Where there is no place to send it the report has it: a message that waited for one would wait for ever.
    if mine(state, run) or errors:
        file.update(lambda old: settle(old, run, sent=not errors))
    if errors:
        raise MonitorError("; ".join(errors))
    return url


def _train(forge: Forge, state_file: StateFile, state: State, run: Run) -> State:
    """Starts the retraining that this run is to start, and sees what became of the one before."""
    for before in due(state, run):
        after = follow(before, forge)
        if after != before:
            text = news_of(before, after)
            state = state_file.update(partial(retrained, before=before, after=after, text=text, run=run))
    return state


def acknowledge_alert(given: Reports, cause: str, owner: str, until: date) -> dict[str, Any]:
    """Notes who looks after an open alert, and until when it is not notified again unless it gets worse."""
    _check_until(until)
    state_file = StateFile(given.reports, f"{given.use_case}/monitor/{_state_name(False)}")
    return dict(state_file.update(lambda old: acknowledge(old, cause, owner, until))["alerts"][cause])


def mute_findings(given: Reports, wanted: Mute) -> dict[str, Any]:
    """Notes who decided that findings of a cause, or of a column of it, raise no alert until a day."""
    _check_until(date.fromisoformat(wanted["until"]))
    if wanted["cause"] == "performance":
        raise MonitorError("--cause performance cannot be muted: acknowledge it by ack")
    state_file = StateFile(given.reports, f"{given.use_case}/monitor/{_state_name(False)}")
    state_file.update(lambda old: mute(old, wanted))
    return dict(wanted)


def replay(given: Check, settings: Path, last: date, days: int, bad: list[date]) -> dict[str, Any]:
    """What the settings of a file would have raised over the days up to `last`, beside the present ones."""
    if not 1 <= days <= MOST_DAYS:
        raise MonitorError(f"--days must be 1 to {MOST_DAYS}, got {days}")
    return replay_days(given, load_settings(settings), last, days, frozenset(bad))


def backfill(given: Check, first: date, last: date) -> dict[str, Any]:
    """Judges the days that were missed, or whose labels came later; the newest verdict is published."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    if not last - timedelta(days=MOST_DAYS) < first <= last <= yesterday:
        raise MonitorError(
            f"--from must be at most {MOST_DAYS} days before --to, and that {yesterday} at the latest, "
            f"got {first} to {last}"
        )
    newest = StateFile(given.reports, f"{given.use_case}/monitor/{_state_name(False)}").read()[0][
        "last_as_of"
    ]

    def judge_day(day: date) -> dict[str, Any]:
        report = check(given, day, demonstration=False)
        return publish(given, report) if report["as_of"] >= newest else report

    return backfill_days(given, first, last, judge_day)


def _check_until(until: date) -> None:
    today = datetime.now(UTC).date()
    if not today <= until <= today + LONGEST:
        raise MonitorError(f"--until must be from {today} to {today + LONGEST}, got {until}")


def report(given: Reports, as_of: date, page: Path | None = None) -> dict[str, Any]:
    """The report that `check` wrote for a day; written as an HTML page too where `page` is given."""
    name = f"{given.use_case}/monitor/{as_of}.json"
    try:
        found = cast(dict[str, Any], json.loads(given.reports.read(name).content))
    except Missing as error:
        raise MonitorError(f"there is no report for {as_of}; run check --as-of {as_of}") from error
    if page is None:
        return found
    if found.get("format") != FORMAT:
        raise MonitorError(f"the report of {as_of} is of another version; run check --as-of {as_of} again")
    page.write_text(_page(found, earlier(given.reports, found)), encoding="utf8")
    return found


def exit_code(document: dict[str, Any]) -> int:
    """The exit code that a report calls for."""
    return int(document.get("exit", Exit.FINE))
