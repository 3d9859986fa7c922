"""The stored model can be served: signature, format, lineage, speed, and rows that lack their values."""

import time
from collections.abc import Callable
from typing import Any

import mlflow.models
import numpy as np
import pandas as pd
from sklearn.dummy import DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from ecluse.contract import Contract
from ecluse.limits import Limits
from ecluse.tasks import task
from ecluse_models.model import Model


def test_signature_is_the_contract(contract: Contract, model_uri: str) -> None:
    signature = mlflow.models.get_model_info(model_uri).signature
    assert signature is not None and signature.inputs is not None
    assert signature.inputs.input_names() == contract.inputs
    types = {name: str(column.type) for name, column in signature.inputs.input_dict().items()}
    assert {name: types[name] for name in contract.numeric} == dict.fromkeys(
        contract.numeric, "DataType.double"
    )
    others = [*contract.categorical, *contract.text]
    assert {name: types[name] for name in others} == dict.fromkeys(others, "DataType.string")


def test_a_release_can_load_it(contract: Contract, stored: Model) -> None:
    assert [column.name for column in stored.inputs] == contract.inputs
    assert (stored.kind, stored.classes) == (task(contract).kind, contract.classes)
    assert stored.redacted == contract.redacted


def test_lineage_is_complete(contract: Contract, run_tags: dict[str, str]) -> None:
    wanted = ["environment", "data_version", "target", "id_column", "training_dates", "validation"]
    wanted += ["baseline_column"] if contract.baseline else []
    assert [name for name in wanted if not run_tags.get(f"ecluse.{name}")] == []


def test_a_row_of_nothing_but_nulls_is_scored(contract: Contract, model: Any, scored: pd.DataFrame) -> None:
    assert np.isfinite(task(contract).predictions(model, contract.example(scored))).all()


def test_an_unseen_category_is_scored(contract: Contract, model: Any, scored: pd.DataFrame) -> None:
    for name in contract.categorical:
        unseen = scored[contract.inputs].assign(**{name: "Atlantis"})
        assert np.isfinite(task(contract).predictions(model, unseen)).all(), name


def test_latency(contract: Contract, limits: Limits, model: Any, scored: pd.DataFrame) -> None:
    """In times of a linear model's: a ratio holds on a slow machine too."""
    batch = scored.head(1_000)
    numbers = batch[list(contract.numeric)]
    # Without numbers there is no linear model; a constant one over as many rows stands in for it.
    chain = (SimpleImputer(), StandardScaler(), Ridge()) if contract.numeric else (DummyRegressor(),)
    kind = task(contract)
    linear = make_pipeline(*chain).fit(numbers, kind.targets(batch[contract.target]))
    predict = getattr(model, kind.predict)
    # In turn, so that other work on the machine meets both; each the best of several, as that only ever adds.
    # One thread: several would wait for each other, and the more so the less there is for them.
    with threadpool_limits(1):
        turns = [
            (_seconds(predict, batch[contract.inputs]), _seconds(linear.predict, numbers)) for _ in range(15)
        ]
    own, of_linear = (min(times) for times in zip(*turns, strict=True))
    limits.check("latency_factor", own / of_linear)


def _seconds(predict: Callable[[pd.DataFrame], Any], batch: pd.DataFrame) -> float:
    """Of the processor, not of the clock: what waits for its turn has not become slower."""
    start = time.process_time()
    predict(batch)
    return time.process_time() - start
