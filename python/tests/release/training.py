"""What tests of a release need: landed data, and training runs logged by a stock MLflow client."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import mlflow
import numpy as np
import polars as pl
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mlflow.models import infer_signature
from mlflow.sklearn import log_model
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from ecluse_core.landing import Landing, data_version, sha256_of
from ecluse_core.opening import open_container
from tests.identity.tracking import RunningEnvironment

USE_CASE = "bank-churn"
DATES = ("2026-01-01", "2026-02-01", "2026-03-01")
FEATURES = ["age", "balance", "products", "country"]
RULES: Mapping[str, Any] = {
    "metric": "roc_auc",
    "floor": 0.75,
    "baseline_margin": 0.02,
    "non_inferiority_margin": 0.02,
    "max_brier": 0.2,
    "max_slope_error": 0.5,
    "max_intercept_error": 0.5,
    "risk": 0.05,
    "undecided": "refuse",
    "max_size_mb": 100,
    "max_latency_ms": 1000,
    "segments": [{"column": "country", "floor": 0.6, "min_rows": 100}],
}


def customers(day: str, rows: int = 1500) -> pl.DataFrame:
    """Customers who leave by a rule that no straight line finds."""
    random = np.random.default_rng(DATES.index(day))
    age, products = random.uniform(18, 80, rows), random.integers(1, 5, rows)
    balance = np.where(random.random(rows) < 0.1, np.nan, random.normal(60_000, 20_000, rows))
    odds = np.where(abs(age - 50) < 12, 2.0, -2.0) + np.where(products == 2, -1.0, 0.5)
    churn = (random.random(rows) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    ids = [f"{day}-{n}" for n in range(rows)]
    columns = {"customer_id": ids, "age": age, "balance": balance, "products": products}
    country = random.choice(["France", "Spain"], rows)
    return pl.DataFrame({**columns, "country": country, "churn": churn}).with_columns(
        pl.col("balance").fill_nan(None)
    )


@dataclass(frozen=True)
class Data:
    """What a use case learns from: a table per landing date, the last date held out."""

    table: Callable[[str], pl.DataFrame]
    dates: tuple[str, ...]
    features: list[str]
    target: str
    id_column: str


CUSTOMERS = Data(customers, DATES, FEATURES, "churn", "customer_id")


def land_data(environment: RunningEnvironment, data: Data = CUSTOMERS) -> None:
    """Lands every date in an environment."""
    training, holdout = (
        landing(environment.store.url(each, "read-write-delete")) for each in ("data", "holdout")
    )
    land(training, holdout, data)


def landing(url: str) -> Landing:
    """The landing in the container of a URL."""
    return Landing(open_container("URL", {"URL": url}), USE_CASE)


def land(training: Landing, holdout: Landing, data: Data = CUSTOMERS) -> None:
    """Lands every date, the last one where no training reads."""
    training.replace({day: _parquet(data.table(day)) for day in data.dates[:-1]}, {})
    holdout.replace({day: _parquet(data.table(day)) for day in data.dates[-1:]}, {})


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def version_of(data: Data) -> str:
    """The version of what training reads of it."""
    return data_version(sha256_of({day: _parquet(data.table(day)) for day in data.dates[:-1]}))


def contract_of(data: Data, **more: str) -> str:
    """`ECLUSE_CONTRACT` of a use case."""
    return json.dumps({"target": data.target, "id": data.id_column} | more)


def pipeline() -> Pipeline:
    """A pipeline of the kind that use cases train."""
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer([("country", encode, ["country"])], remainder="passthrough")
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=60, random_state=0))


@dataclass(frozen=True)
class Training:
    """One training job, and what it does unlike a good one."""

    commit: str
    estimator: Any = field(default_factory=pipeline)
    data: Data = CUSTOMERS
    rows: int = 3000
    format: str = "skops"
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    finish: bool = True
    token: str | None = None
    """The identity that trains, where it is not the pipeline."""


TRUSTED = [
    "functools.partial",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils.validation.check_array",
]


def train(environment: RunningEnvironment, job: Training) -> str:
    """Trains and logs under a training token, as a use case does; gives the model's id."""
    os.environ |= {
        "MLFLOW_TRACKING_TOKEN": job.token or environment.forge.ci(sha=job.commit),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }
    mlflow.set_tracking_uri(environment.url)
    mlflow.set_workspace(USE_CASE)
    mlflow.set_experiment(USE_CASE)
    data, dates = job.data, job.data.dates
    table = pl.concat([data.table(day) for day in dates[:-1]]).head(job.rows)
    inputs = table.select(data.features).to_pandas()
    job.estimator.fit(inputs, table[data.target].to_numpy())
    tags = {
        "ecluse.commit": job.commit,
        "ecluse.environment": "prod",
        "ecluse.data_version": version_of(data),
    }
    with mlflow.start_run(tags={**tags, **job.tags}) as run:
        # Said, because MLflow would load the model in another process to find out.
        options: dict[str, Any] = {"serialization_format": job.format, "pip_requirements": ["scikit-learn"]}
        if job.format == "skops":
            options["skops_trusted_types"] = TRUSTED
        signature = infer_signature(inputs.head(50), np.array([0.5]))
        logged = log_model(job.estimator, name="model", signature=signature, **options)
    if not job.finish:
        mlflow.MlflowClient().update_run(run.info.run_id, "FAILED")
    return str(logged.model_id)


def key_pair() -> tuple[str, str]:
    """A signing key and its public key, both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def release_variables(
    environment: RunningEnvironment, commit: str, signing_key: str, **changes: str
) -> dict[str, str]:
    """The environment of a release job."""
    return {
        "MLFLOW_TRACKING_URI": environment.url,
        "MLFLOW_TRACKING_TOKEN": environment.forge.ci("release"),
        "MLFLOW_WORKSPACE": USE_CASE,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "ECLUSE_USE_CASE": USE_CASE,
        "ECLUSE_ENVIRONMENT": "prod",
        "ECLUSE_PROJECT": "ecluse/bank-churn",
        "ECLUSE_COMMIT": commit,
        "ECLUSE_PIPELINE_ID": "11",
        "ECLUSE_CONTRACT": contract_of(CUSTOMERS),
        "ECLUSE_DATA_URL": environment.store.url("data", "read"),
        "ECLUSE_HOLDOUT_URL": environment.store.url("holdout", "read"),
        "ECLUSE_SIGNING_KEY": signing_key,
        "ECLUSE_GATES": json.dumps(RULES),
        **changes,
    }
