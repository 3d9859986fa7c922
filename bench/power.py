"""What the monitor finds: of so many days with a drift of a known size, those that it names as they are.

    PYTHONPATH=python .venv/bin/python bench/power.py --days 100

The reference has 100,000 rows of the population of `bench/population.py`, and a column `products` that is 3
in 2.7 % of the rows. Where a case is about classes, it is of that population with so many.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import polars as pl
from numpy.random import Generator
from population import draw, labels_of

from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import judge
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import parse_settings

SETTINGS = {"slices": {"columns": 12}}
DAY = date(2026, 11, 1)
Change = Callable[[pl.DataFrame, Generator], pl.DataFrame]


@dataclass(frozen=True)
class Case:
    """Days of so many rows that are changed, and which finding names that; with labels where they show it."""

    rows: int
    change: Change
    is_it: Callable[[Finding], bool]
    classes: int = 0
    has_labels: bool = False


def population(rows: int, rng: Generator, classes: int = 0) -> pl.DataFrame:
    """Rows with `products`, and with `card`, which 70 % have."""
    products = rng.choice([1.0, 2, 3, 4], rows, p=[0.508, 0.459, 0.027, 0.006])
    card = np.where(rng.random(rows) < 0.7, "yes", "no")
    return draw(rows, 10, rng, classes).with_columns(input_products=products, input_card=card)


@cache
def trained(classes: int) -> Baseline:
    """The baseline that all cases of so many classes share."""
    return build_baseline(population(100_000, np.random.default_rng(1), classes), SETTINGS)


def _shift(column: str, size: float, where: pl.Expr | None = None) -> Change:
    rows = pl.lit(True) if where is None else where
    moved = pl.when(rows).then(pl.col(column) + size * pl.col(column).std()).otherwise(column).alias(column)
    return lambda day, _rng: day.with_columns(moved)


def _some(column: str, part: float, value: str | None) -> Change:
    """This value in a part of the rows."""

    def change(day: pl.DataFrame, rng: Generator) -> pl.DataFrame:
        hit = pl.Series(rng.random(day.height) < part)
        return day.with_columns(pl.when(hit).then(pl.lit(value)).otherwise(column).alias(column))

    return change


def _card(share: float) -> Change:
    return lambda day, rng: day.with_columns(input_card=np.where(rng.random(day.height) < share, "yes", "no"))


def _fewer(part: float) -> Change:
    """Only this part of the rows that are predicted to be of the most frequent class."""

    def change(day: pl.DataFrame, rng: Generator) -> pl.DataFrame:
        most = day["class"].mode().sort()[0]
        return day.filter((pl.col("class") != most) | pl.Series(rng.random(day.height) < part))

    return change


def _other_labels(part: float) -> Change:
    """In a part of the rows the label of any other row: what inputs mean has changed."""

    def change(day: pl.DataFrame, rng: Generator) -> pl.DataFrame:
        hit, other = pl.Series(rng.random(day.height) < part), day["label"][rng.permutation(day.height)]
        return day.with_columns(label=pl.when(hit).then(other).otherwise("label"))

    return change


def _named(check: str, column: str) -> Callable[[Finding], bool]:
    return lambda finding: (finding.check, finding.column) == (check, column)


def _segment(finding: Finding) -> bool:
    return finding.check == "segment" and finding.segment == "products 3" and finding.column == "x0"


THREE = pl.col("input_products") == 3
CASES = {
    "0.2 sd of one of 12 columns, 1,000 rows": Case(1000, _shift("input_x0", 0.2), _named("drift", "x0")),
    "0.1 sd of one of 12 columns, 10,000 rows": Case(10_000, _shift("input_x0", 0.1), _named("drift", "x0")),
    "a share of 70 % is 65 %, 10,000 rows": Case(10_000, _card(0.65), _named("drift", "card")),
    "4 % of the values are null, 1,000 rows": Case(
        1000, _some("input_x1", 0.04, None), _named("nulls", "x1")
    ),
    "2 % of the values are null, 10,000 rows": Case(
        10_000, _some("input_x1", 0.02, None), _named("nulls", "x1")
    ),
    "1 % of the values are a new category, 1,000 rows": Case(
        1000, _some("input_x4", 0.01, "new"), _named("unseen", "x4")
    ),
    "0.75 sd in 2.7 % of 5,000 rows": Case(5000, _shift("input_x0", 0.75, THREE), _segment),
    "1 sd in 2.7 % of 5,000 rows": Case(5000, _shift("input_x0", 1, THREE), _segment),
    "0.5 sd in 2.7 % of 20,000 rows": Case(20_000, _shift("input_x0", 0.5, THREE), _segment),
    **{
        f"{name}, {classes} classes, {rows:,} rows": Case(rows, change, is_it, classes, has_labels)
        for classes, rows in ((3, 1000), (3, 10_000), (10, 1000), (10, 10_000))
        for name, change, is_it, has_labels in (
            (
                "a quarter fewer of the largest class",
                _fewer(0.75),
                _named("prediction", "class"),
                False,
            ),
            (
                "a quarter of the labels are of other rows",
                _other_labels(0.25),
                _named("performance", ""),
                True,
            ),
        )
    },
}


def found(case: Case, days: int) -> int:
    """The days on which the monitor names it."""
    count, settings = 0, parse_settings(SETTINGS)
    for number in range(days):
        rng = np.random.default_rng([number, case.rows])
        day = case.change(population(case.rows, rng, case.classes), rng)
        labelled = labels_of(day, DAY) if case.has_labels else None
        verdict = judge(day.drop("label"), "1", trained(case.classes), settings, DAY, labelled)
        count += any(map(case.is_it, verdict.findings))
    return count


def main() -> None:
    """Measures each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=100)
    parser.add_argument("--only", default="", help="cases with this in their name")
    args = parser.parse_args()
    for name, case in CASES.items():
        if args.only in name:
            count = found(case, args.days)
            print(f"{name}: {count}/{args.days} = {count / args.days:.0%}", flush=True)


if __name__ == "__main__":
    main()
