"""Why a row has its score: what each of its inputs adds, against the usual value of the training data.

Inputs of the row are replaced one after the other by their usual values, and each gets what the score loses
by that, on average over a few orders (sampled Shapley values). Each order is also gone backwards: so the
effects are exact where at most two inputs act together, and their sum is exact always. No format of a model
matters, since rows are scored by the model's own confined process.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from anyio import to_thread
from numpy.typing import NDArray

from ecluse_models.confined import BATCH_ROWS
from ecluse_models.model import Column, Model
from ecluse_serving.batching import Busy
from ecluse_serving.champion import Champion
from ecluse_serving.records import Batch, Invalid, table_of

MOST_ROWS: Final = 100
"""Rows of a request that are explained."""
REASONS: Final = 5
"""Inputs that an explanation names, those with the largest effect."""
_ORDERS: Final = 4
"""So many orders, and each of them backwards; the same for all rows, so that an answer can be had again."""
_WAITING: Final = 8
_MOST_BYTES: Final = 32 << 20
"""Of the rows that the model scores for one request."""


class Unexplained(Exception):
    """The version that serves has nothing to compare a row with."""


def is_asked(given: Sequence[str]) -> bool:
    """Whether a request's `explain` asks for explanations; raises Invalid on anything but a truth value."""
    if len(given) > 1 or any(value not in ("true", "false") for value in given):
        raise Invalid(f"explain must be true or false, and given once, got {','.join(given)[:80]!r}")
    return list(given) == ["true"]


class Explainer:
    """Explains one request at a time: those that are only scored go between."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def explain(self, champion: Champion, batch: Batch) -> list[dict[str, Any]]:
        """An explanation of each row; raises Invalid, Unexplained, Busy and ModelError."""
        table = table_of([batch])
        columns = _bounded(champion, table)
        if self._waiting >= _WAITING:
            raise Busy(f"{self._waiting} requests wait for explanations already; send it again later")
        self._waiting += 1
        try:
            async with self._turn:
                return await to_thread.run_sync(
                    explanations, champion.model, table, columns, champion.reference
                )
        finally:
            self._waiting -= 1


def _bounded(champion: Champion, table: pl.DataFrame) -> list[Column]:
    """The inputs to explain, where these rows cost no more than the largest request; raises otherwise.

    Those are the inputs with a usual value: nothing of a redacted one is known.
    """
    model, reference = champion.model, champion.reference
    columns = [each for each in model.inputs if each.name in reference and each.name not in model.redacted]
    if not columns:
        raise Unexplained(f"version {champion.version} was released without usual values; release it again")
    steps = 2 + 2 * _ORDERS * (len(columns) - 1)
    most = min(MOST_ROWS, BATCH_ROWS // (steps * max(len(model.classes), 1)))
    if table.height > most:
        fix = f"explain at most {most} rows at once" if most else "ask without explain"
        raise Invalid(f"an explanation takes {steps} scores, and {table.height} rows are too many; {fix}")
    if table.estimated_size() * steps > _MOST_BYTES:
        raise Invalid(
            "these rows are too large to be explained; explain fewer at once, or ask without explain"
        )
    return columns


def explanations(
    model: Model, table: pl.DataFrame, columns: Sequence[Column], reference: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The explanation of each row, by one call to the model; raises ModelError."""
    masks, orders = _steps(len(columns))
    scores = _scores(model, _replaced(table, columns, masks, reference), table.height)
    effects = np.zeros((table.height, len(columns)))
    for order, steps in orders:
        effects[:, order] += scores[:, steps[:-1]] - scores[:, steps[1:]]
    effects /= len(orders)
    return [_shown(columns, own, row[1], reference) for own, row in zip(effects, scores, strict=True)]


_Order = tuple[NDArray[np.int64], list[int]]


def _steps(inputs: int) -> tuple[NDArray[np.bool_], list[_Order]]:
    """Which inputs are replaced in each step, and of each order the steps; 0 has none replaced, 1 all."""
    rng = np.random.default_rng(inputs)
    some = [rng.permutation(inputs) for _ in range(_ORDERS)]
    masks = [np.zeros(inputs, bool), np.ones(inputs, bool)]
    orders: list[_Order] = []
    for order in [*some, *(each[::-1] for each in some)]:
        first, place = len(masks), np.argsort(order)
        masks += list(place < np.arange(1, inputs)[:, None])
        orders.append((order, [0, *range(first, len(masks)), 1]))
    return np.array(masks), orders


def _replaced(
    table: pl.DataFrame, columns: Sequence[Column], masks: NDArray[np.bool_], reference: Mapping[str, Any]
) -> pl.DataFrame:
    """Each row once for each step, with the step's inputs replaced."""
    every = table[np.repeat(np.arange(table.height), len(masks))]
    chosen = np.tile(masks, (table.height, 1))
    return every.with_columns(
        pl.when(pl.Series(chosen[:, number]))
        .then(pl.lit(reference[column.name], column.dtype))
        .otherwise(pl.col(column.name))
        .alias(column.name)
        for number, column in enumerate(columns)
    )


def _scores(model: Model, every: pl.DataFrame, rows: int) -> NDArray[np.float64]:
    """The score of each row and step; of several classes that of the class predicted for the row."""
    scores = model.score(every)
    if not model.classes:
        return scores.reshape(rows, -1)
    by_class = scores.reshape(rows, -1, len(model.classes))
    predicted = by_class[:, 0].argmax(axis=1)
    return by_class[np.arange(rows), :, predicted]


def _shown(
    columns: Sequence[Column], effects: NDArray[np.float64], usual: float, reference: Mapping[str, Any]
) -> dict[str, Any]:
    largest: list[int] = np.argsort(-np.abs(effects), kind="stable")[:REASONS].tolist()
    names = [column.name for column in columns]
    reasons = [
        {"input": names[each], "effect": float(effects[each]), "usual": reference[names[each]]}
        for each in largest
    ]
    rest = float(np.delete(effects, largest).sum())
    return {"usual_score": float(usual), "reasons": reasons, "rest": rest}
