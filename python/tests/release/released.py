"""An environment of its own with two versions and a refused run, for the tests of what is recorded."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import mlflow
import pytest

from ecluse_release.inventory import Reading, inventory
from ecluse_release.records import Inventory, Version
from ecluse_release.release import release
from ecluse_release.settings import Settings
from ecluse_release.trace import Trace, Tracing, trace
from tests.identity.tracking import RunningEnvironment, environment
from tests.release.training import RULES, USE_CASE, Training, key_pair, land_data, release_variables, train

PRIVATE, PUBLIC = key_pair()
FIRST, SECOND, POOR = "a3" * 20, "b3" * 20, "c3" * 20
ANSWERS = {
    "owner": "ada@example.com",
    "team": "retention",
    "purpose": "Offers a talk",
    "risk_class": "limited",
    "materiality": "medium",
    "review_by": "2999-01-31",
    "decision_threshold": 0.4,
}
"""Who answers for the model, as the stack says it at the second release."""


def reading(running: RunningEnvironment) -> dict[str, str]:
    """What a person who may read the registry has for a report."""
    return {
        "ECLUSE_USE_CASE": USE_CASE,
        "ECLUSE_ENVIRONMENT": "prod",
        "ECLUSE_SIGNING_PUBLIC_KEY": PUBLIC,
        "MLFLOW_TRACKING_URI": running.url,
        "MLFLOW_TRACKING_TOKEN": running.forge.person(),
        "MLFLOW_WORKSPACE": USE_CASE,
    }


def as_release(
    running: RunningEnvironment, commit: str, monkeypatch: pytest.MonkeyPatch, **changes: str
) -> dict[str, str]:
    """The variables of a release that grace has started in pipeline 77."""
    token = running.forge.ci("release", user_login="grace", pipeline_id="77")
    variables = release_variables(running, commit, PRIVATE, MLFLOW_TRACKING_TOKEN=token, **changes)
    _as(running, monkeypatch, variables)
    return variables


def _as(running: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    mlflow.set_tracking_uri(running.url)  # that of another test would go before the variable


def read(running: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """The report, as a person has it."""
    _as(running, monkeypatch, reading(running))
    return inventory(Reading.read(reading(running)))


@contextmanager
def two_versions(folder: Path) -> Generator[RunningEnvironment]:
    """An environment with two versions, and a run that was refused."""
    with environment(folder) as running:
        land_data(running)
        for commit, gates in ((FIRST, RULES), (SECOND, RULES), (POOR, {**RULES, "floor": 0.99})):
            train(running, Training(commit))
            with pytest.MonkeyPatch.context() as monkeypatch:
                answers = {"ECLUSE_ACCOUNTABILITY": json.dumps(ANSWERS)} if commit != FIRST else {}
                given = as_release(running, commit, monkeypatch, ECLUSE_GATES=json.dumps(gates), **answers)
                release(Settings.read(given))
        yield running


def traced(running: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, asked: str, day: str = "") -> Trace:
    """The trace, as a person has it who may read the log."""
    given = {**reading(running), "ECLUSE_INFERENCE_URL": running.store.url("inference", "read")}
    _as(running, monkeypatch, given)
    return trace(Tracing.read(given), asked, date.fromisoformat(day) if day else None)


def version(found: Inventory, number: str) -> Version:
    """A version of the report, which may have others that nobody released."""
    return next(each for each in found.versions if each.version == number)
