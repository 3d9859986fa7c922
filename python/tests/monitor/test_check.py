"""Each break of the contract, its exit code, and what it mutes."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.settings import parse_settings
from tests.monitor.conftest import SETTINGS, draw


def verdict(day: pl.DataFrame, baseline: Baseline) -> Verdict:
    return judge(day, "1", baseline, parse_settings(SETTINGS), date(2026, 11, 1))


def share(day: pl.DataFrame, column: str, part: float, value: Any) -> pl.DataFrame:
    """The day with `value` in the first `part` of its rows."""
    rows = pl.int_range(pl.len()) < int(day.height * part)
    return day.with_columns(pl.when(rows).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))


BREAKS: list[tuple[str, pl.DataFrame, str, Exit]] = [
    ("no file at all", pl.DataFrame(), "freshness", Exit.TOO_LITTLE),
    ("499 rows", draw(499, 1), "rows", Exit.TOO_LITTLE),
    ("a column is gone", draw(1000, 1).drop("input_x3"), "schema", Exit.BROKEN),
    (
        "numbers as text",
        draw(1000, 1).with_columns(pl.col("input_x3").cast(pl.String)),
        "schema",
        Exit.BROKEN,
    ),
    ("text as numbers", draw(1000, 1).with_columns(input_country=pl.lit(1)), "schema", Exit.BROKEN),
    ("no scores", draw(1000, 1).drop("score"), "schema", Exit.BROKEN),
    ("2 % nulls", share(draw(1000, 1), "input_x3", 0.02, None), "nulls", Exit.BROKEN),
    ("2 % NaN", share(draw(1000, 1), "input_x3", 0.02, float("nan")), "nulls", Exit.BROKEN),
    ("nothing but nulls", draw(1000, 1).with_columns(input_x3=pl.lit(None)), "nulls", Exit.BROKEN),
    ("1 % of a new country", share(draw(1000, 1), "input_country", 0.01, "Italy"), "categories", Exit.BROKEN),
    ("in cents", draw(1000, 1).with_columns(pl.col("input_skewed") * 100), "ranges", Exit.BROKEN),
]


@pytest.mark.parametrize(("about", "day", "check", "code"), BREAKS, ids=[row[0] for row in BREAKS])
def test_a_break_has_its_code_and_mutes_the_rest(
    baseline: Baseline, about: str, day: pl.DataFrame, check: str, code: Exit
) -> None:
    result = verdict(day, baseline)
    assert (result.exit, {finding.check for finding in result.findings}) == (code, {check}), about
    stages = ["freshness", "rows", "schema", "values", "drift", "prediction"]
    stage = "values" if check in ("nulls", "categories", "ranges") else check
    assert list(result.muted) == stages[stages.index(stage) + 1 :]
    assert result.as_json()["retraining_allowed"] is False
    assert not result.drifts


def test_a_quiet_day_passes_everything(baseline: Baseline) -> None:
    result = verdict(draw(5000, 2), baseline)
    assert (result.exit, result.muted, len(result.passed)) == (Exit.FINE, (), 6)
    assert result.as_json()["retraining_allowed"] is True


def test_a_rare_new_category_only_warns(baseline: Baseline) -> None:
    result = verdict(share(draw(1000, 1), "input_country", 0.002, "Italy"), baseline)
    assert (result.exit, result.muted) == (Exit.WARNING, ())
    assert "'Italy'" in result.findings[0].text


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
    "reference", [draw(600, 1).drop("score"), draw(600, 1).with_columns(input_x1=pl.lit(None))]
)
def test_a_reference_that_cannot_be_one_is_refused(reference: pl.DataFrame) -> None:
    with pytest.raises(MonitorError):
        build_baseline(reference, {})
