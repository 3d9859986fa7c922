"""Whether a model answers what its server may be asked: one row, as little as it may have, and odd values."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from ecluse_models.model import Model, ModelError

_FAR = 10
"""How many times their range numbers are beyond what was held out: a mistake of a unit, say."""
_UNSEEN = "never seen"


def require_answers(candidate: Model, rows: pl.DataFrame) -> None:
    """Scores rows like those that were held out, and unlike any of them, one by one; raises ModelError.

    The rows are of inputs. A score that is no finite number is none.
    """
    first = rows.head(1)
    _require(candidate, first, "a single row")
    optional = [column.name for column in candidate.inputs if not column.required]
    if optional:
        nulls = first.with_columns(pl.lit(None, first.schema[name]).alias(name) for name in optional)
        _require(candidate, nulls, f"a row with null in {', '.join(optional)}, as its signature allows")
    texts = [name for name, dtype in first.schema.items() if dtype == pl.String]
    if texts:
        unseen = first.with_columns(pl.lit(_UNSEEN).alias(name) for name in texts)
        fix = "let its steps take any text, as OneHotEncoder(handle_unknown='ignore') does"
        _require(candidate, unseen, f"a row with {_UNSEEN!r} in {', '.join(texts)}", fix)
    for side, of in ((1, "above"), (-1, "below")):
        far = first.with_columns(_beyond(rows, side))
        _require(candidate, far, f"a row of numbers far {of} those held out", "clip its inputs")


def _beyond(rows: pl.DataFrame, side: int) -> Iterable[pl.Series]:
    """Each column of numbers at one value beyond its range, on that side, as far as its type has such."""
    for column in rows:
        if not column.dtype.is_numeric():
            continue
        found = column.cast(pl.Float64).drop_nulls().drop_nans().to_numpy()
        if not len(found):
            continue
        far = (found.max() if side > 0 else found.min()) + side * _FAR * float(np.ptp(found))
        # A signature has whole numbers of 32 and of 64 bits; a double holds no more than 53.
        most = 2**31 - 1 if column.dtype == pl.Int32 else 2**53
        yield pl.Series(column.name, [far]).clip(-most, most).cast(column.dtype)


def _require(candidate: Model, row: pl.DataFrame, what: str, fix: str = "") -> None:
    try:
        candidate.score(row)
    except ModelError as error:
        to_do = f"; {fix}" if fix else ""
        raise ModelError(f"the model server could not score {what}: {error}{to_do}") from None
