"""What holds of any data: more of a drift is no less of a finding, and no frame is too odd to be judged."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.settings import parse_settings
from tests.monitor.conftest import draw

DAY = date(2026, 11, 1)
ROWS = 1000
QUIET = {"slices": {"enabled": False}, "drift": {"fdr": 0.2}}
"""What takes few draws of chance."""


@pytest.fixture(scope="module")
def trained() -> Baseline:
    return build_baseline(draw(5000, 99), {})


def drift_of(day: pl.DataFrame, trained: Baseline, column: str) -> tuple[float, int]:
    """The distance of a column, and how bad its day is."""
    found = judge(day, "1", trained, parse_settings(QUIET), DAY)
    (distance,) = (each.distance for each in found.drifts if each.column == column)
    return distance, int(found.exit)


def spread(part: float) -> pl.Expr:
    """This value of `input_country` in a part of the rows, which are the same and more as it grows."""
    hit = pl.int_range(pl.len()) < part * pl.len()
    return pl.when(hit).then(pl.lit("Spain")).otherwise("input_country").alias("input_country")


def test_more_of_a_drift_is_further_and_no_better(trained: Baseline) -> None:
    day = draw(ROWS, 1)
    numbers = [day.with_columns(pl.col("input_x0") + shift) for shift in (0.2, 0.4, 0.8, 3, 1e6, 1e300)]
    categories = [day.with_columns(spread(part)) for part in (0.1, 0.3, 0.6, 1.0)]
    for days, column in ((numbers, "x0"), (categories, "country")):
        found = [drift_of(each, trained, column) for each in days]
        assert found == sorted(found), column


@pytest.mark.parametrize("value", [None, 1e12])
def test_more_of_what_breaks_the_contract_is_no_better(trained: Baseline, value: float | None) -> None:
    day, found = draw(ROWS, 1), list[int]()
    for part in (0.0, 0.03, 0.3, 1.0):
        hit = pl.int_range(pl.len()) < part * pl.len()
        rows = day.with_columns(input_x0=pl.when(hit).then(value).otherwise("input_x0"))
        found.append(int(judge(rows, "1", trained, parse_settings(QUIET), DAY).exit))
    assert found == sorted(found) and found[-1] == Exit.BROKEN


ODD: dict[str, Any] = {
    "constant": pl.Series([7.0] * ROWS),
    "null": pl.Series([None] * ROWS),
    "infinite": pl.Series([float("inf"), float("-inf")] * (ROWS // 2)),
    "no numbers": pl.Series([float("nan")] * ROWS),
    "largest": pl.Series([1.7e308, -1.7e308] * (ROWS // 2)),
    "smallest": pl.Series([5e-324] * ROWS),
    "one value each": pl.Series([f"customer {number}" for number in range(ROWS)]),
    "long texts": pl.Series(["é\0|<b>" * 2000] * ROWS),
    "empty texts": pl.Series([""] * ROWS),
    "truths": pl.Series([True, False] * (ROWS // 2)),
    "whole": pl.Series(range(ROWS), dtype=pl.UInt64),
    "lists": pl.Series([[1.0, 2.0]] * ROWS),
    "structs": pl.Series([{"a": 1}] * ROWS),
    "bytes": pl.Series([b"\xff"] * ROWS),
    "dates": pl.Series([DAY] * ROWS),
    "times": pl.Series([datetime(2026, 11, 1)] * ROWS),
    "decimals": pl.Series([Decimal("1.5")] * ROWS),
    "categorical": pl.Series(["a", "b"] * (ROWS // 2), dtype=pl.Categorical),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("column", ["input_x0", "input_country", "score"])
def test_a_day_of_any_frame_is_judged(trained: Baseline, name: str, column: str) -> None:
    day = draw(ROWS, 1).with_columns(ODD[name].alias(column))
    found = judge(day, "1", trained, parse_settings(QUIET), DAY)
    assert found.exit in set(Exit) - {Exit.FAULT}
    assert all(np.isfinite(each.distance) for each in found.drifts)
    # What is not as at training is said, whatever it is.
    assert found.exit != Exit.FINE


@pytest.mark.parametrize("name", ODD)
def test_a_training_of_any_frame_is_learnt_or_refused_in_words(name: str) -> None:
    reference = draw(ROWS, 2).with_columns(ODD[name].alias("input_odd"))
    try:
        trained = build_baseline(reference, {})
    except MonitorError as refused:
        assert "column input_odd" in str(refused)
        return
    same = judge(reference, "1", trained, parse_settings(QUIET), DAY)
    assert not [each.text for each in same.findings if each.column == "odd"]
