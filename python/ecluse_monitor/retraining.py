"""When the monitor has a model trained again: what it takes, and the pipeline that does it.

That one is wanted is written into the state before it is started, under a key that the pipeline has as its
name. A run that finds it wanted looks the name up first: whoever was killed in between started it once.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.finding import Finding
from ecluse_monitor.forge import Forge
from ecluse_monitor.settings import Retrain
from ecluse_monitor.state import Alert, Day, Retraining, Run, State

BRANCH = "main"
"""What production trusts, and trains."""
WEEK = timedelta(days=7)
ENDED = ("success", "failed", "canceled", "skipped", "gone")
"""Of a pipeline's states those after which it does nothing more."""
ASKED = "asked"
"""The state of one that waits for a pipeline to ask after it."""
NewLabels = Callable[[date], int]
"""How many predictions have got a label since a day."""


def decide(state: State, day: Day, run: Run, settings: Retrain | None, new_labels: NewLabels) -> State:
    """The state with a retraining that is wanted, where all that it takes is there; else as it was.

    A retraining whose model serves by now has done its work: the next problem is another one's.
    """
    known = [_settled(each, run.version) for each in state["retrainings"]]
    state = {**state, "retrainings": known}
    cause = _cause(state, day, settings)
    as_of = run.as_of.isoformat()
    if as_of < state["last_as_of"] or any(each["as_of"] == as_of for each in known):
        return state
    if settings is None or cause is None or obstacle(state, day, run, settings, new_labels):
        return state
    wanted: Retraining = {
        "key": f"retraining of {run.environment}: version {run.version}, {run.as_of}",
        "run": run.id,
        "environment": run.environment,
        "cause": cause,
        "as_of": as_of,
        "model_version": run.version,
        "approval": settings.approve == run.environment,
        "status": "wanted",
        "pipeline": "",
        "number": 0,
    }
    return {**state, "retrainings": [*known, wanted]}


def obstacle(state: State, day: Day, run: Run, settings: Retrain, new_labels: NewLabels) -> str:
    """Why nothing is trained now, though the model is worse; empty where nothing is in the way."""
    contract = state["alerts"].get("contract")
    if any(finding.forbids_training for finding in day.findings) or (
        contract and contract["severity"] == Exit.BROKEN.name.lower()
    ):
        return "the day's rows, or those of an open alert, are not fit to train on"
    if any(is_open(each) for each in state["retrainings"]):
        return "a retraining is under way"
    recent = [each for each in state["retrainings"] if date.fromisoformat(each["as_of"]) > run.as_of - WEEK]
    if len(recent) >= settings.max_per_week:
        return f"retrain.max_per_week is {settings.max_per_week}, and so many were started"
    since = max((date.fromisoformat(each["as_of"]) for each in state["retrainings"]), default=date.min)
    labels = new_labels(since)
    if labels < settings.min_new_labels:
        return f"{labels} labels are new, and retrain.min_new_labels is {settings.min_new_labels}"
    return ""


def due(state: State, run: Run) -> list[Retraining]:
    """Those that this run starts, and those whose pipelines it asks after."""
    return [each for each in state["retrainings"] if is_open(each) and each["run"] in ("", run.id)]


def is_open(retraining: Retraining) -> bool:
    """Whether its pipeline may still bring a model."""
    return retraining["status"] not in (*ENDED, "served")


def _settled(retraining: Retraining, version: str) -> Retraining:
    if retraining["model_version"] == version:
        return retraining
    if retraining["status"] == ASKED:
        # Another model serves: no pipeline answers any more.
        return {**retraining, "status": "gone"}
    return {**retraining, "status": "served"} if retraining["pipeline"] else retraining


def _cause(state: State, day: Day, settings: Retrain | None) -> str | None:
    """The open alert that asks for a retraining, as the settings have it."""
    for trigger in settings.on if settings else ():
        cause = "drift" if trigger == "estimated_drift" else "performance"
        alert = state["alerts"].get(cause)
        if alert and alert["state"] in ("FIRING", "ACKED") and _asks(trigger, alert, day):
            return cause
    return None


def _asks(trigger: str, alert: Alert, day: Day) -> bool:
    if trigger == "estimated_drift":
        return any(each.check == "estimated" for each in day.findings) and any(
            _is_important(each, day.weights or {}) for each in day.findings
        )
    # An alert that a labelled day did not move says nothing about today's model.
    judged = [each for each in day.findings if each.cause == "performance"]
    return bool(judged) and (trigger == "performance_warn" or alert["severity"] == "critical")


def _is_important(finding: Finding, weights: dict[str, float]) -> bool:
    """Whether the model goes by the column that drifted at least as much as by the average one."""
    average = sum(weights.values()) / max(len(weights), 1)
    return finding.check == "drift" and weights.get(finding.column, 0.0) >= average > 0


def follow(retraining: Retraining, forge: Forge) -> Retraining:
    """The retraining as its pipeline stands; one that is wanted is started, unless it was already."""
    found = _find(forge, retraining) if retraining["status"] == "wanted" else _look(forge, retraining)
    return {
        **retraining,
        "run": "",
        "status": str(found["status"]),
        "number": int(found["id"]),
        "pipeline": str(found.get("web_url") or retraining["pipeline"]),
    }


def _find(forge: Forge, retraining: Retraining) -> dict[str, Any]:
    key = retraining["key"]
    for pipeline in forge.pages("/pipelines", {"source": "trigger", "ref": BRANCH, "name": key}):
        if pipeline.get("name") == key:
            return pipeline
    variables = {
        "ECLUSE_TASK": "retrain",
        "ECLUSE_ENVIRONMENT": retraining["environment"],
        "ECLUSE_RETRAINING": key,
        **({"ECLUSE_APPROVAL": "manual"} if retraining["approval"] else {}),
    }
    return forge.start(BRANCH, variables)


def _look(forge: Forge, retraining: Retraining) -> dict[str, Any]:
    try:
        return forge.call("GET", f"/pipelines/{retraining['number']}", {})
    except MonitorError as error:
        if "HTTP 404" not in f"{error}":
            raise
        # GitLab deletes old pipelines: nothing of it can come any more.
        return {"id": retraining["number"], "status": "gone"}


def news_of(before: Retraining, after: Retraining) -> str:
    """What people get to know of a change; empty where there is nothing new."""
    if after["status"] == ASKED:
        return f"asks for a training because of {after['cause']}: the project's next pipeline for it begins"
    if before["status"] in ("wanted", ASKED):
        waits = ", which waits for somebody to let it on" if after["approval"] else ""
        return f"training again because of {after['cause']}{waits}: {after['pipeline']}"
    if is_open(before) and after["status"] in ENDED and after["status"] != "success":
        return f"training again ended as {after['status']}, the model stays: {after['pipeline']}"
    return ""
