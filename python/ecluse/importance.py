"""How much a model goes by each input, for the monitor: what drifts there matters most."""

from typing import Any, Final

import pandas as pd
from sklearn.inspection import permutation_importance

from .contract import Contract
from .tasks import Task

ROWS: Final = 2_000
REPEATS: Final = 3


def importances(contract: Contract, kind: Task, model: Any, held: pd.DataFrame) -> dict[str, float]:
    """Each input's part of the model's quality, together 1: how far it falls with the input of other rows.

    Measured on at most `ROWS` of the rows that are kept for tests. Empty where they have one label alone, and
    where no input counts.
    """
    rows = held.sample(min(ROWS, len(held)), random_state=7)
    labels = rows[contract.target]
    if labels.nunique() < 2:
        return {}

    def quality(model: Any, inputs: pd.DataFrame, labels: "pd.Series[Any]") -> float:
        return kind.quality(labels, kind.predictions(model, inputs))

    found = permutation_importance(
        model, rows[contract.inputs], labels, scoring=quality, n_repeats=REPEATS, random_state=7
    )
    falls = {
        name: max(0.0, float(fall))
        for name, fall in zip(contract.inputs, found["importances_mean"], strict=True)
    }
    total = sum(falls.values())
    return {name: fall / total for name, fall in falls.items()} if total > 0 else {}
