"""Fixtures for the tests of a use case, its own and the kit's; pytest finds them by itself.

`use_case`, `contract`, `limits`, `rows` and `fitted` are for tests of code. Tests of the model that the job's
training stored have `run_tags`, `model_uri`, `stored`, `model`, `validation` and `scored`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:  # pytest loads this module also where nothing of it is used
    import pandas as pd

    from ecluse_models.model import LoadedModel

    from .contract import Contract
    from .limits import Limits
    from .usecase import UseCase


@pytest.fixture(scope="session")
def use_case() -> UseCase:
    """The use case in the working folder."""
    from .usecase import load

    return load()


@pytest.fixture(scope="session")
def contract(use_case: UseCase) -> Contract:
    """Its data contract."""
    return use_case.contract


@pytest.fixture(scope="session")
def limits(use_case: UseCase) -> Limits:
    """The bounds of `limits.yaml`."""
    from .limits import read_limits

    return read_limits(use_case.contract, use_case.limits)


@pytest.fixture(scope="session")
def rows(use_case: UseCase) -> pd.DataFrame:
    """A sample of 2,000 rows: landed ones where they can be reached, else made-up ones."""
    from .rows import sample

    return sample(2_000, use_case)


@pytest.fixture(scope="session")
def fitted(use_case: UseCase, contract: Contract, rows: pd.DataFrame) -> Any:
    """The model, fitted on the sample."""
    from .tasks import task

    targets = task(contract).targets(rows[contract.target])
    return use_case.build_model().fit(rows[contract.inputs], targets)


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """The `model.json` that training wrote."""
    path = Path("model.json")
    if not path.is_file():
        pytest.fail("there is no model.json: run python -m ecluse train first")
    return cast(dict[str, Any], json.loads(path.read_text()))


@pytest.fixture(scope="session")
def run_tags(written: dict[str, Any]) -> dict[str, str]:
    """The tags of the training run."""
    from mlflow import MlflowClient

    return MlflowClient().get_run(str(written["run_id"])).data.tags


@pytest.fixture(scope="session")
def model_uri(written: dict[str, Any]) -> str:
    """Where MLflow has the stored model."""
    return f"models:/{written['model_id']}"


@pytest.fixture(scope="session")
def stored(written: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    """The stored model, loaded as by release and model server: what they refuse fails here."""
    from mlflow import MlflowClient

    from ecluse_models.download import download_model
    from ecluse_models.formats import load_model

    folder = tmp_path_factory.mktemp("model") / "stored"
    return load_model(download_model(MlflowClient(), str(written["model_id"]), folder))


@pytest.fixture(scope="session")
def model(stored: LoadedModel) -> Any:
    """The stored model's estimator."""
    return stored.estimator


@pytest.fixture(scope="session")
def validation(run_tags: dict[str, str]) -> pd.DataFrame:
    """The rows that training kept for tests of its model; their bytes must be those that training saw."""
    import pandas as pd

    from .landed import read_landed, training_data

    landed = read_landed(training_data())
    if landed.version != run_tags["ecluse.data_version"]:
        pytest.fail("the landed data changed since the training: train again")
    return pd.concat([landed.frames[day] for day in json.loads(run_tags["ecluse.validation"])])


@pytest.fixture(scope="session")
def scored(contract: Contract, model: Any, validation: pd.DataFrame) -> pd.DataFrame:
    """The validation rows with what the model predicts, by the columns of its answer."""
    from .tasks import task

    kind = task(contract)
    return validation.assign(**kind.columns(kind.predictions(model, validation[contract.inputs])))
