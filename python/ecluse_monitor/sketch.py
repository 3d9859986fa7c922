"""What the checks need of a day's rows, as counts that add up: any partition and order give the same."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import reduce
from typing import Any, cast

import numpy as np
import polars as pl

from ecluse_monitor import sample
from ecluse_monitor.baseline import Baseline
from ecluse_monitor.bins import Floats, count_bins
from ecluse_monitor.columns import Column, kind, numbers
from ecluse_monitor.performance import Reference, score_counts
from ecluse_monitor.sample import Sample, sample_of
from ecluse_monitor.scores import Lost, finite, lost_of

Histogram = list[int] | dict[str, int]
"""Rows per bin of a number, or per category."""
STEPS = 1024
"""Of a standard deviation, in which numbers are summed: floats would add up by their order."""
_FARTHEST = 2.0**36


@dataclass(frozen=True)
class Seen:
    """One column of some rows. `kind` is empty where it is missing, and `mixed` where parts are of two kinds.

    `held` are the rows with a value, and `steps` the sum of what numbers are over the training's mean.
    `beyond` are the rows outside of the fences, from `lowest` to `highest`.
    """

    rows: int = 0
    kind: str = ""
    held: int = 0
    counts: Histogram = field(default_factory=list[int])
    beyond: int = 0
    lowest: float = float("inf")
    highest: float = float("-inf")
    steps: int = 0

    @property
    def nulls(self) -> float:
        """Share of the rows without a value."""
        return 1 - self.held / self.rows if self.rows else 0.0

    def mean(self, column: Column) -> float:
        """Mean of a number, to a thousandth of the training's standard deviation."""
        steps = self.steps / max(self.held, 1) / STEPS
        return column.get("mean", 0.0) + steps * (column.get("sd", 0.0) or 1.0)

    def __add__(self, other: "Seen") -> "Seen":
        """Both together."""
        return Seen(
            self.rows + other.rows,
            _both(self.kind, other.kind),
            self.held + other.held,
            added(self.counts, other.counts),
            self.beyond + other.beyond,
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
            self.steps + other.steps,
        )


def _both(left: str, right: str) -> str:
    if left == right or right in ("", "null"):
        return left or right
    return right if left in ("", "null") else "mixed"


def added(left: Histogram, right: Histogram) -> Histogram:
    """The rows of both; an empty one fits all."""
    if not left or not right:
        return left or right
    if isinstance(left, dict):
        total = Counter(left)
        total.update(cast(dict[str, int], right))
        return dict(total)
    return (np.asarray(left, dtype=np.int64) + np.asarray(right, dtype=np.int64)).tolist()


@dataclass(frozen=True)
class Sketch:
    """Some rows: their inputs, the champion's own scores, and the rows per bin of `Reference.edges`.

    `outputs` are the other columns of its predictions, where these are of several classes.
    `leaked` are the champion's rows with a value of each redacted column. `lost` are scores that are no
    numbers, and `sample` is what checks need that look at single rows.
    """

    rows: int = 0
    duplicates: int = 0
    has_versions: bool = False
    columns: dict[str, Seen] = field(default_factory=dict[str, Seen])
    score: Seen = Seen()
    expected: list[int] = field(default_factory=list[int])
    lost: Lost = field(default_factory=Lost)
    sample: Sample = field(default_factory=Sample)
    outputs: dict[str, Seen] = field(default_factory=dict[str, Seen])
    leaked: dict[str, int] = field(default_factory=dict[str, int])

    def __add__(self, other: "Sketch") -> "Sketch":
        """Both together; what one has no rows of is null there."""
        return Sketch(
            self.rows + other.rows,
            self.duplicates + other.duplicates,
            self.has_versions or other.has_versions,
            _added((self.columns, self.rows), (other.columns, other.rows)),
            self.score + other.score,
            cast(list[int], added(self.expected, other.expected)),
            self.lost + other.lost,
            self.sample + other.sample,
            _added((self.outputs, self.score.rows), (other.outputs, other.score.rows)),
            dict(Counter(self.leaked) + Counter(other.leaked)),
        )

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {**asdict(replace(self, sample=Sample())), "sample": self.sample.as_json()}


def _added(left: tuple[dict[str, Seen], int], right: tuple[dict[str, Seen], int]) -> dict[str, Seen]:
    """The columns of both, each of so many rows; what one has not is null there."""
    (one, rows), (two, others) = left, right
    names = sorted(one.keys() | two.keys())
    return {name: one.get(name, Seen(rows)) + two.get(name, Seen(others)) for name in names}


def from_json(found: dict[str, Any]) -> Sketch:
    """The sketch of a document."""
    columns = {name: Seen(**column) for name, column in found["columns"].items()}
    held: dict[str, Any] = {
        **found,
        "columns": columns,
        "outputs": {name: Seen(**column) for name, column in found.get("outputs", {}).items()},
        "score": Seen(**found["score"]),
        "lost": Lost(**found["lost"]),
        "sample": sample.from_json(found["sample"]),
    }
    return Sketch(**held)


def merged(sketches: Iterable[Sketch]) -> Sketch:
    """All of them together."""
    return reduce(lambda left, right: left + right, sketches, Sketch())


def sketch_of(rows: pl.DataFrame, version: str, baseline: Baseline, level: int = 0) -> Sketch:
    """The sketch of logged rows, against the baseline of the champion `version`.

    `level` is one that the day's sample has reached without them, if any: fewer are looked at singly.
    """
    wanted = {name: f"input_{name}" for name in baseline["columns"] if f"input_{name}" in rows.columns}
    columns = {name: seen_of(rows[own], baseline["columns"][name]) for name, own in wanted.items()}
    scores, has_versions = _scores(rows, version), "model_version" in rows.columns
    known = None if scores is None else finite(scores)
    score = Seen() if known is None else seen_of(known, baseline["score"])
    lost = Lost() if scores is None or known is None else lost_of(scores, known)
    expected = _expected(known, baseline["performance"])
    singly = sample_of(rows, version, baseline, level)
    outputs = _outputs(rows, version, baseline) if has_versions else {}
    leaked = _leaked(rows, version, baseline) if has_versions else {}
    return Sketch(rows.height, 0, has_versions, columns, score, expected, lost, singly, outputs, leaked)


def _leaked(rows: pl.DataFrame, version: str, baseline: Baseline) -> dict[str, int]:
    """How many of the champion's rows have a value of each column that its contract redacts."""
    own = rows.filter(pl.col("model_version").cast(pl.String) == version)
    hidden = [name for name in baseline.get("redacted", []) if f"input_{name}" in own.columns]
    found = {name: own.height - own[f"input_{name}"].null_count() for name in hidden}
    return {name: count for name, count in found.items() if count}


def _outputs(rows: pl.DataFrame, version: str, baseline: Baseline) -> dict[str, Seen]:
    """The champion's own predictions, beside their scores."""
    wanted = {name: column for name, column in baseline.get("outputs", {}).items() if name in rows.columns}
    own = rows.select("model_version", *wanted).filter(pl.col("model_version").cast(pl.String) == version)
    return {name: seen_of(own[name], column) for name, column in wanted.items()}


def _scores(rows: pl.DataFrame, version: str) -> pl.Series | None:
    """Scores of another version are no evidence on this one; inputs are, whichever version read them."""
    if "score" not in rows.columns:
        return None
    if "model_version" not in rows.columns:
        return rows["score"].head(0)
    return rows["score"].filter(rows["model_version"].cast(pl.String) == version)


def _expected(scores: pl.Series | None, reference: Reference | None) -> list[int]:
    return [] if scores is None or reference is None else score_counts(reference, numbers(scores)).tolist()


def seen_of(series: pl.Series, column: Column) -> Seen:
    """One column of logged rows, binned as the training's was."""
    found = kind(series)
    if found != column.get("kind"):
        return Seen(series.len(), found)
    if found == "numeric":
        return _number(series, column)
    counts = dict(series.drop_nulls().cast(pl.String).value_counts().iter_rows())
    return Seen(series.len(), found, series.len() - series.null_count(), counts)


def _number(series: pl.Series, column: Column) -> Seen:
    values = numbers(series)
    low, high = column.get("fence_low", 0.0), column.get("fence_high", 0.0)
    least, most = float(values.min(initial=np.inf)), float(values.max(initial=-np.inf))
    is_within = low <= least and most <= high
    beyond = values[:0] if is_within else values[(values < low) | (values > high)]
    return Seen(
        series.len(),
        "numeric",
        len(values),
        count_bins(values, np.asarray(column.get("edges"))).tolist(),
        len(beyond),
        float(beyond.min(initial=np.inf)),
        float(beyond.max(initial=-np.inf)),
        _steps(values, column),
    )


def _steps(values: Floats, column: Column) -> int:
    sd, mean = column.get("sd", 0.0) or 1.0, column.get("mean", 0.0)
    with np.errstate(over="ignore"):
        steps = values - mean
        steps *= STEPS / sd
    np.rint(steps, out=steps)
    return int(np.clip(steps, -_FARTHEST, _FARTHEST, out=steps).astype(np.int64).sum())
