"""A model is tried as its server is asked: one row, and nulls where its signature lets callers send them."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from ecluse_models.model import Column, Model, ModelError
from ecluse_release.trial import require_answers

ROWS = pl.DataFrame({"age": [30.0, 40.0], "balance": [1.0, 2.0], "country": ["France", "Spain"]})


@dataclass(frozen=True)
class Picky(Model):
    """Takes tables of these heights, and nulls or not."""

    heights: tuple[int, ...] = (1, 2)
    nulls: bool = True
    asked: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model."""
        self.asked.append(table)
        if table.height not in self.heights:
            raise ModelError(f"{table.height} rows are not enough")
        if not self.nulls and sum(table.null_count().row(0)):
            raise ModelError("it takes no null")
        return np.zeros(table.height)


def picky(optional: tuple[str, ...] = ("balance", "country"), **limits: object) -> Picky:
    kinds = {"age": "double", "balance": "double", "country": "string"}
    columns = tuple(Column(name, kind, name not in optional) for name, kind in kinds.items())
    return Picky("classifier", columns, "skops", **limits)  # pyright: ignore[reportArgumentType]


def test_a_row_and_a_row_of_nulls_are_scored_with_the_types_of_the_server() -> None:
    model = picky()
    require_answers(model, ROWS)
    assert [table.row(0) for table in model.asked] == [(30.0, 1.0, "France"), (30.0, None, None)]
    assert all((table.height, table.schema) == (1, ROWS.schema) for table in model.asked)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (picky(heights=(2,)), "could not score a single row: 1 rows are not enough"),
        (picky(nulls=False), "could not score a row with null in balance, country, .*: it takes no null"),
    ],
)
def test_a_model_that_cannot_is_refused(model: Model, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        require_answers(model, ROWS)


def test_what_has_to_be_given_is_never_null() -> None:
    require_answers(picky(optional=(), nulls=False), ROWS)
