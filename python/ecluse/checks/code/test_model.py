"""A model that training would log: stored without own code, and able to score what a server may get."""

from typing import Any

import numpy as np
import pandas as pd
import skops.io

from ecluse.contract import Contract
from ecluse.limits import Limits
from ecluse.quality import task


def test_the_limits_are_complete(limits: Limits) -> None:
    assert limits.bounds.keys() == limits.values.keys() == limits.reasons.keys()


def test_it_is_stored_without_own_code(
    contract: Contract, limits: Limits, fitted: Any, rows: pd.DataFrame
) -> None:
    stored = skops.io.dumps(fitted)
    others = sorted(set(skops.io.get_untrusted_types(data=stored)) - set(limits.trusted_types))
    assert not others, (
        f"the stored model holds {', '.join(others)}: use scikit-learn's own estimators; a function or class "
        f"of yours cannot be loaded by a server. Only a type that the release trusts too may be added to "
        f"trusted_types in limits.yaml"
    )
    again = skops.io.loads(stored, trusted=list(limits.trusted_types))
    predictions = task(contract).predictions
    np.testing.assert_array_equal(
        predictions(again, rows[contract.inputs]), predictions(fitted, rows[contract.inputs])
    )


def test_a_row_of_nothing_but_nulls_is_scored(contract: Contract, fitted: Any, rows: pd.DataFrame) -> None:
    assert np.isfinite(task(contract).predictions(fitted, contract.example(rows))).all()


def test_an_unseen_category_is_scored(contract: Contract, fitted: Any, rows: pd.DataFrame) -> None:
    for name in contract.categorical:
        unseen = rows[contract.inputs].assign(**{name: "Atlantis"})
        assert np.isfinite(task(contract).predictions(fitted, unseen)).all(), name
