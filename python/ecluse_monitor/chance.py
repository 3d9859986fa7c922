"""How likely chance alone is: a bound that training learnt from n rows is an estimate, and tested as one.

The Monte Carlo p-values are sequential (Besag and Clifford): both samples are drawn again from what they
hold together, so both sizes count, and drawing stops as soon as the answer is plainly no.
"""

import math
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
STOP_AT = 10
_PLAIN = 1e-9


class Tested(Protocol):
    """What has a p-value."""

    @property
    def p_value(self) -> float:
        """The chance of at least this much where nothing has changed."""
        ...


TestedType = TypeVar("TestedType", bound=Tested)


def significant(tested: Sequence[TestedType], fdr: float) -> list[TestedType]:
    """Those that Benjamini and Hochberg's step-up keeps at this false discovery rate."""
    ranked = sorted(tested, key=lambda item: item.p_value)
    passing = [rank for rank, item in enumerate(ranked, 1) if item.p_value <= fdr * rank / len(ranked)]
    return ranked[: max(passing, default=0)]


def draws_for(tests: int, fdr: float) -> int:
    """Enough draws for the smallest p-value that the correction over so many tests can ask for."""
    return math.ceil(20 * tests / fdr)


def sequential(exceeds: Callable[[int], NDArray[np.bool_]], draws: int) -> float:
    """The p-value of at most so many draws; `exceeds(n)` draws n times, and says which are beyond."""
    done = exceeded = 0
    while done < draws:
        size = min(draws - done, max(100, done), 10_000)
        beyond = np.cumsum(exceeds(size))
        if exceeded + beyond[-1] >= STOP_AT:
            return STOP_AT / (done + int(np.argmax(exceeded + beyond >= STOP_AT)) + 1)
        done, exceeded = done + size, exceeded + int(beyond[-1])
    return (exceeded + 1) / (draws + 1)


def more_often(before: int, of: int, now: int, rows: int) -> float:
    """Fisher's exact test, one-sided: chance of `now` in `rows` where it was `before` in `of`, by one share.

    It is the upper tail of the hypergeometric distribution, summed until a term adds nothing.
    """
    total, hits = of + rows, before + now
    if now * total <= hits * rows:  # no more than its share
        return 1.0
    log = _log_choose(hits, now) + _log_choose(total - hits, rows - now) - _log_choose(total, rows)
    term = tail = math.exp(log)
    for k in range(now, min(hits, rows)):
        term *= (hits - k) * (rows - k) / ((k + 1) * (total - hits - rows + k + 1))
        tail += term
        if term <= tail * 1e-12:
            break
    return min(1.0, tail)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def all_new(reference: Counts, known: Counts, new: Counts, draws: int, rng: Generator) -> float:
    """Chance that so many rows of a window are in categories that the reference, by chance, has not.

    `reference` and `known` are rows per known category there and in the window, `new` per other one there.
    A category of j rows in both together is in the window alone with a chance of (its share of all rows)^j.
    """
    pooled = np.concatenate([reference + known, new])
    share = (known.sum() + new.sum()) / max(pooled.sum(), 1)
    sizes, kinds = np.unique(pooled[pooled > 0], return_counts=True)
    chance = share**sizes
    kept = sizes * kinds * chance > _PLAIN
    bound = float((sizes * kinds * chance).sum() / new.sum())  # Markov's
    if bound <= _PLAIN:
        return bound
    sizes, kinds, chance = sizes[kept], kinds[kept], chance[kept]
    return sequential(lambda n: rng.binomial(kinds, chance, (n, len(sizes))) @ sizes >= new.sum(), draws)
