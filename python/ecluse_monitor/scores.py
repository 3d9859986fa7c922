"""Predictions that are no numbers: null, NaN, infinite, text or no single value."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from ecluse_monitor.columns import kind

_LENGTH = 40


def finite(series: pl.Series) -> pl.Series:
    """The predictions as floats, null for each that is no finite number; digits in a text are a number."""
    if kind(series) == "nested":
        return pl.Series(series.name, [None] * series.len(), pl.Float64)
    texts = kind(series) == "categorical"
    values = (series.cast(pl.String) if texts else series).cast(pl.Float64, strict=False)
    if values.is_finite().all():
        return values
    return values.to_frame().select(pl.when(pl.first().is_finite()).then(pl.first())).to_series()


def own_scores(rows: pl.DataFrame, version: str) -> pl.DataFrame:
    """The rows with numbers as scores, null where they are of another version, or are no numbers."""
    if "score" not in rows.columns:
        return rows
    is_own = pl.col("model_version").cast(pl.String) == version if "model_version" in rows.columns else False
    return rows.with_columns(score=pl.when(is_own).then(finite(rows["score"])))


@dataclass(frozen=True)
class Lost:
    """How many predictions are no numbers, by what they are; `example` is the first of the texts by letters.

    Sums are the same in any order.
    """

    counts: dict[str, int] = field(default_factory=dict[str, int])
    example: str | None = None

    def __add__(self, other: "Lost") -> "Lost":
        """Both together."""
        total = Counter(self.counts)
        total.update(other.counts)
        examples = [each for each in (self.example, other.example) if each is not None]
        return Lost(dict(sorted(total.items())), min(examples, default=None))

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        """In words, such as `40 null, 2 text such as 'high'`."""
        said = {name: f"{count} {name}" for name, count in self.counts.items()}
        if self.example is not None:
            said["text"] += f" such as {self.example!r}"
        return ", ".join(said.values())


def lost_of(series: pl.Series, known: pl.Series) -> Lost:
    """What those of some predictions are that are no numbers; `known` is what `finite` made of them."""
    if not known.null_count():
        return Lost()
    lost = series.filter(known.is_null())
    values = lost.drop_nulls()
    nulls = {"null": lost.null_count()} if lost.null_count() else {}
    if not values.len():
        return Lost(nulls)
    if kind(series) == "nested":
        return Lost({**nulls, f"of type {series.dtype}": values.len()})
    if kind(series) == "numeric":
        return Lost({**nulls, "NaN or infinite": values.len()})
    text = values.cast(pl.String)
    return Lost({**nulls, "text": values.len()}, str(text.min())[:_LENGTH])
