"""Trains the model on the landed rows and logs it to MLflow; run as a module.

Writes for the next steps of the same job or environment: `model.json` (run id, model id, metrics) and
`build/reference.parquet` (inputs as `input_<name>`, `score` on the hold-out only) for the monitor's baseline.
"""

import importlib.metadata as metadata
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from mlflow.sklearn import log_model

from .blobs import DataError, Landed, container, read_landed, setting, use_case
from .container import BlobError
from .features import ID, INPUTS, TARGET
from .pipeline import PARAMETERS, TRUSTED_TYPES, build_pipeline
from .quality import PREDICT, metrics, predictions

HOLDOUT_SHARE: Final = 0.2
REQUIREMENTS: Final = ("scikit-learn", "skops", "numpy", "scipy", "pandas")


def split_dates(days: list[str]) -> tuple[list[str], list[str]]:
    """Training and hold-out dates: the newest fifth of the dates (at least one) is held out."""
    if len(days) < 2:
        raise DataError(f"training needs at least 2 landing dates, got {days}; land another date")
    held = max(1, round(len(days) * HOLDOUT_SHARE))
    return sorted(days)[:-held], sorted(days)[-held:]


def tags(landed: Landed, training: list[str], holdout: list[str]) -> dict[str, str]:
    """What the run tells of its origin; names of the CI's own variables are left out where it has none."""
    lineage = {
        "ecluse.commit": os.environ.get("CI_COMMIT_SHA"),
        "ecluse.pipeline": os.environ.get("CI_PIPELINE_ID"),
        "ecluse.job": os.environ.get("CI_JOB_ID"),
        "ecluse.environment": setting("ECLUSE_ENVIRONMENT"),
        "ecluse.data_version": landed.version,
        "ecluse.target": TARGET,
        "ecluse.id_column": ID,
        "ecluse.training_dates": json.dumps(training),
        "ecluse.holdout": json.dumps(holdout),
    }
    return {name: value for name, value in lineage.items() if value}


def train() -> dict[str, Any]:
    """Trains and logs one model; returns what `model.json` holds."""
    landed = read_landed(container())
    training, holdout = split_dates(list(landed.frames))
    fit = pd.concat([landed.frames[day] for day in training])
    held = pd.concat([landed.frames[day] for day in holdout])
    mlflow.set_experiment(use_case())
    with mlflow.start_run(tags=tags(landed, training, holdout)) as run:
        model = build_pipeline().fit(fit[list(INPUTS)], fit[TARGET])
        scores = predictions(model, held[list(INPUTS)])
        reached = metrics(held[TARGET], scores)
        mlflow.log_params({**PARAMETERS, "training_rows": len(fit)})
        logged = _log_model(model, fit[list(INPUTS)].head(5))
        mlflow.log_metrics(reached, model_id=logged.model_id)
        write_reference(fit, held, scores)
        return {"run_id": run.info.run_id, "model_id": logged.model_id, "metrics": reached}


def _log_model(model: Any, example: pd.DataFrame) -> Any:
    return log_model(
        model,
        name="model",
        serialization_format="skops",
        skops_trusted_types=list(TRUSTED_TYPES),
        signature=infer_signature(example, getattr(model, PREDICT)(example)),
        input_example=example,
        pip_requirements=[f"{name}=={metadata.version(name)}" for name in REQUIREMENTS],
        pyfunc_predict_fn=PREDICT,
    )


def write_reference(fit: pd.DataFrame, held: pd.DataFrame, scores: "np.ndarray[Any, Any]") -> None:
    """Everything landed, as the server logs it; training rows get no score: theirs would be too good."""
    rows = pd.concat([fit[list(INPUTS)], held[list(INPUTS)]], ignore_index=True).add_prefix("input_")
    rows["score"] = np.concatenate([np.full(len(fit), np.nan), scores])
    Path("build").mkdir(exist_ok=True)
    rows.to_parquet("build/reference.parquet", index=False)


def main() -> int:
    """The command; returns its exit code."""
    try:
        result = train()
    except (BlobError, DataError, mlflow.MlflowException) as error:
        print(f"train: {error}", file=sys.stderr)
        return 1
    Path("model.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
