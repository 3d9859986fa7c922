"""The baseline of a training run: per input its bins, categories, range and null share.

Both sides are binned by the functions here, so that a value on an edge never changes sides.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, cast

import numpy as np
import polars as pl

from ecluse_core.answer import CLASS
from ecluse_monitor.bins import Counts, Floats
from ecluse_monitor.classes import answer_columns, classes_of, with_truth
from ecluse_monitor.columns import FENCE, Column, kind, null_share, numbers
from ecluse_monitor.distance import Usual, learn
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.performance import Reference, reference_of, reference_of_classes
from ecluse_monitor.settings import parse_settings
from ecluse_monitor.slices import Slices, learn_slices

BINS = 64
FORMAT = 2


class Baseline(TypedDict):
    """What `baseline.json` holds; an older training logged no `usual` and no `slices`.

    Of several classes `outputs` are the prediction's columns beside its score, by their names in the log.
    `redacted` are inputs that the log does not have.
    `importance_by` is `permutation` where training measured the model, else `correlation`.
    """

    format: int
    rows: int
    settings: dict[str, Any]
    columns: dict[str, Column]
    score: Column
    performance: Reference | None
    outputs: NotRequired[dict[str, Column]]
    importance_by: NotRequired[str]
    usual: NotRequired[Usual]
    slices: NotRequired[Slices]
    redacted: NotRequired[list[str]]


def build_baseline(
    reference: pl.DataFrame,
    settings: dict[str, Any],
    importances: Mapping[str, float] | None = None,
    redacted: Sequence[str] = (),
) -> Baseline:
    """The baseline of a table with columns `input_<name>`, `score` and `label`, null where unknown.

    `importances` are the inputs' parts of the model's quality; without them the scores say what it goes by.
    `redacted` are inputs that the log never has, and so not the reference either.
    """
    inputs = [name for name in reference.columns if name.startswith("input_")]
    if not inputs or "score" not in reference.columns:
        raise MonitorError(f"the reference needs columns input_<name> and score, got {reference.columns}")
    kept = [name for name in redacted if f"input_{name}" in inputs]
    if kept:
        raise MonitorError(f"the reference has {kept}, which the contract redacts; write it by the kit")
    columns = {name.removeprefix("input_"): describe(reference[name]) for name in inputs}
    for name, column in columns.items():
        column["importance"] = (
            importances.get(name, 0.0)
            if importances
            else importance(reference[f"input_{name}"], reference["score"], column)
        )
    score = describe(reference["score"].cast(pl.Float64).fill_nan(None).drop_nulls())
    found: Baseline = {
        "format": FORMAT,
        "rows": reference.height,
        "settings": settings,
        "columns": columns,
        "score": score,
        "performance": _performance(reference, settings),
        "importance_by": "permutation" if importances else "correlation",
        "redacted": [*redacted],
        "usual": learn(reference, describe),
        "slices": learn_slices(reference, columns, score, parse_settings(settings)),
    }
    outputs = _outputs(reference)
    return {**found, "outputs": outputs} if outputs else found


def _outputs(reference: pl.DataFrame) -> dict[str, Column]:
    """The predicted class, of all that the model has, and the probability of each."""
    classes = sorted(classes_of(reference.columns))
    if not classes:
        return {}
    counts = category_counts(reference[CLASS], classes)[:-1].tolist()
    predicted: Column = {"kind": "categorical", "nulls": 0.0, "categories": classes, "counts": counts}
    probabilities = {
        name: describe(reference[name].fill_nan(None).drop_nulls()) for name in answer_columns(classes)[1:]
    }
    return {CLASS: predicted, **probabilities}


def _performance(reference: pl.DataFrame, settings: dict[str, Any]) -> Reference | None:
    if "label" not in reference.columns:
        return None
    classes, metric = classes_of(reference.columns), settings.get("performance", {}).get("metric")
    if classes:
        rows = reference.with_columns(pl.col("score").fill_nan(None)).drop_nulls(["score", "label"])
        return reference_of_classes(with_truth(rows, classes), metric)
    numbers_ = reference.select(pl.col("score", "label").cast(pl.Float64).fill_nan(None)).drop_nulls()
    return reference_of(numbers_["score"].to_numpy(), numbers_["label"].to_numpy(), metric)


def describe(series: pl.Series) -> Column:
    """The baseline of one column; raises MonitorError where it holds no value, or too large ones."""
    nulls = null_share(series)
    if nulls == 1 or series.len() == 0:
        raise MonitorError(f"column {series.name} of the reference holds no value; leave it out of the model")
    if kind(series) == "nested":
        raise MonitorError(f"column {series.name} holds no single values ({series.dtype}); leave it out")
    if kind(series) == "categorical":
        values = series.drop_nulls().cast(pl.String)
        categories = sorted(cast(list[str], values.unique().to_list()))
        counts = category_counts(values, categories)
        return {
            "kind": "categorical",
            "nulls": nulls,
            "categories": categories,
            "counts": counts[:-1].tolist(),
        }
    return {"kind": "numeric", "nulls": nulls, **_numeric(_sized(series))}


def _sized(series: pl.Series) -> Floats:
    """The finite values of a column; raises MonitorError where they are too large to have a spread."""
    values = numbers(series)
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.std()):
            return values
    largest = abs(values).max()
    raise MonitorError(
        f"column {series.name} has numbers up to {largest:.1e}, too large to compare; scale it"
    )


def _numeric(values: Floats) -> Column:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:], method="inverted_cdf"))
    bins = np.searchsorted(edges, values, side="left")
    counts = np.bincount(bins, minlength=len(edges) + 1)
    totals = np.bincount(bins, values, minlength=len(edges) + 1)
    # An empty bin has its lower edge as value: only the last one, over the maximum, can be empty.
    centres = np.where(counts > 0, totals / np.maximum(counts, 1), edges[-1])
    lower, median, upper = (float(value) for value in np.quantile(values, [0.01, 0.5, 0.99]))
    low, high = lower - FENCE * (median - lower), upper + FENCE * (upper - median)
    return {
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "centres": centres.tolist(),
        "fence_low": low,
        "fence_high": high,
        "outside": int(((values < low) | (values > high)).sum()),
        "mean": float(values.mean()),
        "sd": float(values.std()),
    }


def importance(series: pl.Series, scores: pl.Series, column: Column) -> float:
    """How much of the scores' spread an input explains: the root of the share of their variance."""
    table = pl.DataFrame({"group": series, "score": scores}).drop_nulls()
    if column.get("kind") == "numeric":
        bins = np.searchsorted(np.asarray(column.get("edges")), table["group"].cast(pl.Float64).to_numpy())
        table = table.with_columns(group=pl.Series(bins))
    spread = table["score"].cast(pl.Float64).var(ddof=0) if table.height else 0.0
    if not isinstance(spread, float) or not spread > 0:
        return 0.0
    groups = table.group_by("group").agg(pl.len().alias("rows"), pl.col("score").mean())
    apart = (groups["score"] - table["score"].mean()) ** 2 * groups["rows"]
    return min(1.0, max(0.0, float(apart.sum()) / table.height / spread)) ** 0.5


def category_counts(series: pl.Series, categories: list[str]) -> Counts:
    """Rows per category, and at the end those of no known one."""
    found = dict(series.drop_nulls().cast(pl.String).value_counts().iter_rows())
    known = [int(found.pop(category, 0)) for category in categories]
    return np.array([*known, sum(found.values())], dtype=np.int64)
