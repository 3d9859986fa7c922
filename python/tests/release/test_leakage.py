"""Rows that are held out, and that trainings read: found whatever their types, and nothing else is."""

from datetime import date

import polars as pl
import pytest

from ecluse_release.leakage import leakage_gate
from tests.release.training import DATES, customers

TRAINING, HOLDOUT = customers(DATES[0]), customers(DATES[1])


def test_rows_of_their_own_pass() -> None:
    gate = leakage_gate(TRAINING, HOLDOUT)
    assert (gate.result, gate.passed, gate.value, gate.rows, gate.fix) == ("pass", True, 0, 1500, "")


@pytest.mark.parametrize("rows", [1, 300, 1500])
def test_rows_that_trainings_read_are_refused(rows: int) -> None:
    """Nulls among them, and numbers of another type."""
    seen = pl.concat([HOLDOUT.head(rows), TRAINING]).with_columns(pl.col("churn").cast(pl.Float64))
    gate = leakage_gate(seen.sample(fraction=1, shuffle=True, seed=1), HOLDOUT)
    assert (gate.result, gate.passed, gate.value) == ("fail", False, rows / 1500)
    assert gate.reason == f"share of the hold-out that trainings read as well: {rows} rows"
    assert gate.fix == "land each row once, in the data or in the hold-out"


def test_the_same_customer_at_another_time_is_another_row() -> None:
    older = HOLDOUT.with_columns(pl.col("age") - 1)
    assert leakage_gate(older, HOLDOUT).result == "pass"


def test_a_column_that_one_of_them_lacks_hides_nothing() -> None:
    landed = HOLDOUT.with_columns(pl.lit(date(2026, 3, 1)).alias("date"))
    assert leakage_gate(landed, HOLDOUT).value == 1
    assert leakage_gate(HOLDOUT, landed).value == 1
