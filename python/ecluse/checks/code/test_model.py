"""A model that training would log: stored without own code, and able to score what a server may get."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import infer_signature

from ecluse.contract import Contract
from ecluse.limits import Limits
from ecluse.tasks import task
from ecluse_models.formats import load_model, save_model


def test_the_limits_are_complete(limits: Limits) -> None:
    assert limits.bounds.keys() == limits.values.keys() == limits.reasons.keys()


def test_a_release_can_load_it(contract: Contract, fitted: Any, rows: pd.DataFrame, tmp_path: Path) -> None:
    inputs, kind = rows[contract.inputs], task(contract)
    folder = tmp_path / "model"
    signature = infer_signature(inputs.head(5))
    save_model(fitted, str(folder), kind.predict, signature=signature, metadata=contract.described)
    again = load_model(folder).estimator
    # A graph of ONNX has numbers of 32 bits; the other formats give the very scores.
    scores, trained = kind.predictions(again, inputs), kind.predictions(fitted, inputs)
    np.testing.assert_allclose(scores, trained, rtol=0, atol=1e-4 * float(np.abs(trained).max()))


def test_a_row_of_nothing_but_nulls_is_scored(contract: Contract, fitted: Any, rows: pd.DataFrame) -> None:
    assert np.isfinite(task(contract).predictions(fitted, contract.example(rows))).all()


def test_an_unseen_category_is_scored(contract: Contract, fitted: Any, rows: pd.DataFrame) -> None:
    for name in contract.categorical:
        unseen = rows[contract.inputs].assign(**{name: "Atlantis"})
        assert np.isfinite(task(contract).predictions(fitted, unseen)).all(), name
