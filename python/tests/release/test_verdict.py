"""What counts say of a challenger, and what is done with it then."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ecluse_release.counted import Counted, Tally, edges_of
from ecluse_release.rollout import decide
from ecluse_release.settings import RolloutRules
from ecluse_release.stage import Stage
from ecluse_release.verdict import Measure, Result, measures

RULES = RolloutRules(
    shadow_minutes=60,
    canary=(10, 50),
    canary_minutes=30,
    limit_minutes=1440,
    undecided="withdraw",
    max_error_rate=0.01,
    max_latency_ratio=1.5,
    max_score_distance=0.1,
    risk=0.05,
)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
EDGES = [[each / 40 for each in range(1, 40)]]


def tally(
    calls: int, failed: int = 0, seconds: float = 0.01, shift: float = 0.0, edges: list[list[float]] = EDGES
) -> Tally:
    """So many calls of a row for each column, about as long as said."""
    random = np.random.default_rng(calls + failed)
    found = Tally()
    for took in random.lognormal(np.log(seconds), 0.1, calls):
        scores = random.beta(2, 5, (1, len(edges))) + shift
        found.call(1, float(took), scores, edges)
    found.requests, found.errors = calls + failed, failed
    return found


def results(champion: Tally, challenger: Tally) -> dict[str, Result]:
    """The result of each measure."""
    return {each.name: each.result for each in measures(champion, challenger, RULES)}


@pytest.mark.parametrize(
    ("challenger", "wanted"),
    [
        (tally(2000), ("pass", "pass", "pass")),
        (tally(2000, failed=80), ("fail", "pass", "pass")),
        (tally(2000, failed=20), ("undecided", "pass", "pass")),
        (tally(2000, seconds=0.02), ("pass", "fail", "pass")),
        (tally(2000, shift=0.1), ("pass", "pass", "fail")),
        (tally(30), ("undecided", "undecided", "undecided")),
        (tally(0), ("undecided", "undecided", "undecided")),
        (tally(0, failed=500), ("fail", "undecided", "undecided")),
    ],
)
def test_measures_know_how_much_was_counted(challenger: Tally, wanted: tuple[str, str, str]) -> None:
    names = ("errors", "latency", "scores")
    assert results(tally(2001), challenger) == dict(zip(names, wanted, strict=True))


def test_one_class_that_shifts_is_found_among_several() -> None:
    three = [*EDGES, *EDGES, *EDGES]
    champion, challenger = tally(2000, edges=three), tally(2001, edges=three)
    assert results(champion, challenger)["scores"] == "pass"
    challenger.scores[2] = challenger.scores[2][::-1]
    assert results(champion, challenger)["scores"] == "fail"


def test_equal_challengers_are_seldom_given_up_and_mostly_pass() -> None:
    found = [results(tally(2000 + each), tally(3000 + each)) for each in range(20)]
    assert sum(set(each.values()) == {"pass"} for each in found) >= 19
    assert all("fail" not in each.values() for each in found)


def test_replicas_add_up() -> None:
    whole, parts = Tally(), [tally(30), tally(40, failed=2)]
    for part in parts:
        document = part.document().model_dump_json()
        whole.add(Tally.of(type(part.document()).model_validate_json(document)))
    assert (whole.requests, whole.errors, whole.calls.total(), sum(whole.scores[0])) == (72, 2, 70, 70)


def test_edges_divide_a_champions_scores_evenly_whatever_their_scale() -> None:
    scores = np.random.default_rng(0).normal(1e6, 10, 4000)
    (edges,) = edges_of(scores)
    found = Tally()
    found.call(1, 0.01, scores, [edges])
    assert len(edges) == 39 and max(found.scores[0]) < 2 * min(found.scores[0])
    assert edges_of(np.ones(50)) == [[1.0]]


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="counts of the rollout cannot be read"):
        Counted.read(b'{"instance": 1}')


def test_a_measure_is_written_in_words() -> None:
    found, lacking = measures(tally(2001), tally(50, failed=50), RULES)[0], tally(0)
    assert found.line.startswith("errors 0.5000 (0.41") and found.document["line"] == found.line
    assert found.line.endswith(" of at most 0.01, fail: 50 of 100 requests failed")
    assert measures(tally(2001), lacking, RULES)[0].line == (
        "errors – (– to –) of at most 0.01, undecided: 0 of 0 requests failed"
    )


def stage(minutes: int, weight: int = 0) -> Stage:
    """A stage that began so many minutes ago."""
    since = (NOW - timedelta(minutes=minutes)).isoformat()
    return Stage("prod", "churn", "2", "m-2", "1", 1 if weight else 0, weight, since, EDGES)


def measured(result: Result) -> Measure:
    """A measure of this result."""
    low, high = {"pass": (0.0, 0.1), "fail": (0.6, 0.9), "undecided": (0.1, 0.9)}[result]
    return Measure("latency", 0.5, low, high, 0.5, "some calls")


@pytest.mark.parametrize(
    ("result", "began", "decision", "why"),
    [
        ("fail", stage(1), "withdraw", "beyond its bound in shadow: latency"),
        ("pass", stage(59), "stays", "59 of 60 minutes are over"),
        ("pass", stage(60), "go", "within every bound in shadow"),
        ("pass", stage(29, 10), "stays", "29 of 30 minutes are over"),
        ("pass", stage(30, 10), "go", "within every bound in canary 10 %"),
        ("undecided", stage(1439), "stays", "too little to decide in shadow: latency"),
        (
            "undecided",
            stage(1440),
            "withdraw",
            "too little to decide in shadow: latency, within 1440 minutes",
        ),
    ],
)
def test_a_challenger_is_decided_on(result: Result, began: Stage, decision: str, why: str) -> None:
    assert decide([measured(result)], began, RULES, NOW) == (decision, why)


def test_the_settings_may_promote_what_too_little_was_seen_of() -> None:
    rules = RULES.model_copy(update={"undecided": "promote"})
    assert decide([measured("undecided")], stage(1440), rules, NOW)[0] == "go"
    assert decide([measured("fail")], stage(1440), rules, NOW)[0] == "withdraw"
