"""False alarms of the monitor: how many quiet days have a finding, over all checks together.

    PYTHONPATH=python .venv/bin/python bench/quiet.py --days 200

Prints one line per case. A quiet day is drawn as the reference was: numbers of several shapes, counts,
heavy tails, categories of which some are rare, nulls, and all of them depend on one hidden number. Each
reference serves for some days, each judged as if it were the first; `--labels` has all labels of each day.
`upper` is the 95 % bound (Clopper, Pearson) of the share of days. Incidents are alerts that fire: bad days
within three, as the settings have it. `--classes 0` has one score of two outcomes.
"""

import argparse
import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from population import draw, labels_of
from scipy.stats import beta
from watched import Watched

from ecluse_monitor.baseline import build_baseline

DAY = date(2026, 11, 1)


@dataclass(frozen=True)
class Case:
    """How large a training and its days are, and whether their labels are there."""

    columns: int
    classes: int
    reference: int
    rows: int
    labels: bool


def quiet_days(case: Case, days: int, of_a_reference: int, seed: int) -> tuple[int, int, Counter[str]]:
    """Of so many days those with any finding, the incidents, and the days with a finding of each check."""
    found, alarms, incidents = Counter[str](), 0, 0
    for first in range(0, days, of_a_reference):
        sizes = [case.columns, *([case.classes] if case.classes else []), case.reference, case.rows]
        rng = np.random.default_rng([seed, *sizes, first])
        trained = build_baseline(draw(case.reference, case.columns, rng, case.classes), {})
        watched = Watched(trained, remembers=False)
        for number in range(first, min(days, first + of_a_reference)):
            rows, day = draw(case.rows, case.columns, rng, case.classes), DAY + timedelta(days=number)
            labelled = labels_of(rows, day) if case.labels else None
            verdict = watched.day(day, rows.drop("label"), labelled)
            found.update({finding.check for finding in verdict.findings})
            alarms += bool(verdict.findings)
        incidents += len(watched.opened)
    return alarms, incidents, found


def main() -> None:
    """Measures each size of columns, reference and day."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--days-of-a-reference", type=int, default=10)
    parser.add_argument("--columns", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--classes", type=int, nargs="+", default=[0])
    parser.add_argument("--references", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--labels", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    sizes = itertools.product(args.columns, args.classes, args.references, args.rows)
    for case in (Case(*size, args.labels) for size in sizes):
        alarms, incidents, found = quiet_days(case, args.days, args.days_of_a_reference, args.seed)
        upper = float(beta.ppf(0.95, alarms + 1, args.days - alarms)) if alarms < args.days else 1.0
        checks = ", ".join(f"{check} {count}" for check, count in found.most_common()) or "none"
        print(
            f"{case.columns:3} columns, {case.classes:2} classes, reference {case.reference:6}, day "
            f"{case.rows:6}: {alarms}/{args.days} = {alarms / args.days:.1%} (upper {upper:.1%}), "
            f"{incidents} incidents: {checks}",
            flush=True,
        )


if __name__ == "__main__":
    main()
