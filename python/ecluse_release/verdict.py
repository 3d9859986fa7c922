"""What the counts of a stage say of a challenger: by errors, latency and scores, each with its interval.

As a gate of the release, a measure passes where its whole interval keeps the bound, and fails where none of
it does. Else there is too little to decide.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

import numpy as np
from scipy.stats import beta, norm

from ecluse_release.counted import Tally, seconds_of
from ecluse_release.settings import RolloutRules

QUANTILE: Final = 0.95
"""Of the durations that are compared."""
Result = Literal["pass", "fail", "undecided"]


@dataclass(frozen=True)
class Measure:
    """A measure of the challenger, its interval and its bound; null where nothing was counted."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    bound: float
    of: str
    """What it was measured by, in words."""

    @property
    def result(self) -> Result:
        """Whether the challenger keeps the bound."""
        if self.low is not None and self.low > self.bound:
            return "fail"
        return "pass" if self.high is not None and self.high <= self.bound else "undecided"

    @property
    def line(self) -> str:
        """The measure in words."""
        value, low, high = (
            "–" if each is None else f"{each:.4f}" for each in (self.value, self.low, self.high)
        )
        return f"{self.name} {value} ({low} to {high}) of at most {self.bound:g}, {self.result}: {self.of}"

    @property
    def document(self) -> dict[str, object]:
        """The measure as JSON: its fields, what they come to, and both in words."""
        return {**asdict(self), "result": self.result, "line": self.line}


def measures(champion: Tally, challenger: Tally, rules: RolloutRules) -> list[Measure]:
    """Every measure of a stage."""
    return [
        _errors(challenger, rules),
        _latency(champion, challenger, rules),
        _distance(champion, challenger, rules),
    ]


def _errors(challenger: Tally, rules: RolloutRules) -> Measure:
    """The share of requests that the challenger failed and the champion scored; the interval is exact."""
    count, failed = challenger.requests, challenger.errors
    of = f"{failed} of {count} requests failed"
    if not count:
        return Measure("errors", None, None, None, rules.max_error_rate, of)
    low = float(beta.ppf(rules.risk, failed, count - failed + 1)) if failed else 0.0
    high = float(beta.ppf(1 - rules.risk, failed + 1, count - failed)) if failed < count else 1.0
    return Measure("errors", failed / count, low, high, rules.max_error_rate, of)


def _latency(champion: Tally, challenger: Tally, rules: RolloutRules) -> Measure:
    """The ratio of the slowest calls of both: the ends of one interval against those of the other."""
    own, other = (_slow(each, rules.risk) for each in (challenger, champion))
    calls = challenger.calls.total(), champion.calls.total()
    if own is None or other is None:
        of = f"{calls[0]} and {calls[1]} calls"
        return Measure("latency", None, None, None, rules.max_latency_ratio, of)
    of = f"{own[1] * 1000:.1f} and {other[1] * 1000:.1f} ms in 95 % of {calls[0]} and {calls[1]} calls"
    low, value, high = own[0] / other[2], own[1] / other[1], own[2] / other[0]
    return Measure("latency", value, low, high, rules.max_latency_ratio, of)


def _slow(tally: Tally, risk: float) -> tuple[float, float, float] | None:
    """What 95 % of the calls keep, in seconds, between the ends of its interval; None: too few calls."""
    count = tally.calls.total()
    half = float(norm.ppf(1 - risk)) * math.sqrt(QUANTILE * (1 - QUANTILE) / max(count, 1))
    if not count or QUANTILE + half > 1:
        return None
    numbers = sorted(tally.calls)
    sums = np.cumsum([tally.calls[number] for number in numbers])
    ranks = [math.ceil((QUANTILE + side) * count) for side in (-half, 0, half)]
    low, value, high = (seconds_of(numbers[int(np.searchsorted(sums, rank))]) for rank in ranks)
    return low, value, high


def _distance(champion: Tally, challenger: Tally, rules: RolloutRules) -> Measure:
    """The largest gap between the cumulative shares of both's scores (Kolmogorov and Smirnov)."""
    rows = [sum(each.scores[0]) if each.scores else 0 for each in (challenger, champion)]
    of = f"scores of {rows[0]} and {rows[1]} rows"
    if not all(rows):
        return Measure("scores", None, None, None, rules.max_score_distance, of)
    columns = list(zip(challenger.scores, champion.scores, strict=True))
    value = max(_gap(*each) for each in columns)
    # Of several classes the largest gap is the one by chance, too.
    risk = rules.risk / len(columns)
    half = math.sqrt(math.log(2 / risk) / 2 * (1 / rows[0] + 1 / rows[1]))
    return Measure("scores", value, max(0.0, value - half), value + half, rules.max_score_distance, of)


def _gap(own: Sequence[int], other: Sequence[int]) -> float:
    shares = [np.cumsum(each) / sum(each) for each in (own, other)]
    return float(np.abs(shares[0] - shares[1]).max())
