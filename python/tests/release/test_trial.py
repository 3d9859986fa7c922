"""A model is tried as its server is asked: one row, and nulls where its signature lets callers send them."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from ecluse_models.model import Column, Model, ModelError
from ecluse_release.trial import require_answers

ROWS = pl.DataFrame({"age": [30.0, 40.0], "balance": [1.0, None], "country": ["France", "Spain"]})


@dataclass(frozen=True)
class Picky(Model):
    """Takes tables of these heights, and nulls or not."""

    heights: tuple[int, ...] = (1, 2)
    nulls: bool = True
    texts: tuple[str, ...] = ("France", "Spain", "never seen")
    most: float = 1e9
    asked: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model."""
        self.asked.append(table)
        if table.height not in self.heights:
            raise ModelError(f"{table.height} rows are not enough")
        if not self.nulls and sum(table.null_count().row(0)):
            raise ModelError("it takes no null")
        if not set(table["country"].drop_nulls()) <= set(self.texts):
            raise ModelError("it takes no other country")
        if max(abs(table["age"])) > self.most:
            raise ModelError("the model gave a score that is not a number")
        return np.zeros(table.height)


@dataclass(frozen=True)
class Anything(Model):
    """Takes whatever it is given."""

    asked: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model."""
        self.asked.append(table)
        return np.zeros(table.height)


def picky(optional: tuple[str, ...] = ("balance", "country"), **limits: object) -> Picky:
    kinds = {"age": "double", "balance": "double", "country": "string"}
    columns = tuple(Column(name, kind, name not in optional) for name, kind in kinds.items())
    return Picky("classifier", columns, "skops", **limits)  # pyright: ignore[reportArgumentType]


def test_each_kind_of_row_is_scored_with_the_types_of_the_server() -> None:
    model = picky()
    require_answers(model, ROWS)
    assert [table.row(0) for table in model.asked] == [
        (30.0, 1.0, "France"),
        (30.0, None, None),
        (30.0, 1.0, "never seen"),
        (140.0, 1.0, "France"),
        (-70.0, 1.0, "France"),
    ]
    assert all((table.height, table.schema) == (1, ROWS.schema) for table in model.asked)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (picky(heights=(2,)), "could not score a single row: 1 rows are not enough"),
        (picky(nulls=False), "could not score a row with null in balance, country, .*: it takes no null"),
        (
            picky(texts=("France",)),
            "a row with 'never seen' in country: it takes no other country; let its steps take any text",
        ),
        (picky(most=100), "a row of numbers far above those held out: .* not a number; clip its inputs"),
    ],
)
def test_a_model_that_cannot_is_refused(model: Model, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        require_answers(model, ROWS)


def test_what_has_to_be_given_is_never_null() -> None:
    require_answers(picky(optional=(), nulls=False), ROWS)


@pytest.mark.parametrize(
    ("values", "dtype", "above"),
    [
        ([1, 2**31 - 2], pl.Int32, 2**31 - 1),
        ([0, 2**53 - 1], pl.Int64, 2**53),
        ([1, None, 3], pl.Int32, 23),
        ([1.0, float("nan")], pl.Float32, 1.0),
        ([None, None], pl.Float64, None),
    ],
)
def test_numbers_beyond_their_range_fit_their_type(values: list[float], dtype: type, above: float) -> None:
    """Whatever was held out: whole numbers at their end, nulls, NaN, nothing at all."""
    rows = pl.DataFrame({"n": pl.Series(values, dtype=dtype)})
    kind = {pl.Int32: "integer", pl.Int64: "long", pl.Float32: "float", pl.Float64: "double"}[dtype]
    model = Anything("classifier", (Column("n", kind, True),), "skops")
    require_answers(model, rows)
    assert [table.row(0)[0] for table in model.asked][-2] == above
    assert all(table.schema == rows.schema for table in model.asked)
