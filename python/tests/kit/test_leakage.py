"""What gives the target away is refused before anything is trained, by column, figure and fix."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ecluse import leakage
from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.leakage import require_no_leak
from ecluse.tasks import task

from .conftest import CONTRACT, limits_of

AMOUNTS = replace(CONTRACT, target="paid", target_range=(0.0, 1000.0))
KINDS = replace(CONTRACT, target="kind", classes=("gold", "none", "some"))


def rows(contract: Contract, seed: int, number: int = 600) -> pd.DataFrame:
    frame = contract.draw(number, np.random.default_rng(seed))
    return frame.assign(who=[f"{seed}-{row}" for row in range(number)])


def check(contract: Contract, change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame) -> None:
    fit, held = (change(rows(contract, seed)) for seed in (1, 2))
    require_no_leak(contract, task(contract), fit, held, limits_of(contract, one_input=0.95))


@pytest.mark.parametrize("contract", [CONTRACT, AMOUNTS, KINDS])
def test_honest_rows_pass(contract: Contract) -> None:
    check(contract)
    check(contract, lambda frame: frame.assign(age=frame["age"].mask(frame["age"] < 40)))


def test_a_row_in_both_is_refused() -> None:
    fit = rows(CONTRACT, 1)
    held = pd.concat([rows(CONTRACT, 2), fit.tail(2)])
    message = "2 of 602 validation rows are training rows as well, such as who 1-598; land each row once"
    with pytest.raises(KitError, match=message):
        require_no_leak(CONTRACT, task(CONTRACT), fit, held, limits_of(CONTRACT))


def test_the_same_person_at_another_time_is_another_row() -> None:
    fit = rows(CONTRACT, 1)
    require_no_leak(
        CONTRACT, task(CONTRACT), fit, fit.assign(age=fit["age"] / 2), limits_of(CONTRACT, one_input=1)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.assign(who=f["age"].map(repr)), "column age is the who of each row; take it out"),
        (lambda f: f.assign(plan=f["who"]), "column plan is the who of each row"),
        (
            lambda f: f.assign(age=np.arange(600.0) + 1000),
            "column age has another whole number in each of 600 rows, from 1000 to 1599: it numbers them",
        ),
    ],
)
def test_an_id_is_no_input(change: Callable[[pd.DataFrame], pd.DataFrame], message: str) -> None:
    with pytest.raises(KitError, match=message):
        check(CONTRACT, change)


def test_whole_numbers_that_repeat_or_lie_far_apart_are_inputs() -> None:
    check(CONTRACT, lambda frame: frame.assign(age=np.arange(600.0) // 2))
    check(CONTRACT, lambda frame: frame.assign(age=np.arange(600.0) * 3))


def test_a_class_that_a_sample_leaves_out_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leakage, "MOST_ROWS", 20)
    rare = np.where(np.arange(600) == 301, "some", "none")
    check(KINDS, lambda frame: frame.assign(kind=np.where(np.arange(600) % 2 == 0, "gold", rare)))


def known_after(frame: pd.DataFrame) -> pd.DataFrame:
    """A balance that only those have who stay: its absence gives the target away."""
    return frame.assign(balance=frame["balance"].mask(frame["left"] == 1))


@pytest.mark.parametrize(
    ("contract", "change", "what"),
    [
        (CONTRACT, lambda f: f.assign(age=f["left"] * 10 + 20.0), r"ROC AUC of age\): 1, "),
        (CONTRACT, known_after, r"ROC AUC of balance\): 1, "),
        (CONTRACT, lambda f: f.assign(plan=f["left"].map({0: "None", 1: "Gold"})), r"ROC AUC of plan\)"),
        (AMOUNTS, lambda f: f.assign(balance=(f["paid"] - 500) ** 3), r"R² of balance\): 0\.99"),
        (KINDS, lambda f: f.assign(age=f["kind"].map({"gold": 1, "none": 2, "some": 3})), r"of age\): 1, "),
    ],
)
def test_an_input_that_gives_the_target_away_is_refused(
    contract: Contract, change: Callable[[pd.DataFrame], pd.DataFrame], what: str
) -> None:
    with pytest.raises(KitError, match=what) as refused:
        check(contract, change)
    assert "limits.yaml asks for at most 0.95" in str(refused.value)
    assert "To do: take the input out of the contract" in str(refused.value)
