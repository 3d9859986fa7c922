"""Gates on what a model costs: each passes, refuses, and says where it cannot tell."""

import json
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from ecluse_core.errors import SettingError
from ecluse_release import classification, costs
from ecluse_release.command import line
from ecluse_release.costs import latency_gate, median, size_gate
from ecluse_release.gates import Rules
from ecluse_release.settings import parse_rules
from tests.release.training import RULES

RULES_ = Rules(classification, 0.8, 0.02, 0.01, {}, max_size_mb=2, max_latency_ms=10)
ROWS = pl.DataFrame({"a": [1.0, 2.0, 3.0]})


def taking(*seconds: float) -> Callable[[pl.DataFrame], float]:
    """A model that takes these times in turn, and only single rows."""
    times = iter(seconds * (costs.CALLS // len(seconds) + 1))

    def seconds_of(row: pl.DataFrame) -> float:
        assert row.height == 1
        return next(times)

    return seconds_of


@pytest.mark.parametrize(("size", "result"), [(1, "pass"), (2_000_000, "pass"), (2_000_001, "fail")])
def test_files_have_a_bound(size: int, result: str) -> None:
    gate = size_gate(size, RULES_)
    assert (gate.result, gate.passed, gate.value) == (result, result == "pass", size / 1e6)
    assert ("raise gates.maxSizeMb" in gate.fix) == (result == "fail")
    assert line(gate).split("; ")[0].endswith("MB of the model's files")


@pytest.mark.parametrize(
    ("seconds", "result"),
    [((0.009,), "pass"), ((0.011,), "fail"), ((0.005, 0.015), "undecided"), ((0.008,) * 9 + (5.0,), "pass")],
)
def test_a_row_has_a_bound_of_processor_time(seconds: tuple[float, ...], result: str) -> None:
    gate = latency_gate(taking(*seconds), ROWS, RULES_)
    assert (gate.result, gate.passed, gate.rows) == (result, result == "pass", costs.CALLS)
    assert ("maxLatencyMs" in gate.fix) == (result != "pass")


def test_too_near_to_the_bound_is_the_tiers_word() -> None:
    allowed = Rules(classification, 0.8, 0.02, 0.01, {}, undecided="pass", max_latency_ms=10)
    gate = latency_gate(taking(0.005, 0.015), ROWS, allowed)
    assert (gate.result, gate.passed) == ("undecided", True)
    assert "too near to the bound to decide" in gate.fix


def test_a_slow_model_is_asked_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "SECONDS", -1.0)
    gate = latency_gate(taking(20.0), ROWS, RULES_)
    assert (gate.result, gate.rows) == ("fail", costs.FEWEST_CALLS)


def test_the_interval_of_a_median_holds_as_often_as_stated() -> None:
    rng, missed = np.random.default_rng(5), [0, 0]
    for _ in range(2000):
        found = median(rng.lognormal(0, 1, 200), 0.05)
        missed[0] += found.low > 1
        missed[1] += found.high < 1
    assert all(0.03 < each / 2000 < 0.07 for each in missed), missed


@pytest.mark.parametrize("key", ["max_size_mb", "max_latency_ms"])
def test_no_release_without_a_bound(key: str) -> None:
    left = {name: value for name, value in RULES.items() if name != key}
    with pytest.raises(SettingError, match=f"{key} is missing"):
        parse_rules(json.dumps(left))
    with pytest.raises(SettingError, match=f"{key} must be greater than 0, got 0"):
        parse_rules(json.dumps({**RULES, key: 0}))
