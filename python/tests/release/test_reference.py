"""The usual values that explanations compare a row with."""

import math

import polars as pl
import pytest

from ecluse_release.reference import reference_of

ROWS = 20
TABLE = pl.DataFrame(
    {
        "age": [*range(ROWS - 2), None, math.inf],
        "big": [2**62 + n for n in range(ROWS)],
        "country": ["Spain"] * 9 + ["France"] * 11,
        "owns": [True] * 10 + [False] * 10,
        "name": [f"person {n // 9}" for n in range(ROWS)],
        "text": ["x" * 201] * ROWS,
        "empty": [None] * ROWS,
        "income": [1.0] * ROWS,
    },
    schema_overrides={"age": pl.Float64, "empty": pl.Float64},
    strict=False,
)


def test_numbers_have_their_median_and_others_their_most_frequent_value() -> None:
    assert reference_of(TABLE, ("income",)) == {
        "age": 8.0,
        "big": 2**62 + 9,
        "country": "France",
        "owns": False,
    }


def test_values_are_those_of_the_type_and_the_same_each_time() -> None:
    found = reference_of(TABLE, ())
    assert [type(found[name]) for name in ("age", "big", "owns")] == [float, int, bool]
    assert reference_of(TABLE.reverse(), ()) == found


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Int64, pl.Boolean, pl.String])
def test_an_input_without_rows_has_none(dtype: type[pl.DataType]) -> None:
    assert reference_of(pl.DataFrame({"x": []}, schema={"x": dtype}), ()) == {}
