"""Several classes: labelled predictions as numbers, and what is measured of them.

`score` is the probability of the predicted class. A label is made 1 where this class is the right one, else
0: the metric is accuracy, and scores mean what they did where accuracy is as it was at such scores.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_core.answer import CLASS, PROBABILITY
from ecluse_monitor.bins import Floats
from ecluse_monitor.measured import Measured, mean_of

ACCURACY: Final = "accuracy"
TRUTH, LIKELIHOOD = "truth", "likelihood"
COLUMNS: Final = {CLASS: pl.String, TRUTH: pl.String, LIKELIHOOD: pl.Float64}
"""Of a labelled prediction, beside score and label: the predicted class, the right one, its probability."""
_LEAST: Final = 1e-6
"""The least probability that a log loss counts with: it has no end."""


def classes_of(columns: Sequence[str]) -> tuple[str, ...]:
    """The classes whose probabilities are among these columns."""
    return tuple(name.removeprefix(PROBABILITY) for name in columns if name.startswith(PROBABILITY))


def answer_columns(classes: Sequence[str]) -> list[str]:
    """The columns of a prediction beside its score."""
    return [CLASS, *(f"{PROBABILITY}{name}" for name in classes)] if classes else []


def with_truth(rows: pl.DataFrame, classes: Sequence[str]) -> pl.DataFrame:
    """Predictions whose `label` is the right class, as numbers: see `COLUMNS`; probabilities are left out.

    A right class that the model has not had the probability 0.
    """
    label = pl.col("label")
    of_each = [pl.when(label == name).then(pl.col(f"{PROBABILITY}{name}")) for name in classes]
    likelihood = pl.when(label.is_not_null()).then(pl.coalesce(*of_each).fill_null(0.0))
    right = (pl.col(CLASS) == label).cast(pl.Float64)
    found = rows.with_columns(
        likelihood.cast(pl.Float64).alias(LIKELIHOOD), label.alias(TRUTH), right.alias("label")
    )
    return found.drop(answer_columns(classes)[1:])


def log_losses(rows: pl.DataFrame) -> Floats:
    """The log loss of each labelled prediction."""
    return -np.log(rows[LIKELIHOOD].to_numpy().clip(_LEAST, 1))


def entropy(rows: pl.DataFrame) -> float:
    """The log loss of always predicting the share of each right class."""
    shares = rows[TRUTH].value_counts()["count"].to_numpy() / rows.height
    return -float((shares * np.log(shares)).sum())


def accuracy(right: Floats) -> Measured:
    """The share that is right. Its error is never none: of few rows, all may be right by chance."""
    rows = len(right)
    share = (float(right.sum()) + 1) / (rows + 2)
    return Measured(float(right.mean()), (share * (1 - share) / rows) ** 0.5, rows)


def beside(rows: pl.DataFrame) -> dict[str, Measured]:
    """What is reported beside accuracy: log loss, and F1 on average over the classes that are there."""
    return {"log_loss": mean_of(log_losses(rows)), "macro_f1": _macro_f1(rows)}


def _macro_f1(rows: pl.DataFrame) -> Measured:
    """By one number per row, whose mean it is: what it adds to the F1 of each class (the delta method)."""
    said, true = rows[CLASS].to_numpy(), rows[TRUTH].to_numpy()
    found = [_f1(said == name, true == name) for name in sorted({*said, *true})]
    return mean_of(np.mean(found, axis=0))


def _f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> Floats:
    both, either = (said & true).astype(np.float64), said.astype(np.float64) + true
    value = 2 * both.mean() / either.mean()
    return value + (2 * both - value * either) / either.mean()
