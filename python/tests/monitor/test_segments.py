"""Drift in a part of the rows: found and named, not where all rows drift, and rarely by chance."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from ecluse_monitor.baseline import Baseline, build_baseline, describe
from ecluse_monitor.causes import by_cause
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.finding import Finding
from ecluse_monitor.lacks import NO_SEARCH, NO_SLICES, lacks
from ecluse_monitor.segments import segment_findings
from ecluse_monitor.settings import parse_settings
from ecluse_monitor.slices import Slices, codes_of, learn_slices, sampled
from tests.monitor.conftest import draw

DAY = date(2026, 11, 1)


def verdict(day: pl.DataFrame, baseline: Baseline, **settings: Any) -> Verdict:
    return judge(day, "1", baseline, parse_settings(settings), DAY)


def segments(result: Verdict) -> list[Finding]:
    return [finding for finding in result.findings if finding.check == "segment"]


def moved(day: pl.DataFrame, where: pl.Expr, column: str, shift: float) -> pl.DataFrame:
    return day.with_columns(pl.when(where).then(pl.col(column) + shift).otherwise(column).alias(column))


def with_products(day: pl.DataFrame, seed: int) -> pl.DataFrame:
    """As many products as customers of a bank have: 2.7 % have three."""
    products = np.random.default_rng(seed).choice([1.0, 2, 3, 4], day.height, p=[0.508, 0.459, 0.027, 0.006])
    return day.with_columns(input_products=products)


def test_a_drift_in_2_7_percent_of_the_rows_is_found() -> None:
    reference = build_baseline(with_products(draw(10_000, 99), 99), {"slices": {"columns": 11}})
    three = pl.col("input_products") == 3
    for seed in range(5):
        day = moved(with_products(draw(5000, seed), seed), three, "input_x1", 1.0)
        found = segments(verdict(day, reference, slices={"columns": 11}))
        assert [(each.column, each.segment) for each in found] == [("x1", "products 3")]
        assert "in products 3 (" in found[0].text and "elsewhere" in found[0].text


def test_a_slice_by_two_columns_is_found_and_named(baseline: Baseline) -> None:
    where = (pl.col("input_country") == "Spain") & (pl.col("input_count") == 2)
    found = segments(verdict(moved(draw(8000, 1), where, "input_x1", 1.0), baseline))
    assert [each.segment for each in found] == ["count 2 and country Spain"]
    assert (found[0].severity, found[0].column) == (Exit.CRITICAL, "x1")


def test_two_slices_are_two_findings_and_one_cause(baseline: Baseline) -> None:
    spain, germany = (pl.col("input_country") == each for each in ("Spain", "Germany"))
    day = moved(moved(draw(8000, 1), spain, "input_x1", 0.6), germany, "input_x2", 0.6)
    result = verdict(day, baseline)
    assert {(each.segment, each.column) for each in segments(result)} == {
        ("country Spain", "x1"),
        ("country Germany", "x2"),
    }
    assert list(by_cause(result.findings)) == ["drift"]


def test_scores_that_drift_in_a_slice_alone_are_found(baseline: Baseline) -> None:
    day = moved(draw(8000, 1), pl.col("input_country") == "Spain", "score", 0.1)
    assert [(each.segment, each.column) for each in segments(verdict(day, baseline))] == [
        ("country Spain", "score")
    ]
    other = day.with_columns(model_version=pl.lit("2"))
    assert segments(verdict(other, baseline)) == []


def test_a_category_that_comes_more_often_in_a_slice_is_found(baseline: Baseline) -> None:
    day = draw(8000, 1)
    draws = pl.Series(np.random.default_rng(1).random(day.height) < 0.5)
    where = (pl.col("input_count") == 1) & draws
    day = day.with_columns(input_country=pl.when(where).then(pl.lit("Spain")).otherwise("input_country"))
    found = segments(verdict(day, baseline))
    assert (found[0].segment, found[0].column) == ("count 1", "country")
    assert "country Spain: 25" in found[0].text or "country Spain: 24" in found[0].text


@pytest.mark.parametrize("shift", [0.3, 1.0])
def test_what_drifts_in_all_rows_is_no_slice(baseline: Baseline, shift: float) -> None:
    assert segments(verdict(draw(8000, 1, shift), baseline)) == []


def test_segments_of_the_settings_are_found_at_smaller_drifts() -> None:
    settings = {"segments": [{"column": "country"}], "slices": {"enabled": False}}
    reference = build_baseline(draw(20_000, 99), settings)
    day = moved(draw(800, 2), pl.col("input_country") == "Spain", "input_x1", 0.33)
    assert segments(verdict(day, reference)) == []
    assert [each.segment for each in segments(verdict(day, reference, **settings))] == ["country Spain"]


def test_quiet_days_have_none_with_a_small_reference() -> None:
    """No more than chance allows at a level that is far higher (99.9 % quantile of the binomial)."""
    settings = parse_settings({"slices": {"alpha": 0.2}})

    def has_alarm(seed: int) -> bool:
        reference, day = draw(1000, 2000 + seed), draw(1000, seed)
        columns = {name[6:]: describe(reference[name]) for name in day.columns if name.startswith("input_")}
        slices = learn_slices(reference, columns, describe(reference["score"]), settings)
        groups = slices["groups"]
        return bool(segment_findings(groups, sampled(slices), codes_of(day, groups), settings)[0])

    assert sum(map(has_alarm, range(25))) <= binom.ppf(0.999, 25, 0.2)


@pytest.mark.parametrize(
    ("segment", "message"),
    [({"column": "shoe_size"}, "segments.column must be one of the inputs"), ({}, "column")],
)
def test_a_segment_that_cannot_be_is_refused(segment: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message) as refused:
        build_baseline(draw(1000, 1), {"segments": [segment]})
    assert type(refused.value).__name__ in (MonitorError.__name__, "SettingError")


def test_a_column_that_broke_has_no_slices(baseline: Baseline) -> None:
    day = draw(8000, 1).drop("input_country")
    result = verdict(day, baseline)
    assert segments(result) == [] and "segment of country" in result.muted
    assert cast(dict[str, Any], result.segments)["left_out"] == ["country"]


def test_the_sample_holds_groups_and_no_values(baseline: Baseline) -> None:
    slices = cast(Slices, baseline.get("slices"))
    again = codes_of(draw(100_000, 99), slices["groups"])
    assert sampled(slices).shape == (20_000, 11)
    for column, groups in enumerate(slices["groups"].values()):
        few, every = (
            np.bincount(codes[:, column], minlength=len(groups["labels"])) / len(codes)
            for codes in (sampled(slices), again)
        )
        assert few == pytest.approx(every, abs=0.02)


def test_values_of_any_kind_have_a_group(baseline: Baseline) -> None:
    groups = cast(Slices, baseline.get("slices"))["groups"]
    values: Sequence[Any] = [None, float("nan"), float("inf"), 1e300, -1e300]
    codes = codes_of(pl.DataFrame({"input_x1": values}), groups)
    at, last = list(groups).index("x1"), len(groups["x1"]["labels"])
    assert codes[:, at].tolist() == [last, last, last, last - 1, 0]
    assert (codes[:, list(groups).index("country")] == 4).all()


def test_a_baseline_of_an_earlier_version_is_judged_without_it(baseline: Baseline) -> None:
    older = cast(Baseline, {key: value for key, value in baseline.items() if key != "slices"})
    result = verdict(draw(1000, 1), older)
    assert (result.segments, "segment" in result.as_json()["passed"]) == (None, False)
    assert lacks(older, parse_settings({})) == [*lacks(baseline, parse_settings({})), NO_SLICES]
    off = parse_settings({"slices": {"enabled": False}})
    assert lacks(older, off)[-1] == NO_SEARCH
