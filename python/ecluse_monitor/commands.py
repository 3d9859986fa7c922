"""The monitor's commands: what each reads, judges, writes and reports."""

import json
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl

from ecluse_core.container import Container, Missing
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.check import judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.issues import Forge, notify
from ecluse_monitor.lacks import lacks
from ecluse_monitor.past import keep, read_history
from ecluse_monitor.performance import Labelled
from ecluse_monitor.predictions import finite
from ecluse_monitor.settings import Check, Performance, Reports, load_settings, parse_settings
from ecluse_monitor.state import (
    Day,
    Mute,
    Run,
    State,
    acknowledge,
    advance,
    firing,
    mine,
    mute,
    others,
    settle,
    take_over,
)
from ecluse_monitor.store import StateFile, read_day, read_labels
from ecluse_monitor.tracking import champion

NO_ISSUES = "alert.sinks.gitlab (ECLUSE_FORGE_TOKEN_FILE is not set)"
"""What a report says where the monitor has no token for a forge: nobody else was notified."""

PATIENCE = 60.0
"""Seconds that another run may take to send its messages, before it is taken for dead."""
FORMAT = 2
"""Of a report. Pages are not made of what another version of the monitor wrote."""
HISTORY = 30
"""Days before a report whose distances its page shows."""
LONGEST = timedelta(days=90)
"""For how long an alert may be acknowledged, or muted, at most."""


def baseline(reference: Path, model: Path, settings: Path) -> dict[str, Any]:
    """Computes the baseline of a training run and logs it there as `monitor/baseline.json`."""
    from mlflow import MlflowClient  # only training jobs need it, and only they surely have it

    try:
        run_id = str(json.loads(model.read_text())["run_id"])
        table = pl.read_parquet(reference)
        weights = _importances(reference.with_name("importance.json"))
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise MonitorError(
            f"{model} or {reference} cannot be read ({error}); run the training first"
        ) from error
    document = build_baseline(table, load_settings(settings), weights)
    MlflowClient().log_dict(run_id, cast(dict[str, Any], document), "monitor/baseline.json")
    return {"run_id": run_id, "rows": document["rows"], "columns": list(document["columns"])}


def _importances(path: Path) -> dict[str, float]:
    """What training found of the inputs; empty where another program than the kit trained."""
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return {name: float(part) for name, part in found.items()}


def check(given: Check, as_of: date, *, demonstration: bool) -> dict[str, Any]:
    """Judges a day, writes its report and the state, and notifies the forge; returns the report."""
    use_case, environment, reports = given.use_case, given.environment, given.reports
    current = champion(given)
    settings = parse_settings(current.baseline["settings"])
    if demonstration:
        alert = settings.alert.model_copy(update={"bad_days": 1})
        settings = settings.model_copy(update={"alert": alert})
    run = Run(uuid.uuid4().hex, environment, use_case, current.version, as_of, datetime.now(UTC))
    logged = read_day(given.inference, use_case, as_of)
    labelled = read_labelled(given, current.version, settings.performance, as_of)
    # What a demonstration sends is no history, and needs none.
    history = None if demonstration else read_history(given, current, settings, as_of)
    verdict = judge(logged.rows, current.version, current.baseline, settings, as_of, labelled, history)
    if not demonstration and as_of < run.now.date():
        keep(given, current.version, as_of, verdict.past)
    state_file = StateFile(reports, f"{use_case}/monitor/{_state_name(demonstration)}")
    weights = {name: column.get("importance", 0.0) for name, column in current.baseline["columns"].items()}
    found = Day(verdict.findings, verdict.unanswered, weights)
    state = state_file.update(lambda old: advance(old, found, run, settings.alert))
    report = {
        "format": FORMAT,
        "use_case": use_case,
        "environment": environment,
        "as_of": as_of.isoformat(),
        "checked_at": run.now.isoformat(),
        "demonstration": demonstration,
        "model_version": current.version,
        "run_id": current.run_id,
        "rows": logged.rows.height,
        "duplicates": logged.duplicates,
        **verdict.as_json(),
        "importance": weights,
        "importance_by": current.baseline.get("importance_by", "correlation"),
        "limits": {
            "numeric": settings.drift.numeric.w_norm.model_dump(),
            "categorical": settings.drift.categorical.js.model_dump(),
        },
        "seasons_lack": history.lacks if history and settings.drift.season_weeks else "",
        "not_run": [
            *settings.not_run,
            *([] if given.forge_token_file else [NO_ISSUES]),
            *lacks(current.baseline, settings),
        ],
        "alerts": state["alerts"],
        "mutes": state["mutes"],
        "messages": [message["text"] for message in mine(state, run)],
        "issue": "",
    }
    before = earlier(reports, report)
    _write_report(reports, report, before)  # before the forge: a report must not depend on it
    report["issue"] = _deliver(given, state_file, state, run, demonstration)
    if report["issue"]:
        _write_report(reports, report, before)
    return report


def read_labelled(given: Check, version: str, settings: Performance, as_of: date) -> Labelled:
    """The champion's predictions of the days whose labels should have come, with those that have."""
    last = as_of - settings.label_delay
    first = last - timedelta(days=settings.days - 1)
    wanted = pl.DataFrame(schema={"prediction_id": pl.String, "score": pl.Float64})
    frames = [wanted]
    for number in range(settings.days):
        rows = read_day(given.inference, given.use_case, first + timedelta(days=number)).rows
        if {"prediction_id", "model_version", "score"} <= set(rows.columns):
            own = rows.filter(pl.col("model_version").cast(pl.String) == version)
            frames.append(own.select(pl.col("prediction_id").cast(pl.String), finite(own["score"])))
    labels = read_labels(given.inference, given.use_case, first)
    return Labelled(first, last, pl.concat(frames).join(labels, on="prediction_id", how="left"))


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


def _deliver(given: Check, state_file: StateFile, state: State, run: Run, demonstration: bool) -> str:
    url = _send(given, state_file, state, run, demonstration)
    # Another run sends some now, or died before it could. By its own clock, since others may be wrong.
    waiting, end = others(state, run), time.monotonic() + PATIENCE
    while waiting and time.monotonic() < end:
        time.sleep(min(1.0, PATIENCE / 10))
        waiting &= others(state_file.read()[0], run)
    if waiting:
        state = state_file.update(lambda old: take_over(old, run, waiting))
        url = _send(given, state_file, state, run, demonstration)
    return url


def _send(given: Check, state_file: StateFile, state: State, run: Run, demonstration: bool) -> str:
    messages = mine(state, run)
    if not messages:
        return ""
    url = ""
    try:
        # Without a forge the report has it: a message that waited for one would wait for ever.
        if given.forge_token_file:
            forge = Forge(given.forge_url, given.project_id, given.forge_token_file)
            url = notify(forge, run, firing(state), messages, demonstration=demonstration)
    except MonitorError:
        state_file.update(lambda old: settle(old, run, sent=False))
        raise
    state_file.update(lambda old: settle(old, run, sent=True))
    return url


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
