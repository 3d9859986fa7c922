"""Whether a model answers what its server may be asked: a single row, and one of as little as it may have."""

import polars as pl

from ecluse_models.model import Model, ModelError


def require_answers(candidate: Model, rows: pl.DataFrame) -> None:
    """Scores the first of these rows of inputs alone, then without what callers may leave out; ModelError."""
    first = rows.head(1)
    _require(candidate, first, "a single row")
    optional = [column.name for column in candidate.inputs if not column.required]
    if optional:
        nulls = first.with_columns(pl.lit(None, first.schema[name]).alias(name) for name in optional)
        _require(candidate, nulls, f"a row with null in {', '.join(optional)}, as its signature allows")


def _require(candidate: Model, row: pl.DataFrame, what: str) -> None:
    try:
        candidate.score(row)
    except ModelError as error:
        raise ModelError(f"the model server could not score {what}: {error}") from None
