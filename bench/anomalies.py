"""How many unusual rows the monitor's distance finds, beside an isolation forest of scikit-learn.

    PYTHONPATH=python:usecases/bank-churn/src .venv/bin/python bench/anomalies.py

Both learn from the same rows, and call those unusual that are beyond 99 % of rows that they have not seen.
Each line is a kind of damage done to every row of a day, and the share of rows that each calls unusual;
`none` should be 1 %.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from bank_churn.scenarios import scenario_day
from numpy.random import Generator
from numpy.typing import NDArray
from population import draw
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import IsolationForest

from ecluse_monitor.baseline import describe
from ecluse_monitor.distance import contributions, distances, learn, normal_scores, quiet_distances

Floats = NDArray[np.float64]
Damage = Callable[[Floats, Generator], Floats]
SHARE = 0.01


def _one(rows: Floats, rng: Generator) -> Floats:
    column = rng.integers(rows.shape[1], size=len(rows))
    found, at = rows.copy(), np.arange(len(rows))
    found[at, column] = rows.mean(0)[column] + 5 * rng.choice([-1, 1], len(rows)) * rows.std(0)[column]
    return found


def _three(rows: Floats, rng: Generator) -> Floats:
    ends = np.quantile(rows, [0.01, 0.99], axis=0)
    chosen = rng.random(rows.shape).argsort(axis=1) < 3
    return np.where(chosen, ends[rng.integers(2, size=rows.shape), np.arange(rows.shape[1])], rows)


DAMAGES: dict[str, Damage] = {
    "none": lambda rows, _rng: rows,
    "one value 5 sd away": _one,
    "three values at the 1st or 99th percentile": _three,
    "columns of different rows": lambda rows, rng: rng.permuted(rows, axis=0),
    "noise of 1 sd on each value": lambda rows, rng: rows + rng.normal(size=rows.shape) * rows.std(0),
}


def _populations() -> dict[str, Floats]:
    rng = np.random.default_rng(1)
    churn = pl.from_pandas(scenario_day(20_000, 1, "dev", date(2026, 1, 1)))
    found = {
        "bench, 10 columns": draw(20_000, 10, rng),
        "bench, 100 columns": draw(20_000, 100, rng),
        "bank churn": churn.select(pl.selectors.numeric().exclude("exited").name.prefix("input_")),
    }
    tables = {
        name: table.select(pl.selectors.numeric() & pl.selectors.starts_with("input_")).fill_null(0)
        for name, table in found.items()
    }
    return {
        **{name: table.fill_nan(0).to_numpy().astype(float) for name, table in tables.items()},
        "breast cancer": rng.permutation(load_breast_cancer().data),
        "diabetes": rng.permutation(load_diabetes().data),
    }


def _table(rows: Floats) -> pl.DataFrame:
    return pl.DataFrame({f"input_{number}": rows[:, number] for number in range(rows.shape[1])})


def main() -> None:
    """Measures each kind of damage on each population."""
    for name, rows in _populations().items():
        reference, day = np.split(rows, [len(rows) * 3 // 4])
        table = _table(reference)
        usual = learn(table, describe)
        half = len(reference) // 2
        forest = IsolationForest(random_state=0).fit(reference[half:])
        limit = np.quantile(-forest.score_samples(reference[:half]), 1 - SHARE)
        own = quiet_distances(usual)[int(SHARE * len(quiet_distances(usual)))]
        for damage, do in DAMAGES.items():
            hurt = do(day, np.random.default_rng(2))
            ours = (
                distances(contributions(usual, normal_scores(_table(hurt), usual["columns"]))) > own
            ).mean()
            theirs = (-forest.score_samples(hurt) > limit).mean()
            print(f"{name}: {damage}: distance {ours:.0%}, isolation forest {theirs:.0%}", flush=True)


if __name__ == "__main__":
    main()
