"""A forecast, released as a cluster's job does it, and served: the score is the predicted number."""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from ecluse_core.opening import open_container
from ecluse_release.job import job_settings
from ecluse_release.release import Outcome, release
from tests.identity.tracking import SERVING, RunningEnvironment, environment
from tests.release.demand import DEMAND, DEMAND_RULES, forecaster
from tests.release.training import USE_CASE, Training, contract_of, land_data, release_variables, train
from tests.serving.server import PRIVATE, Running, model_server, score

COMMIT = "a" * 40
COLD = {"id": "m-1", "lag_7": 4600.0, "temperature": -5.0}
MILD = {"id": "m-2", "lag_7": 4600.0, "temperature": 15.0}


def requested(prod: RunningEnvironment, server: Running) -> Mapping[str, str]:
    """The environment of the release's pod, and what a pipeline asks for."""
    known = release_variables(prod, COMMIT, PRIVATE)
    entry = {
        "project": "ecluse/bank-churn",
        "gates": dict(DEMAND_RULES),
        "contract": json.loads(contract_of(DEMAND)),
        "data_url": known.pop("ECLUSE_DATA_URL"),
        "holdout_url": known.pop("ECLUSE_HOLDOUT_URL"),
        "serving_url": server.url,
    }
    return {
        **known,
        "ECLUSE_RELEASES": json.dumps({USE_CASE: entry}),
        "ECLUSE_SERVING_TOKEN": prod.forge.ci("release", SERVING),
        "ECLUSE_SERVING_REPLICAS": "1",
    }


def released(prod: RunningEnvironment, server: Running) -> Outcome:
    """The job's release, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        settings, variables = job_settings(requested(prod, server))
        for name in variables.keys() - os.environ.keys() | {"MLFLOW_TRACKING_TOKEN", "MLFLOW_WORKSPACE"}:
            patch.setenv(name, variables[name])
        return release(settings)


def test_a_forecast_is_released_served_and_logged(tmp_path: Path) -> None:
    with environment(tmp_path) as prod:
        land_data(prod, DEMAND)
        train(prod, Training(COMMIT, estimator=forecaster(), data=DEMAND))
        with model_server(prod, tmp_path, prod.store.url("inference", "write")) as server:
            outcome = released(prod, server)
            assert (outcome.released, outcome.message) == (True, "version 1 is champion"), outcome
            monitor = prod.workloads.workload("monitor", SERVING)
            status, answer = score(server, monitor, COLD, MILD, time="2026-04-01T12:00:00Z")
        assert status == 200, answer
        cold, mild = (prediction["score"] for prediction in answer["predictions"])
        assert 3000 < mild < cold - 500
        log = open_container("URL", {"URL": prod.store.url("inference", "read")})
        (name,) = log.etags(f"{USE_CASE}/date=2026-04-01")
        table = pl.read_parquet(io.BytesIO(log.read(name).content))
        assert table["score"].to_list() == [cold, mild]
