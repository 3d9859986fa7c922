"""A format of one file goes the whole way: stored by the kit, judged and signed, served."""

import json
import os
from pathlib import Path

import mlflow
import pytest

from ecluse.contract import Contract
from ecluse.train import train
from ecluse.usecase import UseCase
from ecluse_models import confined, formats
from ecluse_models.formats import FORMATS
from ecluse_models.model import ModelError
from ecluse_release.release import Outcome, release
from ecluse_release.settings import Settings
from tests.identity.tracking import SERVING, RunningEnvironment, environment
from tests.kit.conftest import write_limits
from tests.models import linear
from tests.models.linear import Linear
from tests.release.demand import DEMAND, DEMAND_RULES
from tests.release.training import USE_CASE, contract_of, land_data, landing, release_variables
from tests.serving.server import PRIVATE, model_server, score

COMMIT = "a" * 40
CONTRACT = Contract(
    target="demand",
    target_range=(0, 100_000),
    id="meter",
    numeric={"lag_7": (0, 10_000), "temperature": (-50, 50)},
)
COLD = {"id": "m-1", "lag_7": 4600.0, "temperature": -5.0}
MILD = {"id": "m-2", "lag_7": 4600.0, "temperature": 15.0}


def trained(prod: RunningEnvironment, patch: pytest.MonkeyPatch) -> None:
    """A training job's run of the kit."""
    patch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci(sha=COMMIT))
    mlflow.set_tracking_uri(prod.url)  # that of another test would go before the variable
    patch.setenv("MLFLOW_TRACKING_URI", prod.url)
    patch.setenv("MLFLOW_WORKSPACE", USE_CASE)
    patch.setenv("ECLUSE_USE_CASE", USE_CASE)
    patch.setenv("ECLUSE_ENVIRONMENT", "prod")
    patch.setenv("CI_COMMIT_SHA", COMMIT)
    limits = write_limits(CONTRACT, Path("limits.yaml"), one_input=0.9)
    use_case = UseCase("demand", limits, CONTRACT, Linear, {}, None, None)
    train(use_case, landing(prod.store.url("data", "read")))


def released(prod: RunningEnvironment, patch: pytest.MonkeyPatch, **places: str) -> Outcome:
    rules = {**DEMAND_RULES, "segments": [], "floor": 0.5}
    variables = release_variables(
        prod, COMMIT, PRIVATE, ECLUSE_GATES=json.dumps(rules), ECLUSE_CONTRACT=contract_of(DEMAND), **places
    )
    for name, value in variables.items():
        patch.setenv(name, value)
    return release(Settings.read(os.environ))


def test_a_format_of_one_file_is_stored_judged_and_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, linear))
    monkeypatch.setattr(confined, "PROGRAM", ("tests.models.linear_worker",))
    with environment(tmp_path) as prod:
        land_data(prod, DEMAND)
        trained(prod, monkeypatch)
        with monkeypatch.context() as unknown:
            unknown.setattr(confined, "PROGRAM", ("ecluse_models.worker",))
            with pytest.raises(ModelError, match="the flavors linear; the platform takes one of"):
                released(prod, unknown)
        inference = prod.store.url("inference", "write")
        with model_server(prod, tmp_path, inference, module="tests.models.serve_linear") as server:
            outcome = released(
                prod,
                monkeypatch,
                ECLUSE_SERVING_URL=server.url,
                ECLUSE_SERVING_TOKEN=prod.forge.ci("release", SERVING),
                ECLUSE_SERVING_REPLICAS="1",
            )
            assert (outcome.released, outcome.message) == (True, "version 1 is champion"), outcome
            assert server.source.load().model.format == "linear-json"
            status, answer = score(server, prod.workloads.workload("monitor", SERVING), COLD, MILD)
        assert status == 200, answer
        cold, mild = (prediction["score"] for prediction in answer["predictions"])
        assert 3000 < mild < cold - 300
