"""A forecast from lagged columns, released against a real tracking server, and each gate that refuses one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sklearn.dummy import DummyRegressor

from ecluse_release.data import DataError
from ecluse_release.judge import Refusal
from ecluse_release.release import Outcome, release
from ecluse_release.settings import Settings
from tests.identity.tracking import RunningEnvironment, environment
from tests.release.demand import DEMAND, DEMAND_RULES, forecaster
from tests.release.training import (
    RULES,
    Training,
    contract_of,
    key_pair,
    land_data,
    release_variables,
    train,
    version_of,
)

PRIVATE, _ = key_pair()
GOOD, WORSE, CLASSIFIER = "a1" * 20, "b1" * 20, "c1" * 20


def training(commit: str, **changes: Any) -> Training:
    """A training job of the demand forecast."""
    return replace(Training(commit, estimator=forecaster(), data=DEMAND), **changes)


def run(prod: RunningEnvironment, commit: str, monkeypatch: pytest.MonkeyPatch, **changes: object) -> Outcome:
    """A release under the rules of a forecast, some of them changed."""
    return released(prod, commit, monkeypatch, {**DEMAND_RULES, **changes})


def released(
    prod: RunningEnvironment,
    commit: str,
    monkeypatch: pytest.MonkeyPatch,
    rules: Mapping[str, Any],
    contract: str = contract_of(DEMAND),
) -> Outcome:
    """A release under these rules."""
    given = {"ECLUSE_GATES": json.dumps(rules), "ECLUSE_CONTRACT": contract}
    variables = release_variables(prod, commit, PRIVATE, **given)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return release(Settings.read(variables))


def failed(outcome: Outcome) -> set[str]:
    return {gate.name for gate in outcome.gates if not gate.passed}


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """An environment of its own, as a champion has one kind."""
    with environment(Path(tmp_path_factory.mktemp("demand"))) as running:
        land_data(running, DEMAND)
        train(running, training(GOOD))
        yield running


@pytest.mark.parametrize(
    ("gate", "changes"),
    [
        ("floor", {"floor": 0.99}),
        ("baseline", {"baseline_margin": 0.5}),
        ("bias", {"max_bias": 0.0}),
        ("segment region=south", {"segments": [{"column": "region", "floor": 0.99, "min_rows": 10}]}),
    ],
)
def test_each_gate_refuses(
    landed: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, gate: str, changes: Mapping[str, Any]
) -> None:
    outcome = run(landed, GOOD, monkeypatch, **changes)
    assert not outcome.released
    assert gate in failed(outcome)


def test_a_named_column_is_the_baseline(landed: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {**DEMAND_RULES, "baseline_margin": 0.5}
    outcome = released(landed, GOOD, monkeypatch, rules, contract_of(DEMAND, baseline="lag_7"))
    assert failed(outcome) == {"baseline"}
    reasons = [gate.reason for gate in outcome.gates if gate.name == "baseline"]
    assert reasons == ["r2 over that of the forecast that repeats lag_7"]


@pytest.mark.parametrize(
    ("contract", "reason"),
    [
        ({"baseline": "demand"}, "name one of the inputs lag_7, temp"),
        ({"target": "region"}, "target 'region' must hold finite numbers"),
    ],
)
def test_an_unusable_contract_is_refused(
    landed: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, contract: Mapping[str, str], reason: str
) -> None:
    with pytest.raises(DataError, match=reason):
        released(landed, GOOD, monkeypatch, DEMAND_RULES, contract_of(DEMAND, **contract))


def test_a_model_without_skill_is_refused(
    landed: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "f1" * 20
    train(landed, training(commit, estimator=DummyRegressor()))
    assert {"floor", "baseline"} <= failed(run(landed, commit, monkeypatch))


def test_the_kind_of_model_must_be_the_metrics(
    landed: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(landed, Training(CLASSIFIER, tags={"ecluse.data_version": version_of(DEMAND)}))
    for commit, rules, reason in (
        (
            CLASSIFIER,
            DEMAND_RULES,
            "the model is a classifier, and metric 'r2' .* judges a regressor",
        ),
        (GOOD, RULES, "the model is a regressor, and metric 'roc_auc' of .* judges a classifier"),
    ):
        with pytest.raises(Refusal, match=reason):
            released(landed, commit, monkeypatch, rules)


def test_a_good_forecast_becomes_champion_and_is_met(
    landed: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = run(landed, GOOD, monkeypatch)
    assert outcome.released, outcome
    names = [gate.name for gate in outcome.gates]
    segments = ["segment region=north", "segment region=south"]
    assert names == ["floor", "baseline", "bias", *segments, "leakage", "size", "latency"]
    assert outcome.gates[0].value == pytest.approx(0.85, abs=0.1)

    train(landed, training(WORSE, rows=60))
    lenient = {"floor": 0.0, "baseline_margin": 0.0, "max_bias": 1.0, "segments": []}
    assert failed(run(landed, WORSE, monkeypatch, **lenient)) == {"non-inferiority"}

    reason = "champion version 1 is a regressor, and metric 'roc_auc' .* remove the alias"
    train(landed, Training("d2" * 20, tags={"ecluse.data_version": version_of(DEMAND)}))
    with pytest.raises(Refusal, match=reason):
        released(landed, "d2" * 20, monkeypatch, RULES)
