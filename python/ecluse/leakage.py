"""What would make a model look better than it is, looked for before it is trained.

Three things: a validation row that is a training row too, an input that names or numbers the rows, and an
input that alone gives the target away, as what is only known after the target does.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
import polars as pl
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from ecluse_core.leakage import rows_in_both

from .contract import Contract
from .errors import KitError
from .limits import Limits
from .tasks import Task

MOST_ROWS: Final = 20_000
"""Rows that a tree of one input is fitted on: enough for its few leaves, and a bound on its time."""
LEAVES: Final = 256
DENSE: Final = 2
"""Whole numbers that are all different, and span less than so many times their count, number the rows."""


def require_no_leak(
    contract: Contract, kind: Task, fit: pd.DataFrame, held: pd.DataFrame, limits: Limits
) -> None:
    """Raises KitError with the column, the figure and the fix."""
    _require_apart(contract, fit, held)
    for name in contract.inputs:
        _require_no_id(contract, name, fit)
    for name in (*contract.categorical, *contract.numeric):
        reached = _alone(contract, kind, name, fit, held)
        try:
            limits.check("one_input", reached, f"{kind.measure} of {name}")
        except AssertionError as error:
            raise KitError(str(error)) from None


def _require_apart(contract: Contract, fit: pd.DataFrame, held: pd.DataFrame) -> None:
    both = rows_in_both(*(pl.from_pandas(rows[contract.columns]) for rows in (fit, held)))
    if both.height:
        raise KitError(
            f"{both.height} of {len(held)} validation rows are training rows as well, such as "
            f"{contract.id} {both[contract.id][0]}; land each row once"
        )


def _require_no_id(contract: Contract, name: str, fit: pd.DataFrame) -> None:
    values, ids = fit[name], fit[contract.id]
    same = pd.to_numeric(ids, errors="coerce") if name in contract.numeric else ids
    if (values == same).all():
        raise KitError(f"column {name} is the {contract.id} of each row; take it out of the contract")
    if name in contract.numeric and contract.history is None and _numbers_rows(values):
        raise KitError(
            f"column {name} has another whole number in each of {len(fit)} rows, from {values.min():g} to "
            f"{values.max():g}: it numbers them; take it out of the contract"
        )


def _numbers_rows(values: "pd.Series[Any]") -> bool:
    if not values.is_unique or values.isna().any() or (values % 1 != 0).any():
        return False
    return bool(values.max() - values.min() < DENSE * len(values))


def _alone(contract: Contract, kind: Task, name: str, fit: pd.DataFrame, held: pd.DataFrame) -> float:
    """The quality on the validation rows that a tree reaches which is given this input and nothing else."""
    rows = fit.sample(min(len(fit), MOST_ROWS), random_state=7)
    if contract.is_classification:  # a tree has no probability of a class that a sample left out
        rows = pd.concat([rows, fit.drop_duplicates(contract.target)])
    tree = DecisionTreeClassifier if contract.is_classification else DecisionTreeRegressor
    model = tree(max_leaf_nodes=LEAVES, min_samples_leaf=5, random_state=7)
    model.fit(_numbers(contract, name, rows), kind.targets(rows[contract.target]))
    scores = kind.predictions(model, _numbers(contract, name, held))
    return kind.quality(held[contract.target].reset_index(drop=True), scores)


def _numbers(contract: Contract, name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The column as numbers: a category is its place in the contract. What is missing says something too."""
    if name in contract.numeric:
        return rows[[name]].astype(np.float64)
    places = {category: float(place) for place, category in enumerate(contract.categorical[name])}
    return rows[name].map(places).astype(np.float64).to_frame()
