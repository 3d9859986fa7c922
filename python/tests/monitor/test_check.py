"""Each break of the contract, its exit code, and what it mutes."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import CHECKS, Verdict, judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.settings import parse_settings
from tests.monitor.conftest import SETTINGS, draw


def verdict(day: pl.DataFrame, baseline: Baseline) -> Verdict:
    return judge(day, "1", baseline, parse_settings(SETTINGS), date(2026, 11, 1))


def share(day: pl.DataFrame, column: str, part: float, value: Any) -> pl.DataFrame:
    """The day with `value` in the first `part` of its rows."""
    rows = pl.int_range(pl.len()) < int(day.height * part)
    return day.with_columns(pl.when(rows).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))


def shown(result: Verdict) -> set[tuple[str, str, Exit]]:
    return {(finding.check, finding.column, finding.severity) for finding in result.findings}


@pytest.mark.parametrize(
    ("day", "check", "muted"),
    [
        (pl.DataFrame(), "freshness", CHECKS[1:]),
        (draw(499, 1), "rows", CHECKS[2:]),
    ],
)
def test_too_little_mutes_every_check_of_the_day(
    baseline: Baseline, day: pl.DataFrame, check: str, muted: tuple[str, ...]
) -> None:
    result = verdict(day, baseline)
    assert ([finding.check for finding in result.findings], result.exit) == ([check], Exit.TOO_LITTLE)
    assert (result.muted, result.drifts) == (muted, ())
    assert result.as_json()["retraining_allowed"] is False


X3, COUNTRY, SCORE = "input_x3", "input_country", "score"
LATER = draw(5000, 1, shift=0.5)
"""A day on which x0 drifts, whatever else is wrong with it."""
BROKEN: list[tuple[str, pl.DataFrame, str, str, list[str]]] = [
    ("a column is gone", LATER.drop(X3), "schema", "x3", ["drift of x3"]),
    (
        "numbers as text",
        LATER.with_columns(pl.col(X3).cast(pl.String)),
        "schema",
        "x3",
        ["drift of x3"],
    ),
    (
        "text as numbers",
        LATER.with_columns(input_country=pl.lit(1)),
        "schema",
        "country",
        ["drift of country"],
    ),
    ("lists", LATER.with_columns(pl.concat_list(X3)), "schema", "x3", ["drift of x3"]),
    ("nothing but nulls", LATER.with_columns(input_x3=pl.lit(None)), "nulls", "x3", ["drift of x3"]),
    ("half nulls", share(LATER, X3, 0.5, None), "nulls", "x3", []),
    ("no scores", LATER.drop(SCORE), "schema", "score", ["prediction of score"]),
    (
        "text scores",
        LATER.with_columns(score=pl.lit("high")),
        "scores",
        "score",
        ["prediction of score"],
    ),
    (
        "all scores null",
        LATER.with_columns(score=pl.lit(None, pl.Float64)),
        "scores",
        "score",
        ["prediction of score"],
    ),
    (
        "scores of no type",
        LATER.with_columns(score=pl.lit(None)),
        "scores",
        "score",
        ["prediction of score"],
    ),
    (
        "infinite scores",
        LATER.with_columns(score=pl.lit(float("-inf"))),
        "scores",
        "score",
        ["prediction of score"],
    ),
    (
        "lists as scores",
        LATER.with_columns(pl.concat_list(SCORE)),
        "scores",
        "score",
        ["prediction of score"],
    ),
    ("a third of the scores null", share(LATER, SCORE, 0.33, None), "scores", "score", []),
    ("in cents", LATER.with_columns(pl.col("input_skewed") * 100), "outside", "skewed", []),
]


@pytest.mark.parametrize(("about", "day", "check", "column", "muted"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_column_mutes_itself_alone(
    baseline: Baseline, about: str, day: pl.DataFrame, check: str, column: str, muted: list[str]
) -> None:
    result = verdict(day, baseline)
    assert result.exit == Exit.BROKEN, about
    assert (check, column, Exit.BROKEN) in shown(result)
    assert ("drift", "x0", Exit.CRITICAL) in shown(result)
    assert [each for each in result.muted if not each.startswith("segment")] == muted
    assert (f"segment of {column}" in result.muted) == (column != "score")
    assert result.as_json()["retraining_allowed"] is False


def test_without_the_servers_own_version_scores_are_not_judged(baseline: Baseline) -> None:
    result = verdict(LATER.drop("model_version"), baseline)
    assert "the server's own column model_version is missing" in [item.text for item in result.findings]
    assert result.muted == ("prediction of score",)


def texts(day: pl.DataFrame, part: float) -> pl.DataFrame:
    """The day as its batches come to where the first have texts as scores."""
    few = int(day.height * part)
    return pl.concat([day[:few].with_columns(score=pl.lit("high")), day[few:]], how="diagonal_relaxed")


WARNED: list[tuple[str, pl.DataFrame, str, str]] = [
    ("0.6 % of a new country", share(draw(1000, 1), COUNTRY, 0.006, "Italy"), "unseen", "country"),
    ("2 % of a new country", share(draw(1000, 1), COUNTRY, 0.02, "Italy"), "unseen", "country"),
    ("0.9 % of 1e12", share(draw(5000, 1), "input_skewed", 0.009, 1e12), "outside", "skewed"),
    ("0.9 % of 500", share(draw(5000, 1), X3, 0.009, 500.0), "outside", "x3"),
    ("2 % nulls", share(draw(1000, 1), X3, 0.02, None), "nulls", "x3"),
    ("1 % of the scores infinite", share(draw(5000, 1), SCORE, 0.01, float("inf")), "scores", "score"),
    ("1 % of the scores text", texts(draw(5000, 1), 0.01), "scores", "score"),
    ("2 % NaN", share(draw(1000, 1), X3, 0.02, float("nan")), "nulls", "x3"),
]


@pytest.mark.parametrize(("about", "day", "check", "column"), WARNED, ids=[row[0] for row in WARNED])
def test_a_small_break_warns_and_mutes_nothing(
    baseline: Baseline, about: str, day: pl.DataFrame, check: str, column: str
) -> None:
    result = verdict(day, baseline)
    assert (result.exit, result.muted) == (Exit.WARNING, ()), about
    assert (check, column, Exit.WARNING) in shown(result)
    assert {finding.column for finding in result.findings} == {column}
    assert len(result.drifts) == 11
    assert result.as_json()["retraining_allowed"] is True


def test_predictions_that_are_no_numbers_are_told_by_kind(baseline: Baseline) -> None:
    day = share(texts(draw(5000, 1), 0.01), SCORE, 0.004, None)
    texts_found = [finding.text for finding in verdict(day, baseline).findings]
    assert texts_found == [
        "1.0% of the predictions are no numbers (20 null, 30 text such as 'high'), none at training"
    ]


def test_what_counts_is_a_setting(baseline: Baseline) -> None:
    day = share(draw(1000, 1), COUNTRY, 0.02, "Italy")
    strict = parse_settings({"contract": {"unseen": {"warn": 0.001, "broken": 0.01}}})
    allowed = {"unseen": {"warn": 0.05, "broken": 0.1}}
    loose = parse_settings({"contract": allowed, "anomalies": {"excess": {"warn": 0.05, "crit": 0.1}}})
    found = [judge(day, "1", baseline, each, date(2026, 11, 1)).exit for each in (strict, loose)]
    assert found == [Exit.BROKEN, Exit.FINE]


def rare(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """What takes a reference by its word: rare categories, heavy tails, some nulls."""
    shares = np.array([0.6, 0.3, 0.09, *[0.001] * 10])
    columns: dict[str, Any] = {
        f"input_c{n}": np.array(list("abcdefghijklm"))[rng.choice(13, rows, p=shares)] for n in range(4)
    }
    columns |= {f"input_t{n}": rng.standard_t(2.5, rows) for n in range(3)}
    columns |= {
        f"input_n{n}": np.where(rng.random(rows) < 0.2, np.nan, rng.lognormal(0, 1.5, rows)) for n in range(3)
    }
    return pl.DataFrame({**columns, "score": rng.beta(2, 5, rows), "model_version": ["1"] * rows})


@pytest.mark.parametrize("rows", [1000, 5000])
def test_a_small_reference_is_an_estimate(rows: int) -> None:
    """No more quiet days with a finding than chance allows at 5 % (99.9 % quantile of the binomial)."""
    rng, alarms = np.random.default_rng(rows), 0
    for _ in range(20):
        reference = build_baseline(rare(1000, rng), {})
        alarms += verdict(rare(rows, rng), reference).exit != Exit.FINE
    assert alarms <= binom.ppf(0.999, 20, 0.05)


def test_a_quiet_day_passes_everything(baseline: Baseline) -> None:
    result = verdict(draw(5000, 2), baseline)
    assert (result.exit, result.muted, result.as_json()["passed"]) == (Exit.FINE, (), list(CHECKS[:-1]))
    assert result.as_json()["retraining_allowed"] is True


def test_a_share_that_goes_from_70_to_65_percent_is_found(baseline: Baseline) -> None:
    def with_card(day: pl.DataFrame, part: float, seed: int) -> pl.DataFrame:
        card = np.where(np.random.default_rng(seed).random(day.height) < part, "yes", "no")
        return day.with_columns(input_card=card)

    reference = build_baseline(with_card(draw(20_000, 97), 0.7, 1), SETTINGS)
    for seed in range(10):
        found = verdict(with_card(draw(10_000, seed), 0.65, seed), reference).findings
        assert "card" in {finding.column for finding in found}


def test_drifted_inputs_and_scores_are_told_apart(baseline: Baseline) -> None:
    day = draw(5000, 3).with_columns(pl.col("score") * 1.5)
    assert {finding.check for finding in verdict(day, baseline).findings} == {"prediction"}


@pytest.mark.parametrize(("scale", "offset"), [(4000.0, -9000.0), (1e-6, 0.0), (1e9, 5e9)])
def test_scores_may_be_any_number(scale: float, offset: float) -> None:
    def amounts(day: pl.DataFrame, shift: float = 0) -> pl.DataFrame:
        return day.with_columns((pl.col("score") + shift) * scale + offset)

    reference = build_baseline(amounts(draw(20_000, 98)), SETTINGS)
    assert verdict(amounts(draw(5000, 3)), reference).exit == Exit.FINE
    found = verdict(amounts(draw(5000, 3), shift=0.1), reference).findings
    assert [(finding.check, finding.column) for finding in found] == [("prediction", "score")]
    assert found[0].value == pytest.approx(0.1 / 0.16, abs=0.1)  # in standard deviations of the scores


def test_scores_of_another_version_are_no_evidence(baseline: Baseline) -> None:
    day = draw(5000, 3).with_columns(pl.col("score") * 1.5, model_version=pl.lit("2"))
    assert verdict(day, baseline).exit == Exit.FINE


def test_a_drifting_category_shows_its_direction(baseline: Baseline) -> None:
    result = verdict(share(draw(5000, 3), "input_country", 0.3, "Germany"), baseline)
    assert result.exit == Exit.CRITICAL
    assert "Germany 24.9% → 47.6%" in result.findings[0].text


@pytest.mark.parametrize(
    "reference",
    [
        draw(600, 1).drop("score"),
        draw(600, 1).with_columns(input_x1=pl.lit(None)),
        draw(600, 1).with_columns(pl.concat_list("input_x1")),
    ],
)
def test_a_reference_that_cannot_be_one_is_refused(reference: pl.DataFrame) -> None:
    with pytest.raises(MonitorError):
        build_baseline(reference, {})
