"""False alarms of the monitor: how many quiet days have a finding, over all checks together.

    PYTHONPATH=python .venv/bin/python bench/quiet.py --days 200

Prints one line per case. A quiet day is drawn as the reference was: numbers of several shapes, counts,
heavy tails, categories of which some are rare, nulls, and all of them depend on one hidden number. Each
reference serves for ten days, each judged as if it were the first. `upper` is the 95 % bound (Clopper,
Pearson) of the share of days. Incidents are alerts that fire: bad days within three, as the settings have it.
"""

import argparse
import itertools
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.random import Generator
from scipy.stats import beta
from watched import Watched

from ecluse_monitor.baseline import build_baseline

DAYS_OF_A_REFERENCE = 10
DAY = date(2026, 11, 1)
CATEGORIES = np.array(list("abcdefghijkl"))
SHARES = np.array([0.5, 0.25, 0.2, *[0.05 / 9] * 9])


def draw(rows: int, columns: int, rng: Generator) -> pl.DataFrame:
    """Rows of a population, with scores and labels."""
    hidden = rng.normal(size=rows)
    found: dict[str, Any] = {}
    for number in range(columns):
        own = 0.5 * hidden + rng.normal(size=rows)
        found[f"input_x{number}"] = (
            own,
            np.exp(own),
            np.floor(np.abs(2 * own)),
            np.where(rng.random(rows) < 0.1, np.nan, rng.standard_t(3, rows)),
            CATEGORIES[np.searchsorted(np.cumsum(SHARES)[:-1], rng.random(rows))],
        )[number % 5]
    score = 1 / (1 + np.exp(-hidden - 0.5 * found["input_x0"]))
    label = (rng.random(rows) < score).astype(float)
    return pl.DataFrame({**found, "score": score, "label": label, "model_version": ["1"] * rows})


def quiet_days(
    columns: int, reference_rows: int, rows: int, days: int, seed: int
) -> tuple[int, int, Counter[str]]:
    """Of so many days those with any finding, the incidents, and the days with a finding of each check."""
    found, alarms, incidents = Counter[str](), 0, 0
    for first in range(0, days, DAYS_OF_A_REFERENCE):
        rng = np.random.default_rng([seed, columns, reference_rows, rows, first])
        watched = Watched(build_baseline(draw(reference_rows, columns, rng), {}), remembers=False)
        for number in range(first, min(days, first + DAYS_OF_A_REFERENCE)):
            verdict = watched.day(DAY + timedelta(days=number), draw(rows, columns, rng).drop("label"))
            found.update({finding.check for finding in verdict.findings})
            alarms += bool(verdict.findings)
        incidents += len(watched.opened)
    return alarms, incidents, found


def main() -> None:
    """Measures each size of columns, reference and day."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--columns", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--references", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for columns, reference, rows in itertools.product(args.columns, args.references, args.rows):
        alarms, incidents, found = quiet_days(columns, reference, rows, args.days, args.seed)
        upper = float(beta.ppf(0.95, alarms + 1, args.days - alarms)) if alarms < args.days else 1.0
        checks = ", ".join(f"{check} {count}" for check, count in found.most_common()) or "none"
        print(
            f"{columns:3} columns, reference {reference:6}, day {rows:6}: {alarms}/{args.days} = "
            f"{alarms / args.days:.1%} (upper {upper:.1%}), {incidents} incidents: {checks}",
            flush=True,
        )


if __name__ == "__main__":
    main()
