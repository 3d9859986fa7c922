"""What the gates of a release say: of so many hold-outs of a size, how often a model passes, and how often
the data does not decide.

    PYTHONPATH=python:usecases/bank-churn/src .venv/bin/python bench/gates.py --times 200

Models of bank churn's own recipe learn from four times as many rows as are held out, each from rows of its
own. Each time champion, challenger and hold-out are others. A model that is worse has noise in its log odds:
as much as takes so much of its ROC AUC in the population.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from bank_churn.features import CONTRACT
from bank_churn.model import build_model
from bank_churn.population import draw
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.signal import lfilter
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from ecluse_release import classification, regression
from ecluse_release.gates import Gate, Rules, champion_gate, error_gates, floor_gate

Scores = NDArray[np.float64]
MODELS = 12
POPULATION = 100_000
ERRORS = {"max_brier": 0.15, "max_slope_error": 0.25, "max_intercept_error": 0.25}
CHURN = Rules(classification, 0.8, 0.02, 0.01, ERRORS)
AMOUNT = Rules(regression, 0.5, 0.02, 0.01, {"max_bias": 0.1})
Drawn = tuple[Scores, Scores, Scores]
"""Challenger, champion and labels of a hold-out."""


@dataclass(frozen=True)
class Population:
    """Labels of many rows, and the log odds that each model of one recipe gives them."""

    labels: Scores
    odds: list[Scores]

    def worse(self, model: int, loss: float, rng: Generator) -> Scores:
        """A model's log odds with so much noise that its ROC AUC falls by `loss`."""
        if not loss:
            return self.odds[model]
        noise, best = rng.normal(size=POPULATION), roc_auc_score(self.labels, self.odds[model])

        def missing(size: float) -> float:
            return best - roc_auc_score(self.labels, self.odds[model] + size * noise) - loss

        return self.odds[model] + brentq(missing, 0, 5, xtol=1e-3) * noise

    def rows(self, size: int, rng: Generator) -> NDArray[np.int64]:
        """A hold-out of this size."""
        return rng.choice(POPULATION, size, replace=False)


def population(training: int) -> Population:
    """The recipe, trained again and again on other rows."""
    rows = draw(POPULATION, np.random.default_rng(0))
    odds = list[Scores]()
    for number in range(MODELS):
        seen = draw(training, np.random.default_rng([1, number, training]))
        model = build_model().fit(seen[CONTRACT.inputs], seen[CONTRACT.target])
        odds.append(logit(model.predict_proba(rows[CONTRACT.inputs])[:, 1]))
    return Population(rows[CONTRACT.target].to_numpy(np.float64), odds)


def amounts(rows: int, rng: Generator) -> Drawn:
    """Two forecasts whose errors are alike, and as large."""
    label = rng.normal(size=rows)
    shared = 0.4 * rng.normal(size=rows)
    own = [label + shared + 0.2 * rng.normal(size=rows) for _ in range(2)]
    return own[0], own[1], label


def series(rows: int, rng: Generator) -> Drawn:
    """The same, where an error is like the one before: an autoregression of .9."""
    label = rng.normal(size=rows)
    own = [label + 0.4 * _autoregression(rows, rng) for _ in range(2)]
    return own[0], own[1], label


def _autoregression(rows: int, rng: Generator, of: float = 0.9) -> Scores:
    steps = np.r_[rng.normal(), (1 - of**2) ** 0.5 * rng.normal(size=rows - 1)]
    return lfilter([1], [1, -of], steps)


def counted(times: int, seed: int, judge: Callable[[Generator], Iterable[Gate]]) -> str:
    """How often all gates pass, how often one fails, and how often the data does not decide."""
    found = Counter[str]()
    for number in range(times):
        results = {gate.result for gate in judge(np.random.default_rng([seed, number]))}
        found[next((each for each in ("fail", "undecided") if each in results), "pass")] += 1
    return ", ".join(f"{found[each] / times:.1%} {each}" for each in ("pass", "undecided", "fail"))


def meets(one: Scores, other: Scores, labels: Scores, rules: Rules) -> Gate:
    """A challenger meets a champion."""
    return champion_gate(one, other, labels, rules, "non-inferiority", "the champion")


def churn_cases(size: int, times: int) -> Iterator[tuple[str, str]]:
    """Each case of a classifier by its results, at one size of the hold-out."""
    made = population(4 * size)
    rng = np.random.default_rng(size)
    worse = [made.worse(model, 0.01, rng) for model in range(MODELS)]
    bad = made.worse(0, float(roc_auc_score(made.labels, made.odds[0])) - 0.77, rng)

    def met(challengers: list[Scores]) -> Callable[[Generator], list[Gate]]:
        def judge(rng: Generator) -> list[Gate]:
            at, (one, other) = made.rows(size, rng), rng.choice(MODELS, 2, replace=False)
            return [meets(challengers[one][at], made.odds[other][at], made.labels[at], CHURN)]

        return judge

    def calibrated(change: Callable[[Scores], Scores]) -> Callable[[Generator], list[Gate]]:
        def judge(rng: Generator) -> list[Gate]:
            at = made.rows(size, rng)
            return error_gates(change(made.odds[rng.integers(MODELS)][at]), made.labels[at], CHURN)

        return judge

    def floor(rng: Generator) -> list[Gate]:
        at = made.rows(size, rng)
        return [floor_gate(bad[at], made.labels[at], CHURN)]

    yield "equal, meets the champion", counted(times, 1, met(made.odds))
    yield "ROC AUC .01 worse", counted(times, 2, met(worse))
    yield "well calibrated", counted(times, 4, calibrated(expit))
    yield "p / 2", counted(times, 5, calibrated(lambda odds: expit(odds) / 2))
    yield "log odds × 3", counted(times, 6, calibrated(lambda odds: expit(3 * odds)))
    yield "ROC AUC .77, floor .80", counted(times, 7, floor)
    for loss, name in ((0.002, "each .002 worse"), (0.0, "equal")):
        yield f"12 releases, {name}: best kept", year(made, size, loss, max(10, times // 4))


def year(made: Population, size: int, loss: float, times: int) -> str:
    """How far a year's releases come down, and how many of twelve pass, where each is worse by so much."""
    rng = np.random.default_rng(3)
    models = [made.worse(each % MODELS, loss * each, rng) for each in range(13)]
    least, passed = list[float](), 0
    for _ in range(times):
        kept = best = champion = 0
        for month in range(1, 13):
            at = made.rows(size, rng)
            seen = [models[each][at] for each in (month, champion, best)]
            met = [meets(seen[0], other, made.labels[at], CHURN) for other in seen[1:]]
            if all(gate.passed for gate in met):
                kept, champion = kept + 1, month
                best = month if (met[1].low or 0) > 0 else best
        least.append(loss * champion)
        passed += kept
    return f"{passed / times:.1f} of 12 pass, the last is {np.mean(least):.4f} worse than the first"


def amount_cases(times: int) -> Iterator[tuple[str, str]]:
    """Each case of a regressor."""

    def met(drawn: Callable[[int, Generator], Drawn], rows: int, loss: float = 0) -> str:
        def judge(rng: Generator) -> list[Gate]:
            challenger, champion, labels = drawn(rows, rng)
            return [meets(challenger + loss**0.5 * rng.normal(size=rows), champion, labels, AMOUNT)]

        return counted(times, rows, judge)

    for rows in (200, 2000, 10_000, 40_000):
        yield f"regression, {rows:,} rows, equal", met(amounts, rows)
        yield f"regression, {rows:,} rows, R² .01 worse", met(amounts, rows, 0.01)
    for rows in (2000, 10_000):
        yield f"errors like those before, {rows:,} rows, equal", met(series, rows)
        yield f"errors like those before, {rows:,} rows, R² .01 worse", met(series, rows, 0.01)


def main() -> None:
    """Measures every case at every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 2000, 10_000])
    args = parser.parse_args()
    for size in args.sizes:
        for name, found in churn_cases(size, args.times):
            print(f"{size:6} rows held out, {name}: {found}", flush=True)
    for name, found in amount_cases(args.times):
        print(f"{name}: {found}", flush=True)


if __name__ == "__main__":
    main()
