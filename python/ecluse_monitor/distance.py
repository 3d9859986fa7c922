"""How far a row is from training's in all columns together: a robust Mahalanobis distance of normal scores.

Each value becomes the quantile of a normal distribution that it is at training, and grows on in a line beyond
the 1st and 99th percentile. So no heavy tail hides the other columns, and pairs that never come together are
far too. All that is kept are numbers. An isolation forest found less (`bench/anomalies.py` compares them).

Scores are in eighths, so that a byte holds one and nobody's value follows from it. All else is in
fractions of which floats hold every sum exactly: a row's distance is the same in any part of a day.
"""

from collections.abc import Callable, Collection
from statistics import NormalDist
from typing import TypedDict, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_monitor.arrays import pack, unpack
from ecluse_monitor.bins import Floats
from ecluse_monitor.columns import FENCE, Column, kind, null_share

Scores = NDArray[np.int8]
"""Rows × columns: normal scores in eighths."""
QUIET = 20_000
"""Rows of the reference that are kept apart at most, to say what is usual."""
_TAIL = NormalDist().inv_cdf(0.99)
_FAR, _RIDGE, _CLIP = 10.0, 0.02, 4.0
_EIGHTHS, _MEAN, _PRECISION = 8.0, 2.0**10, 2.0**16


class Usual(TypedDict):
    """What is usual: `columns` in their order, the mean and inverse covariance of their normal scores.

    `quiet` are the distances of reference rows that nothing of these was learnt from, the columns' bins and
    categories neither, the largest first. So a day's are like them by chance alone.
    """

    columns: dict[str, Column]
    mean: str
    precision: str
    quiet: str


def learn(reference: pl.DataFrame, describe: Callable[[pl.Series], Column]) -> Usual:
    """What is usual in the columns `input_<name>` of a reference, of which a half at most is kept apart."""
    order = np.random.default_rng(0).permutation(reference.height)
    apart = min(QUIET, reference.height // 2)
    learnt = reference[order[apart:]]
    # A column may hold values in the other half alone.
    held = [name for name in learnt.columns if name.startswith("input_") and null_share(learnt[name]) < 1]
    columns = {name.removeprefix("input_"): describe(learnt[name]) for name in held}
    clipped = np.clip(normal_scores(learnt, columns) / _EIGHTHS, -_CLIP, _CLIP)
    # The ridge keeps columns that say the same, and constant ones, from deciding alone.
    covariance = np.atleast_2d(np.cov(clipped, rowvar=False)) + _RIDGE * np.eye(len(columns))
    precision: Floats = np.linalg.inv(covariance).astype(np.float64)
    usual: Usual = {
        "columns": columns,
        "mean": pack(_rounded(clipped.mean(axis=0), _MEAN), "<f4"),
        "precision": pack(_rounded(precision, _PRECISION), "<f4"),
        "quiet": "",
    }
    quiet = distances(contributions(usual, normal_scores(reference[order[:apart]], columns)))
    return {**usual, "quiet": pack(np.sort(quiet)[::-1], "<f4")}


def quiet_distances(usual: Usual) -> Floats:
    """Those of the rows that were kept apart, squared, the largest first."""
    return unpack(usual["quiet"], "<f4", 1).ravel().astype(np.float64)


def distances(parts: Floats) -> Floats:
    """Squared, of rows by what each column adds; as single floats, which is what a baseline keeps."""
    return parts.sum(axis=1).astype(np.float32).astype(np.float64)


def contributions(usual: Usual, scores: Scores, without: Collection[str] = ()) -> Floats:
    """What each column adds to a row's squared distance, rows × columns; those `without` count as usual."""
    names = usual["columns"]
    mean, precision = (
        unpack(usual[key], "<f4", len(names)).astype(np.float64) for key in ("mean", "precision")
    )
    away = scores / _EIGHTHS - mean
    away[:, [name in without for name in names]] = 0.0
    # Not by `@`: the threads of a BLAS wait in a loop for longer than this takes.
    return _rounded(away * np.einsum("rc,cd->rd", away, precision), _MEAN)


def _rounded(values: Floats, parts: float) -> Floats:
    return np.rint(values * parts) / parts


def normal_scores(rows: pl.DataFrame, columns: dict[str, Column]) -> Scores:
    """The normal scores of `input_<name>`; 0, which is usual, where no value is of the column's kind."""
    found = [_scores(rows, f"input_{name}", column) for name, column in columns.items()]
    return np.rint(np.column_stack(found) * _EIGHTHS).astype(np.int8)


def _scores(rows: pl.DataFrame, name: str, column: Column) -> Floats:
    if name not in rows.columns or kind(rows[name]) != column.get("kind"):
        return np.zeros(rows.height)  # the contract's finding
    if column.get("kind") == "categorical":
        return _of_categories(rows[name].cast(pl.String), column)
    values = rows[name].cast(pl.Float64).to_numpy()
    held = np.isfinite(values)
    return np.where(held, _of_numbers(np.where(held, values, 0.0), column), 0.0)


def _of_numbers(values: Floats, column: Column) -> Floats:
    lower, median, upper = percentiles(column)
    counts = np.asarray(column.get("counts"), dtype=np.float64)
    middles = (np.cumsum(counts) - counts / 2) / counts.sum()
    of_bin = np.array([NormalDist().inv_cdf(share) for share in np.clip(middles, 0.01, 0.99)])
    scores = of_bin[np.searchsorted(np.asarray(column.get("edges")), values, side="left")]
    for end, beyond in ((lower, values < lower), (upper, values > upper)):
        # Where half of the values are one, the tail is as wide as they are spread.
        width = abs(end - median) or column.get("sd", 0.0) or 1e-9
        with np.errstate(over="ignore"):
            scores[beyond] = np.clip(_TAIL * ((values[beyond] - median) / width), -_FAR, _FAR)
    return scores


def percentiles(column: Column) -> tuple[float, float, float]:
    """The 1st, 50th and 99th percentile of a number at training, as its fences have them."""
    counts, edges = np.cumsum(column.get("counts", [])), column.get("edges", [])
    median = edges[int(np.searchsorted(counts, counts[-1] / 2))]
    low, high = column.get("fence_low", 0.0), column.get("fence_high", 0.0)
    return (low + FENCE * median) / (1 + FENCE), median, (high + FENCE * median) / (1 + FENCE)


def _of_categories(values: pl.Series, column: Column) -> Floats:
    """How rare a category is: by the share of rows in those that are as rare at training, or rarer."""
    counts = np.asarray(column.get("counts"), dtype=np.float64)
    sizes, which, kinds = np.unique(counts, return_inverse=True, return_counts=True)
    rarer = np.cumsum(sizes * kinds)[which] / counts.sum()
    known = dict(zip(column.get("categories", []), (_rarity(float(share)) for share in rarer), strict=True))
    found = values.replace_strict(known, default=_rarity(0.5 / counts.sum()), return_dtype=pl.Float64)
    return cast(
        Floats, pl.select(pl.when(values.is_null()).then(0.0).otherwise(found)).to_series().to_numpy()
    )


def _rarity(share: float) -> float:
    return NormalDist().inv_cdf(1 - min(share, 1.0) / 2)
