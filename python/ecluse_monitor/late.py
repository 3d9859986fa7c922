"""Labelled predictions: those whose labels are due, and those of days before, whose labels came late.

Labels of one outcome alone are no random part of a day: they say nothing of the model until others come.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from ecluse_monitor.classes import ACCURACY, COLUMNS, LIKELIHOOD, TRUTH
from ecluse_monitor.performance import LEAST_OF_A_CLASS, Reference

MOST_MISSING = 20
"""Labels of the other outcome that may be expected where there is none: of more, chance is below e^-20."""
_NUMBERS: Final = {"score": pl.Float64, "label": pl.Float64}
LATE: Final = {**_NUMBERS, "day": pl.Date}


@dataclass(frozen=True)
class Labelled:
    """The champion's predictions of some days; `label` is null where none has come.

    Of several classes, they have `classes.COLUMNS` too: `label` says whether the predicted class is right.
    `others` are predictions without a label that are not among the rows: of many days they would be too many.
    `late` are those of the days before whose label came since the last check, with their day. `former` are
    others of such days, whose label came before: late ones alone may be of one outcome.
    """

    first: date
    last: date
    rows: pl.DataFrame
    others: int = 0
    late: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LATE))
    former: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LATE))

    @property
    def predictions(self) -> int:
        """All of them."""
        return self.rows.height + self.others

    @property
    def known(self) -> pl.DataFrame:
        """Those with a label."""
        return self.rows.drop_nulls(["label", "score"])

    @property
    def coverage(self) -> float:
        """The share of the predictions that has a label."""
        return self.known.height / max(self.predictions, 1)

    @property
    def late_days(self) -> dict[date, int]:
        """How many labels came late, by the day of their predictions."""
        counts = self.late.drop_nulls("score").group_by("day").len().sort("day")
        return dict(counts.iter_rows())


def judged_columns(reference: Reference) -> list[pl.Expr]:
    """The columns that labelled predictions are judged by."""
    more = COLUMNS if reference["metric"] == ACCURACY else {}
    return [pl.col(name).cast(kind) for name, kind in {**_NUMBERS, **more}.items()]


def late_labels(reference: Reference, labelled: Labelled) -> tuple[pl.DataFrame, list[date]]:
    """What came late with what had come of its days, and the days that are left out of it."""
    each = [table.select(*judged_columns(reference), "day") for table in _of_columns(reference, labelled)]
    every = pl.concat(each, how="vertical_relaxed").drop_nulls("score")
    days = every.partition_by("day", as_dict=True)
    left_out = sorted(day for (day,), rows in days.items() if _is_one_outcome(reference, rows))
    return every.filter(~pl.col("day").is_in(left_out)), left_out


def _of_columns(reference: Reference, labelled: Labelled) -> list[pl.DataFrame]:
    """Labels of earlier days, with the columns of several classes also where there are none of these."""
    lacking_ = pl.DataFrame(schema=COLUMNS if reference["metric"] == ACCURACY else {})
    tables = (labelled.late, labelled.former)
    return [pl.concat([table, lacking_], how="diagonal") for table in tables]


def _is_one_outcome(reference: Reference, rows: pl.DataFrame) -> bool:
    """Whether a day's labels are of one outcome, or nearly, which chance does not explain at such scores."""
    if reference["metric"] == "r2":
        return False
    outcome = TRUTH if reference["metric"] == ACCURACY else "label"
    counts = rows[outcome].value_counts().sort("count", descending=True)
    others = rows.height - int(counts["count"][0])
    return others < LEAST_OF_A_CLASS and _others(reference, rows, counts[outcome][0]) - others >= MOST_MISSING


def _others(reference: Reference, rows: pl.DataFrame, outcome: Any) -> float:
    """How many of the labels should be of another outcome than this, by the scores."""
    if reference["metric"] == ACCURACY:
        return float((1 - rows.filter(pl.col(TRUTH) == outcome)[LIKELIHOOD]).sum())
    bins = np.searchsorted(np.asarray(reference["edges"]), rows["score"].to_numpy())
    ones = float(np.asarray(reference["expected"])[bins].sum())
    return rows.height - ones if outcome else ones
