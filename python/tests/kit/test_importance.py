"""How much a model goes by each input: most by what decides, nothing by what does not."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from ecluse.contract import Contract
from ecluse.importance import importances
from ecluse.tasks import task

NUMBERS: dict[str, tuple[float, float]] = {"strong": (-9, 9), "weak": (-9, 9), "noise": (-9, 9)}
CHURN = Contract(target="left", id="who", numeric=NUMBERS)
COST = Contract(target="left", id="who", numeric=NUMBERS, target_range=(-99, 99))


def table(contract: Contract) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({name: rng.normal(size=3000) for name in NUMBERS})
    amount = 3 * rows["strong"] + rows["weak"] + rng.normal(size=3000)
    return rows.assign(left=(amount > 0).astype(int) if contract.is_classification else amount)


@pytest.mark.parametrize(("contract", "model"), [(CHURN, LogisticRegression()), (COST, LinearRegression())])
def test_what_decides_weighs_most(contract: Contract, model: Any) -> None:
    rows = table(contract)
    fitted = make_pipeline(FunctionTransformer(), model).fit(rows[contract.inputs], rows["left"])
    found = importances(contract, task(contract), fitted, rows)
    assert sum(found.values()) == pytest.approx(1)
    assert found["strong"] > 5 * found["weak"] > 25 * found["noise"]


def test_rows_of_one_label_say_nothing() -> None:
    rows = table(CHURN)
    fitted = LogisticRegression().fit(rows[CHURN.inputs], rows["left"])
    assert importances(CHURN, task(CHURN), fitted, rows.assign(left=1)) == {}
