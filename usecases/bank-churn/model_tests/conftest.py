"""The model of this job's `model.json`, as stored in the tracking server, and its hold-out."""

import json
from pathlib import Path
from typing import Any, cast

import mlflow
import pandas as pd
import pytest
from mlflow.sklearn import load_model
from sklearn.pipeline import Pipeline

from bank_churn.blobs import container, read_landed
from bank_churn.features import INPUTS
from bank_churn.quality import predictions


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """What training wrote."""
    return cast(dict[str, Any], json.loads(Path("model.json").read_text()))


@pytest.fixture(scope="session")
def run_tags(written: dict[str, Any]) -> dict[str, str]:
    """The tags of the training run."""
    return mlflow.MlflowClient().get_run(str(written["run_id"])).data.tags


@pytest.fixture(scope="session")
def model_uri(written: dict[str, Any]) -> str:
    """Where the stored model lies: tests judge what was stored, not what was in memory."""
    return f"models:/{written['model_id']}"


@pytest.fixture(scope="session")
def model(model_uri: str) -> Pipeline:
    """The stored model."""
    return cast(Pipeline, load_model(model_uri))


@pytest.fixture(scope="session")
def holdout(run_tags: dict[str, str]) -> pd.DataFrame:
    """The rows that training kept out; their bytes must be those that training saw."""
    landed = read_landed(container())
    if landed.version != run_tags["ecluse.data_version"]:
        pytest.fail("the landed data changed since the training: train anew")
    return pd.concat([landed.frames[day] for day in json.loads(run_tags["ecluse.holdout"])])


@pytest.fixture(scope="session")
def scored(model: Pipeline, holdout: pd.DataFrame) -> pd.DataFrame:
    """The hold-out with what the model predicts as `score`."""
    return holdout.assign(score=predictions(model, holdout[list(INPUTS)]))
