"""What the monitor finds: of so many days with a drift of a known size, those that it names as they are.

    PYTHONPATH=python .venv/bin/python bench/power.py --days 100

The reference has 100,000 rows of the population of `bench/population.py`, and a column `products` that is 3
in 2.7 % of the rows.
"""

import argparse
from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from numpy.random import Generator
from population import draw

from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.check import judge
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import parse_settings

SETTINGS = {"slices": {"columns": 12}}
Case = tuple[int, Callable[[pl.DataFrame, Generator], pl.DataFrame], Callable[[Finding], bool]]


def population(rows: int, rng: Generator) -> pl.DataFrame:
    """Rows with `products`, and with `card`, which 70 % have."""
    products = rng.choice([1.0, 2, 3, 4], rows, p=[0.508, 0.459, 0.027, 0.006])
    card = np.where(rng.random(rows) < 0.7, "yes", "no")
    return draw(rows, 10, rng).with_columns(input_products=products, input_card=card)


def _shift(column: str, size: float, where: pl.Expr | None = None) -> Callable[..., pl.DataFrame]:
    rows = pl.lit(True) if where is None else where
    moved = pl.when(rows).then(pl.col(column) + size * pl.col(column).std()).otherwise(column).alias(column)
    return lambda day, _rng: day.with_columns(moved)


def _card(share: float) -> Callable[..., pl.DataFrame]:
    return lambda day, rng: day.with_columns(input_card=np.where(rng.random(day.height) < share, "yes", "no"))


def _drift(column: str) -> Callable[[Finding], bool]:
    return lambda finding: finding.check == "drift" and finding.column == column


def _segment(finding: Finding) -> bool:
    return finding.check == "segment" and finding.segment == "products 3" and finding.column == "x0"


THREE = pl.col("input_products") == 3
CASES: dict[str, Case] = {
    "0.2 sd of one of 12 columns, 1,000 rows": (1000, _shift("input_x0", 0.2), _drift("x0")),
    "0.1 sd of one of 12 columns, 10,000 rows": (10_000, _shift("input_x0", 0.1), _drift("x0")),
    "a share of 70 % is 65 %, 10,000 rows": (10_000, _card(0.65), _drift("card")),
    "0.75 sd in 2.7 % of 5,000 rows": (5000, _shift("input_x0", 0.75, THREE), _segment),
    "1 sd in 2.7 % of 5,000 rows": (5000, _shift("input_x0", 1, THREE), _segment),
    "0.5 sd in 2.7 % of 20,000 rows": (20_000, _shift("input_x0", 0.5, THREE), _segment),
}


def main() -> None:
    """Measures each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=100)
    days = parser.parse_args().days
    baseline = build_baseline(population(100_000, np.random.default_rng(1)), SETTINGS)
    settings = parse_settings(SETTINGS)
    for name, (rows, change, is_it) in CASES.items():
        found = 0
        for number in range(days):
            rng = np.random.default_rng([number, rows])
            day = change(population(rows, rng).drop("label"), rng)
            found += any(map(is_it, judge(day, "1", baseline, settings, date(2026, 11, 1)).findings))
        print(f"{name}: {found}/{days} = {found / days:.0%}", flush=True)


if __name__ == "__main__":
    main()
