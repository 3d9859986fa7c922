"""Weekly seasons: incidents of quiet days, and how soon a drift is found beside the season.

    PYTHONPATH=python:usecases/bank-churn/src .venv/bin/python bench/seasons.py

Bank churn has the scenario `weekly`; the synthetic population is 0.3 sd higher at weekends in two columns,
and has another share of a category. The training has whole weeks, or weekdays alone. Days of 5,000 rows are
quiet; days of 10,000 rows have a drift of 0.1 sd from the 29th day on.
"""

import argparse
import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from bank_churn.scenarios import scenario_day
from numpy.random import Generator
from watched import Watched

from ecluse_monitor.baseline import Baseline, build_baseline

MONDAY = date(2026, 3, 2)
WARM_UP = 28
Population = Callable[[int, date, Generator], pl.DataFrame]


def _synthetic(rows: int, day: date, rng: Generator) -> pl.DataFrame:
    weekend = 0.3 if day.weekday() >= 5 else 0.0
    columns: dict[str, Any] = {f"input_x{n}": rng.normal(weekend * (n < 2), 1, rows) for n in range(5)}
    columns["input_place"] = np.where(rng.random(rows) < 0.5 + weekend / 2, "shop", "home")
    return _scored(pl.DataFrame(columns), pl.col("input_x0") + pl.col("input_x2"))


def _churn(rows: int, day: date, rng: Generator) -> pl.DataFrame:
    frame = scenario_day(rows, int(rng.integers(2**31)), "prod", day, "weekly")
    inputs = pl.from_pandas(frame).drop("customer_id", "exited", strict=False)
    found = inputs.select(pl.all().name.prefix("input_"))
    return _scored(found, (pl.col("input_age") - 45) / 10 - pl.col("input_active"))


def _scored(rows: pl.DataFrame, of: pl.Expr) -> pl.DataFrame:
    return rows.with_columns(score=1 / (1 + (-of).exp()), model_version=pl.lit("1"))


POPULATIONS: dict[str, tuple[Population, str]] = {
    "synthetic": (_synthetic, "input_x0"),
    "bank churn": (_churn, "input_age"),
}
TRAININGS = {"whole weeks": 7, "weekdays alone": 5}


def _trained(population: Population, weekdays: int, rng: Generator) -> Baseline:
    days = [MONDAY - timedelta(days=7 - number) for number in range(weekdays)]
    return build_baseline(pl.concat([population(3000, day, rng) for day in days]), {})


def quiet(population: Population, weekdays: int, days: int, seed: int) -> tuple[int, int, int, int]:
    """Days with a finding in the first week and later, and incidents and messages."""
    rng = np.random.default_rng([seed, weekdays])
    watched = Watched(_trained(population, weekdays, rng))
    bad = [
        bool(watched.day(day, population(5000, day, rng)).findings)
        for day in (MONDAY + timedelta(days=number) for number in range(days))
    ]
    return sum(bad[:7]), sum(bad[7:]), len(watched.opened), len(watched.sent)


def drifted(population: Population, column: str, weekdays: int, days: int, seed: int) -> list[int]:
    """After a season of four weeks: on which days of a drift of 0.1 sd its column is named."""
    rng = np.random.default_rng([seed, weekdays, 1])
    watched = Watched(_trained(population, weekdays, rng))
    found: list[int] = []
    for number in range(WARM_UP + days):
        day = MONDAY + timedelta(days=number)
        rows = population(10_000, day, rng)
        if number >= WARM_UP:
            rows = rows.with_columns(pl.col(column) + 0.1 * pl.col(column).std())
        named = {each.column for each in watched.day(day, rows).findings}
        if number >= WARM_UP and column.removeprefix("input_") in named:
            found.append(number - WARM_UP + 1)
    return found


def main() -> None:
    """Measures each population with each training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--drifted", type=int, default=7)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--populations", nargs="+", default=list(POPULATIONS))
    args = parser.parse_args()
    for name in args.populations:
        population, column = POPULATIONS[name]
        for (training, weekdays), seed in itertools.product(TRAININGS.items(), range(args.seeds)):
            first, later, incidents, messages = quiet(population, weekdays, args.days, seed)
            found = drifted(population, column, weekdays, args.drifted, seed) if args.drifted else "–"
            print(
                f"{name}, trained on {training}, seed {seed}: findings on {first} of 7 days, then on "
                f"{later} of {args.days - 7}; {incidents} incidents, {messages} messages; "
                f"drift named on days {found}",
                flush=True,
            )


if __name__ == "__main__":
    main()
