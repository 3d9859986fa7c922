"""What the gates of a release let pass: of so many hold-outs of a size, those by which a model passes.

    PYTHONPATH=python:usecases/bank-churn/src .venv/bin/python bench/gates.py --times 200

Models of bank churn's own recipe learn from four times as many rows as are held out, each from rows of its
own. Each time champion, challenger and hold-out are others. A model that is worse has noise in its log odds:
as much as takes so much of its ROC AUC in the population.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from bank_churn.features import CONTRACT
from bank_churn.model import build_model
from bank_churn.population import draw
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from ecluse_release import classification, gates, regression
from ecluse_release.gates import Rules

Scores = NDArray[np.float64]
MODELS = 12
POPULATION = 100_000
CHURN = Rules(classification, 0.8, 0.02, 0.005, {"max_brier": 0.15})
AMOUNT = Rules(regression, 0.5, 0.02, 0.005, {"max_bias": 0.1})
Drawn = tuple[Scores, Scores, Scores]
"""Challenger, champion and labels of a hold-out."""


@dataclass(frozen=True)
class Population:
    """Labels of many rows, and the log odds that each model of one recipe gives them."""

    labels: Scores
    odds: list[Scores]

    def worse(self, model: int, loss: float, rng: Generator) -> Scores:
        """A model's log odds with so much noise that its ROC AUC falls by `loss`."""
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
    found, steps = np.empty(rows), (1 - of**2) ** 0.5 * rng.normal(size=rows)
    found[0] = rng.normal()
    for at in range(1, rows):
        found[at] = of * found[at - 1] + steps[at]
    return found


def share(times: int, seed: int, passes: Callable[[Generator], bool]) -> float:
    """How often it passes."""
    return sum(passes(np.random.default_rng([seed, number])) for number in range(times)) / times


def churn_cases(size: int, times: int) -> dict[str, float]:
    """Each case of a classifier by how often it passes, at one size of the hold-out."""
    made = population(4 * size)
    rng = np.random.default_rng(size)
    worse = [made.worse(model, 0.01, rng) for model in range(MODELS)]
    year = [made.worse(0, 0.002 * month, rng) if month else made.odds[0] for month in range(13)]

    def met(challengers: list[Scores]) -> Callable[[Generator], bool]:
        def passes(rng: Generator) -> bool:
            at, (one, other) = made.rows(size, rng), rng.choice(MODELS, 2, replace=False)
            return gates.champion_gate(
                challengers[one][at], made.odds[other][at], made.labels[at], CHURN
            ).passed

        return passes

    def creeps(rng: Generator) -> bool:
        at = [made.rows(size, rng) for _ in year[1:]]
        return all(
            gates.champion_gate(new[rows], old[rows], made.labels[rows], CHURN).passed
            for new, old, rows in zip(year[1:], year, at, strict=False)
        )

    def calibrated(change: Callable[[Scores], Scores]) -> Callable[[Generator], bool]:
        def passes(rng: Generator) -> bool:
            at = made.rows(size, rng)
            scores, labels = change(made.odds[rng.integers(MODELS)][at]), made.labels[at]
            return all(gate.passed for gate in gates.error_gates(scores, labels, CHURN))

        return passes

    def floor(rng: Generator) -> bool:
        at = made.rows(size, rng)
        return gates.floor_gate(bad[at], made.labels[at], CHURN).passed

    bad = made.worse(0, float(roc_auc_score(made.labels, made.odds[0])) - 0.77, rng)
    return {
        "equal, meets the champion": share(times, 1, met(made.odds)),
        "ROC AUC .01 worse": share(times, 2, met(worse)),
        "12 releases, each .002 worse": share(max(10, times // 10), 3, creeps),
        "well calibrated": share(times, 4, calibrated(expit)),
        "p / 2": share(times, 5, calibrated(lambda odds: expit(odds) / 2)),
        "log odds × 3": share(times, 6, calibrated(lambda odds: expit(3 * odds))),
        "ROC AUC .77, floor .80": share(times, 7, floor),
    }


def amount_cases(times: int) -> dict[str, float]:
    """Each case of a regressor."""

    def met(drawn: Callable[[int, Generator], Drawn], rows: int, loss: float = 0) -> float:
        def passes(rng: Generator) -> bool:
            challenger, champion, labels = drawn(rows, rng)
            noise = loss**0.5 * rng.normal(size=rows)
            return gates.champion_gate(challenger + noise, champion, labels, AMOUNT).passed

        return share(times, rows, passes)

    return {
        "regression, 200 rows, equal": met(amounts, 200),
        "regression, 2,000 rows, equal": met(amounts, 2000),
        "regression, 10,000 rows, equal": met(amounts, 10_000),
        "regression, 10,000 rows, R² .01 worse": met(amounts, 10_000, 0.01),
        "errors like those before, 2,000 rows, equal": met(series, 2000),
        "errors like those before, 2,000 rows, R² .01 worse": met(series, 2000, 0.01),
    }


def main() -> None:
    """Measures every case at every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 2000, 10_000])
    args = parser.parse_args()
    for size in args.sizes:
        for name, found in churn_cases(size, args.times).items():
            print(f"{size:6} rows held out, {name}: {found:.1%} pass", flush=True)
    for name, found in amount_cases(args.times).items():
        print(f"{name}: {found:.1%} pass", flush=True)


if __name__ == "__main__":
    main()
