"""Unusual rows: found in one column and in several, counted against chance, and shown."""

from datetime import date, timedelta
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from ecluse_monitor.anomalies import unusual
from ecluse_monitor.baseline import Baseline, build_baseline, describe
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.distance import contributions, distances, learn, normal_scores, percentiles
from ecluse_monitor.errors import Exit
from ecluse_monitor.lacks import NO_USUAL, SWITCHED_OFF, lacks
from ecluse_monitor.sample import sample_of
from ecluse_monitor.seasons import History, Past
from ecluse_monitor.settings import Anomalies, parse_settings
from tests.monitor.conftest import draw

DAY = date(2026, 11, 1)
FEW_DRAWS = {"drift": {"fdr": 0.5}}
"""Drift is not what these tests are about, and its chance takes most of the time."""


def verdict(day: pl.DataFrame, baseline: Baseline, **settings: Any) -> Verdict:
    return judge(day, "1", baseline, parse_settings({**FEW_DRAWS, **settings}), DAY)


def anomalies(result: Verdict) -> list[Exit]:
    return [finding.severity for finding in result.findings if finding.check == "anomalies"]


def damaged(day: pl.DataFrame, part: float) -> pl.DataFrame:
    """In part of the rows all values are possible, and seven of them are at an end."""
    few = pl.int_range(pl.len()) < int(day.height * part)
    return day.with_columns(
        pl.when(few).then(pl.lit(2.2)).otherwise(pl.col(f"input_x{n}")).alias(f"input_x{n}") for n in range(7)
    ).with_columns(prediction_id=pl.format("p{}", pl.int_range(pl.len())), id=pl.lit("customer"))


@pytest.mark.parametrize(("part", "severity"), [(0.03, Exit.WARNING), (0.1, Exit.CRITICAL)])
def test_rows_of_values_that_never_come_together_are_found(
    baseline: Baseline, part: float, severity: Exit
) -> None:
    result = verdict(damaged(draw(5000, 1), part), baseline)
    assert anomalies(result) == [severity]
    report = result.as_json()["anomalies"]
    assert report["share"] == pytest.approx(part + report["expected"], abs=0.01)
    assert len(report["worst"]) == 5


def test_the_worst_row_is_shown_with_what_is_unusual(baseline: Baseline) -> None:
    day = damaged(draw(5000, 1), 0).with_row_index("row")
    at = pl.col("row") == 4711
    day = day.with_columns(
        input_x3=pl.when(at).then(50.0).otherwise("input_x3"),
        input_country=pl.when(at).then(pl.lit("Mars")).otherwise("input_country"),
    )
    worst = verdict(day, baseline).as_json()["anomalies"]["worst"][0]
    assert (worst["prediction_id"], worst["id"]) == ("p4711", "customer")
    assert [(each["column"], each["value"]) for each in worst["columns"]] == [
        ("x3", "50"),
        ("country", "Mars"),
    ]
    assert worst["columns"][1]["usual"] == "others: 0.00% of training's rows have it"


def test_pairs_that_do_not_come_together_are_far() -> None:
    rng = np.random.default_rng(1)
    left = rng.normal(size=4000)
    table = pl.DataFrame({"input_a": left, "input_b": left + rng.normal(0, 0.2, 4000)})
    usual = learn(table, describe)
    pairs = pl.DataFrame({"input_a": [2.0, 2.0], "input_b": [2.0, -2.0]})
    together, apart = distances(contributions(usual, normal_scores(pairs, usual["columns"])))
    assert apart > 10 * together


def test_values_below_and_above_are_on_two_sides() -> None:
    """Also where half of the values are one, as of a column that is mostly 0."""
    values = pl.Series("input_a", [0.0] * 900 + list(range(-50, 50)))
    columns = {"a": describe(values)}
    scores = normal_scores(pl.DataFrame({"input_a": [-1e300, 0.0, 1e300]}), columns)
    assert (scores[:, 0] / 8).tolist() == [-10, 0, 10]


def test_percentiles_are_those_that_the_fences_were_made_of() -> None:
    values = np.random.default_rng(1).gamma(2, 1000, 50_000)
    found = percentiles(describe(pl.Series(values)))
    assert found == pytest.approx(np.quantile(values, [0.01, 0.5, 0.99]), rel=0.02)


ODD: list[pl.DataFrame] = [
    draw(1000, 2).with_columns(input_x1=pl.lit(float("inf"))),
    draw(1000, 2).with_columns(input_x1=pl.lit(None), input_country=pl.lit(None)),
    draw(1000, 2).drop("input_x1", "input_country"),
    draw(1000, 2).with_columns(pl.concat_list("input_x1")),
    draw(1000, 2).with_columns(input_x1=pl.lit("text"), input_country=pl.lit(1)),
    draw(1000, 2).with_columns(input_x1=pl.lit(1e300)),
]


@pytest.mark.parametrize("day", ODD)
def test_rows_of_any_kind_are_judged(baseline: Baseline, day: pl.DataFrame) -> None:
    report = verdict(day, baseline).as_json()["anomalies"]
    assert all(np.isfinite(row["distance"]) for row in report["worst"])


@pytest.mark.parametrize("column", [[7.0] * 999 + [8.0], [0.0] * 990 + list(range(10)), list(range(1000))])
def test_columns_that_hardly_vary_are_learnt(column: list[float]) -> None:
    reference = draw(1000, 5).with_columns(input_x1=pl.Series(column, dtype=pl.Float64))
    built = build_baseline(reference, {})
    for seed in range(3):
        day = draw(1000, seed).with_columns(reference["input_x1"].shuffle(seed))
        assert anomalies(verdict(day, built)) == []


def test_quiet_days_have_none_with_a_small_reference(baseline: Baseline) -> None:
    """No more than chance allows at ten times `anomalies.alpha` (99.9 % quantile of the binomial)."""

    def has_alarm(seed: int) -> bool:
        small: Baseline = {**baseline, "usual": learn(draw(1000, 1000 + seed), describe)}
        day = sample_of(draw(1000, seed), "1", small)
        found = unusual(day, small, Anomalies(alpha=0.05), History(DAY))
        return found is not None and bool(found.findings)

    assert sum(map(has_alarm, range(40))) <= binom.ppf(0.999, 40, 0.05)


def test_a_weekly_season_is_quiet_once_it_is_known(baseline: Baseline) -> None:
    def past(day: pl.DataFrame) -> Past:
        return cast(Past, verdict(day, baseline).past)

    quiet, season = past(draw(5000, 3)), past(damaged(draw(5000, 4), 0.05))
    days = {DAY - timedelta(days=number): quiet for number in range(1, 15)}
    known = {**days, DAY - timedelta(days=7): season, DAY - timedelta(days=14): season}
    day, settings = damaged(draw(5000, 5), 0.05), parse_settings(FEW_DRAWS)
    found = [judge(day, "1", baseline, settings, DAY, None, History(DAY, each)) for each in (days, known)]
    assert [bool(anomalies(each)) for each in found] == [True, False]
    assert "anomalies of rows" in found[1].seasonal


def test_a_baseline_of_an_earlier_version_is_judged_without_it(baseline: Baseline) -> None:
    older = cast(Baseline, {key: value for key, value in baseline.items() if key != "usual"})
    result = verdict(damaged(draw(5000, 1), 0.1), older)
    assert result.as_json()["anomalies"] is None
    assert "anomalies" not in result.as_json()["passed"]
    assert NO_USUAL in lacks(older, parse_settings({}))


def test_it_can_be_switched_off(baseline: Baseline) -> None:
    result = verdict(damaged(draw(5000, 1), 0.1), baseline, anomalies={"enabled": False})
    assert (anomalies(result), result.anomalies) == ([], None)
    assert lacks(baseline, parse_settings({"anomalies": {"enabled": False}}))[-1] == SWITCHED_OFF


def test_what_has_a_finding_of_its_own_is_shown_and_not_counted_again(baseline: Baseline) -> None:
    few = pl.int_range(pl.len()) < 200
    day = draw(5000, 1).with_columns(input_skewed=pl.when(few).then(1e12).otherwise("input_skewed"))
    result = verdict(day, baseline, drift={})
    assert {(finding.check, finding.column) for finding in result.findings} == {
        ("outside", "skewed"),
        ("drift", "skewed"),
    }
    assert {row["columns"][0]["value"] for row in result.as_json()["anomalies"]["worst"]} == {"1e+12"}
