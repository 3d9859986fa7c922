"""The monitor's commands: what each reads, judges, writes and reports."""

import json
import uuid
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl

from ecluse_core.container import Missing
from ecluse_monitor.backfill import backfill as backfill_days
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.check import Verdict, judge, with_finding
from ecluse_monitor.delivery import deliver, hear
from ecluse_monitor.errors import Exit, MonitorError, Undelivered
from ecluse_monitor.hands import listen
from ecluse_monitor.labelled import read_labelled
from ecluse_monitor.lacks import lacks
from ecluse_monitor.past import keep, read_history
from ecluse_monitor.predictions import Part
from ecluse_monitor.replay import replay as replay_days
from ecluse_monitor.reports import FORMAT, Earlier, html, write_report
from ecluse_monitor.retraining import decide
from ecluse_monitor.revalidation import overdue
from ecluse_monitor.settings import Check, Reports, Settings, load_settings, parse_settings
from ecluse_monitor.sinks import Sink, sinks_of
from ecluse_monitor.sketch import Sketch
from ecluse_monitor.sketches import parts_of, read_sketch
from ecluse_monitor.state import Day, Mute, Run, State, acknowledge, advance, mine, mute, unsent
from ecluse_monitor.store import StateFile, read_labels
from ecluse_monitor.tracking import Champion, champion
from ecluse_monitor.watch import publish

NO_SINK = {
    "gitlab": "alert.sinks.gitlab (ECLUSE_FORGE_TOKEN_FILE is not set)",
    "webhook": "alert.sinks.webhook (ECLUSE_WEBHOOK or its secret is not set)",
    "mail": "alert.sinks.mail (ECLUSE_MAIL or its password is not set)",
    "alertmanager": "alert.sinks.alertmanager (ECLUSE_ALERTMANAGER is not set)",
}
"""What a report says of a place that the stack has not: nobody was notified there."""

NO_TRIGGER = "retrain (ECLUSE_TRIGGER_TOKEN_FILE is not set: the stack does not allow it)"
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
        weights = _importances(reference.with_name("importance.json"))
        redacted = _redacted(reference.with_name("redacted.json"))
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise MonitorError(
            f"{model} or {reference} cannot be read ({error}); run the training first"
        ) from error
    document = build_baseline(table, load_settings(settings), weights, redacted)
    MlflowClient().log_dict(run_id, cast(dict[str, Any], document), "monitor/baseline.json")
    return {"run_id": run_id, "rows": document["rows"], "columns": list(document["columns"])}


def _importances(path: Path) -> dict[str, float]:
    """What training found of the inputs; empty where another program than the kit trained."""
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return {name: float(part) for name, part in found.items()}


def _redacted(path: Path) -> list[str]:
    """The inputs that the contract redacts; none where another program than the kit trained."""
    return [str(name) for name in json.loads(path.read_text())] if path.exists() else []


def count_part(given: Check, as_of: date, part: Part) -> dict[str, Any]:
    """Counts a part of a day and keeps its sketch; the document says whether it was the last of them."""
    current = champion(given)
    parts = parts_of(given, current, as_of, part.of)
    sketch = read_sketch(given.inference, given.use_case, current, as_of, part)
    is_last = parts.keep(part, sketch)
    return {"partition": part.index, "of": part.of, "rows": sketch.rows, "is_last": is_last}


def check(given: Check, as_of: date, *, demonstration: bool, partitions: int = 1) -> dict[str, Any]:
    """Judges a day, writes its report and the state, and notifies; returns the report.

    With several partitions it judges what `count_part` has counted.
    """
    current = champion(given)
    settings = _settings_of(current, demonstration)
    run = Run(uuid.uuid4().hex, given.environment, given.use_case, current.version, as_of, datetime.now(UTC))
    seen = _seen(given, current, as_of, partitions)
    # What a demonstration sends is no history, and needs none.
    history = None if demonstration else read_history(given, current, settings, as_of)
    before = Earlier(given.reports, given.use_case, as_of)
    since = None if demonstration else before.last_judged()
    labelled = read_labelled(given, current, settings.performance, as_of, since)
    verdict = judge(seen, current.version, current.baseline, settings, as_of, labelled, history)
    verdict = with_finding(verdict, overdue(given.review_by, as_of, settings.alert))
    if not demonstration and as_of < run.now.date():
        keep(given, current.version, as_of, verdict.past)
    file = StateFile(given.reports, f"{given.use_case}/monitor/{_state_name(demonstration)}")
    if given.asks_retraining and not demonstration:
        hear(given, file, run)
    if not demonstration:
        listen(given, file, run, settings.alert)
    state = file.update(_next(given, current, settings, verdict, run, demonstration))
    sinks = sinks_of(given, settings.alert)
    report = {
        **_facts(run, current, settings, demonstration),
        "rows": seen.rows,
        "duplicates": seen.duplicates,
        **verdict.as_json(),
        "seasons_lack": history.lacks if history and settings.drift.season_weeks else "",
        "not_run": _not_run(given, current, settings, sinks),
        **_standing(state),
        "messages": [message["text"] for message in mine(state, run)],
        "unsent": unsent(state, sinks),
        "issue": "",
    }
    return _notified(given, sinks, file, state, run, report, before.alike(report))


def _settings_of(current: Champion, demonstration: bool) -> Settings:
    settings = parse_settings(current.baseline["settings"])
    if not demonstration:
        return settings
    return settings.model_copy(update={"alert": settings.alert.model_copy(update={"bad_days": 1})})


def _seen(given: Check, current: Champion, as_of: date, partitions: int) -> Sketch:
    if partitions > 1:
        return parts_of(given, current, as_of, partitions).merged()
    return read_sketch(given.inference, given.use_case, current, as_of)


def _next(
    given: Check, current: Champion, settings: Settings, verdict: Verdict, run: Run, demonstration: bool
) -> Callable[[State], State]:
    """How the state goes on: its alerts, and a retraining that they ask for."""
    found = Day(verdict.findings, verdict.unanswered, current.weights)
    retrain = settings.retrain if given.may_retrain and not demonstration else None

    def new_labels(since: date) -> int:
        first, is_class = max(since, current.since), bool(current.classes)
        return read_labels(given.inference, given.use_case, first, is_class=is_class).height

    return lambda old: decide(advance(old, found, run, settings.alert), found, run, retrain, new_labels)


def _facts(run: Run, current: Champion, settings: Settings, demonstration: bool) -> dict[str, Any]:
    """What a report says of the run, whatever its day was like."""
    return {
        "format": FORMAT,
        "use_case": run.use_case,
        "environment": run.environment,
        "as_of": run.as_of.isoformat(),
        "checked_at": run.now.isoformat(),
        "demonstration": demonstration,
        "model_version": current.version,
        "run_id": current.run_id,
        "importance": current.weights,
        "importance_by": current.baseline.get("importance_by", "correlation"),
        "limits": {
            "numeric": settings.drift.numeric.w_norm.model_dump(),
            "categorical": settings.drift.categorical.js.model_dump(),
        },
    }


def _not_run(given: Check, current: Champion, settings: Settings, sinks: Collection[str]) -> list[str]:
    return [
        *settings.not_run,
        *(NO_SINK[name] for name in settings.alert.sinks if name not in sinks),
        *([NO_TRIGGER] if settings.retrain and not given.may_retrain else []),
        *lacks(current.baseline, settings),
    ]


def _standing(state: State) -> dict[str, Any]:
    return {key: state[key] for key in ("alerts", "mutes", "retrainings")}


def _notified(
    given: Check,
    sinks: dict[str, Sink],
    file: StateFile,
    state: State,
    run: Run,
    report: dict[str, Any],
    before: list[dict[str, Any]],
) -> dict[str, Any]:
    """Writes the report and notifies; the report as it stands after that. Raises Undelivered with it."""
    write_report(given.reports, report, before)  # before anybody is notified: a report must not depend on it
    issue, failure = "", ""
    try:
        issue = deliver(given, sinks, file, state, run, demonstration=report["demonstration"])
    except MonitorError as error:
        failure = f"{error}"
    after = file.read()[0]
    shown = {**report, **_standing(after), "unsent": unsent(after, sinks), "issue": issue}
    if shown != report:
        write_report(given.reports, shown, before)
    if failure:
        raise Undelivered(failure, shown)
    return shown


def _state_name(demonstration: bool) -> str:
    # A demonstration must neither raise nor clear an alert that is meant.
    return "demonstration-state.json" if demonstration else "state.json"


def acknowledge_alert(given: Reports, cause: str, owner: str, until: date) -> dict[str, Any]:
    """Notes who looks after an open alert, and until when it is not notified again unless it gets worse."""
    _check_until(until)
    state_file = StateFile(given.reports, f"{given.use_case}/monitor/{_state_name(False)}")
    return dict(state_file.update(lambda old: acknowledge(old, cause, owner, until))["alerts"][cause])


def mute_findings(given: Reports, wanted: Mute) -> dict[str, Any]:
    """Notes who decided that findings of a cause, or of a column of it, raise no alert until a day."""
    _check_until(date.fromisoformat(wanted["until"]))
    if wanted["cause"] in ("performance", "revalidation"):
        raise MonitorError(f"--cause {wanted['cause']} cannot be muted: acknowledge it by ack")
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
    page.write_text(html(found, Earlier(given.reports, given.use_case, as_of).alike(found)), encoding="utf8")
    return found


def exit_code(document: dict[str, Any]) -> int:
    """The exit code that a report calls for."""
    return int(document.get("exit", Exit.FINE))
