"""Trains the model on the landed rows and logs it to MLflow.

Writes for the next steps of the same job or environment: `model.json` (run id, model id, metrics) and
`build/reference.parquet` (inputs as `input_<name>`; the prediction's columns and `label` on the validation
rows only), `build/importance.json` (each input's part of the model's quality) and `build/redacted.json`
(inputs that the log does not have) for the monitor's baseline.
"""

import json
import os
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import Model, infer_signature

from ecluse_core.landing import Landing
from ecluse_models import formats

from .contract import Contract
from .errors import KitError
from .importance import importances
from .landed import Landed, newest, read_landed
from .leakage import require_no_leak
from .limits import read_limits
from .quality import Floats
from .tasks import Task, task
from .usecase import UseCase, name, setting


def split_dates(days: list[str]) -> tuple[list[str], list[str]]:
    """Training and validation dates: the newest fifth of the dates is kept for tests of the model.

    What the release judges by is in neither: it landed where no training reads.
    """
    if len(days) < 2:
        raise KitError(f"training needs at least 2 landing dates, got {days}; land another date")
    kept = newest(days)
    return [day for day in sorted(days) if day not in kept], kept


def of_the_job() -> dict[str, str]:
    """What a run says of the job that made it; variables of the CI that are not set are left out."""
    said = {
        "ecluse.commit": os.environ.get("CI_COMMIT_SHA"),
        "ecluse.pipeline": os.environ.get("CI_PIPELINE_ID"),
        "ecluse.job": os.environ.get("CI_JOB_ID"),
        "ecluse.environment": setting("ECLUSE_ENVIRONMENT"),
    }
    return {name: value for name, value in said.items() if value}


def tags(contract: Contract, landed: Landed, training: list[str], validation: list[str]) -> dict[str, str]:
    """The lineage of a run; what is not set is left out."""
    lineage = {
        **of_the_job(),
        "ecluse.data_version": landed.version,
        "ecluse.target": contract.target,
        "ecluse.id_column": contract.id,
        "ecluse.baseline_column": contract.baseline,
        "ecluse.training_dates": json.dumps(training),
        "ecluse.validation": json.dumps(validation),
    }
    return {name: value for name, value in lineage.items() if value}


def train(use_case: UseCase, landing: Landing) -> dict[str, Any]:
    """Trains and logs one model; writes `model.json` and returns what it holds."""
    contract, kind = use_case.contract, task(use_case.contract)
    landed = read_landed(landing)
    training, validation = split_dates(list(landed.frames))
    fit = pd.concat([landed.frames[day] for day in training])
    held = pd.concat([landed.frames[day] for day in validation])
    require_labels(contract, fit[contract.target], held[contract.target])
    require_no_leak(contract, kind, fit, held, read_limits(contract, use_case.limits))
    mlflow.set_experiment(name())
    with mlflow.start_run(tags=tags(contract, landed, training, validation)) as run:
        model = use_case.build_model().fit(fit[contract.inputs], kind.targets(fit[contract.target]))
        scores = kind.predictions(model, held[contract.inputs])
        reached = kind.metrics(held[contract.target], scores)
        mlflow.log_params({**use_case.parameters, "training_rows": len(fit)})
        example = example_of(pd.concat([fit, held])[contract.inputs])
        logged = _log_model(model, example, kind.predict, contract)
        mlflow.log_metrics(reached, model_id=logged.model_id)
        write_reference(contract, kind, fit, held, scores)
        weights = importances(contract, kind, model, held)
        Path("build/importance.json").write_text(json.dumps(weights, indent=1) + "\n")
        found = {"run_id": run.info.run_id, "model_id": logged.model_id, "metrics": reached}
    Path("model.json").write_text(json.dumps(found, indent=1) + "\n")
    return found


def require_labels(contract: Contract, fit: "pd.Series[Any]", held: "pd.Series[Any]") -> None:
    """Raises KitError where nothing can be learnt, or measured: one outcome alone, or a class without a row.

    A model has no probability of a class that it was not fitted on.
    """
    for rows, labels in (("the training rows", fit), ("the validation rows, which landed last,", held)):
        if labels.nunique() < 2:
            raise KitError(
                f"{rows} have {contract.target} {labels.iloc[0]} everywhere; land rows of others too"
            )
    lacking = [name for name in contract.classes if not (fit == name).any()]
    if lacking:
        raise KitError(
            f"the training rows have no {contract.target} {', '.join(lacking)}; land rows of each class, "
            "or take it out of the contract's classes"
        )


def example_of(inputs: pd.DataFrame) -> pd.DataFrame:
    """Five rows, and one with a null for each column that has any.

    The signature follows from them: what was never null must be given by whoever asks for a score.
    """
    nulls = [inputs[inputs[name].isna()].head(1) for name in inputs if inputs[name].isna().any()]
    return pd.concat([inputs.head(5), *nulls], ignore_index=True)


def _log_model(model: Any, example: pd.DataFrame, predict: str, contract: Contract) -> Any:
    signature = infer_signature(example, getattr(model, predict)(example))
    return Model.log(
        artifact_path=None,
        name="model",
        flavor=formats,
        model=model,
        predict=predict,
        signature=signature,
        input_example=example,
        metadata=contract.described,
    )


def write_reference(
    contract: Contract, kind: Task, fit: pd.DataFrame, held: pd.DataFrame, scores: Floats
) -> None:
    """Everything landed but texts, as the server logs it; training rows get no score: theirs are too good."""
    compared = contract.compared
    rows = pd.concat([fit[compared], held[compared]], ignore_index=True).add_prefix("input_")
    label = held[contract.target].to_numpy(dtype=object if contract.classes else np.float64)
    for column, values in {**kind.columns(scores), "label": label}.items():
        unknown = np.full(len(fit), None if values.dtype == object else np.nan, dtype=values.dtype)
        rows[column] = np.concatenate([unknown, values])
    Path("build").mkdir(exist_ok=True)
    rows.to_parquet("build/reference.parquet", index=False)
    Path("build/redacted.json").write_text(json.dumps(contract.redacted) + "\n")
