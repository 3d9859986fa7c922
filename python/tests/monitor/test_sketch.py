"""Sketches: parts of a day in any number and order add up to the very verdict of the whole."""

import json
from datetime import date
from typing import cast

import numpy as np
import polars as pl
import pytest

from ecluse_monitor import sample, worst
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.bins import FEW, count_bins
from ecluse_monitor.check import judge
from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import CAUSES
from ecluse_monitor.sample import Sample
from ecluse_monitor.settings import Settings, parse_settings
from ecluse_monitor.sketch import Sketch, from_json, merged, sketch_of
from tests.monitor.conftest import SETTINGS, draw

DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def labelled() -> Baseline:
    """A baseline that has labels too, so that performance is estimated."""
    rows = draw(20_000, 99)
    label = np.random.default_rng(1).random(rows.height) < rows["score"].to_numpy()
    return build_baseline(rows.with_columns(label=pl.Series(label).cast(pl.Float64)), SETTINGS)


def worst_day(rows: int = 6_000) -> pl.DataFrame:
    """A day with every kind of finding, of whose rows half have an id."""
    rng = np.random.default_rng(5)
    each = pl.int_range(rows, eager=True)
    return draw(rows, 7, shift=0.3).with_columns(
        prediction_id=pl.when(each % 2 == 0).then(pl.format("p{}", each)),
        input_x1=pl.when(each % 9 == 0).then(None).otherwise("input_x1"),
        input_x2=pl.when(each % 50 == 0).then(1e12).otherwise("input_x2"),
        input_x3=pl.when(each % 40 == 0).then(float("inf")).otherwise("input_x3"),
        input_country=pl.Series(rng.choice(["France", "Spain", *(f"new {n}" for n in range(40))], rows)),
        model_version=pl.when(each % 3 == 0).then(pl.lit("2")).otherwise(pl.lit("1")),
        score=pl.when(each % 80 == 1).then(float("nan")).when(each % 90 != 0).then(pl.col("score") / 2),
        input_x4=pl.when(pl.col("input_count") == 2).then(pl.col("input_x4") + 1).otherwise("input_x4"),
        input_x5=pl.when(each % 20 == 3).then(2.2).otherwise("input_x5"),
        input_x6=pl.when(each % 20 == 3).then(2.2).otherwise("input_x6"),
        input_skewed=pl.when(each % 20 == 3).then(9000.0).otherwise("input_skewed"),
    )


@pytest.mark.parametrize("most", [sample.MOST, 1_500])
def test_any_partition_and_order_has_the_same_verdict(
    labelled: Baseline, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(sample, "MOST", most)
    # At this level few draws of chance are enough.
    day, settings = worst_day(), parse_settings({**SETTINGS, "drift": {"fdr": 0.2}})
    whole = judge(day, "1", labelled, settings, DAY)
    wanted = {check for check, cause in CAUSES.items() if cause in ("contract", "drift")}
    assert {finding.check for finding in whole.findings} == wanted - {"schema"}
    assert whole.estimated is not None
    for seed in range(3):
        rng = np.random.default_rng(seed)
        owner = pl.Series(rng.integers(0, 2 + 5 * seed, day.height))
        parts = [sketch_of(day.filter(owner == n), "1", labelled) for n in range(2 + 5 * seed)]
        kept = [from_json(json.loads(json.dumps(part.as_json()))) for part in parts]
        rng.shuffle(kept)  # type: ignore[arg-type]
        assert judge(merged(kept), "1", labelled, settings, DAY) == whole


def test_one_sketch_is_judged_by_any_settings(labelled: Baseline) -> None:
    seen = sketch_of(draw(1_000, 1), "1", labelled)
    none, few, many = (
        judge(seen, "1", labelled, parse_settings({"anomalies": each}), DAY).anomalies
        for each in ({"enabled": False}, {}, {"shown": 10})
    )
    assert none is None and few and many and len(many["worst"]) == 10
    assert few["worst"] == many["worst"][:5]


def test_a_sample_is_bounded_and_like_the_day(baseline: Baseline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "MOST", 1_000)
    day = draw(20_000, 3)
    found = sketch_of(day, "1", baseline).sample
    assert 450 < found.rows <= 1_000
    assert found.scored()[:, :7].mean(axis=0) / 8 == pytest.approx(0, abs=5 / 450**0.5)
    assert (len(found.codes), len(found.scores)) == (11 * found.rows, 10 * found.rows)
    # Of single rows it has those alone that a report may show, of each level some.
    shown = sorted(found.far, key=lambda far: -far.row["distance"])[: worst.SHOWN]
    assert len(shown) == 10 and len(found.far) < 10 * len({far.level for far in found.far})
    batches = [day[at : at + 1_000] for at in range(0, 20_000, 1_000)]
    total = Sketch()
    for batch in batches:
        total += sketch_of(batch, "1", baseline, total.sample.level)
    assert total.sample.level == found.level and total.sample.far == found.far
    assert _keys(total.sample) == _keys(found)


def _keys(found: Sample) -> list[int]:
    return sorted(np.frombuffer(found.keys, "<u8").tolist())


def test_scores_that_are_no_numbers_add_up(baseline: Baseline) -> None:
    texts = draw(20, 1).with_columns(score=pl.Series(["low", "high"] * 10))
    lists = draw(10, 3).with_columns(pl.concat_list("score"))
    nulls = draw(2_000, 4).with_columns(score=pl.when(pl.int_range(2_000) >= 5).then("score"))
    both = merged(sketch_of(rows, "1", baseline) for rows in (texts, nulls, lists))
    assert f"{both.lost}" == "5 null, 10 of type List(Float64), 20 text such as 'high'"
    assert (both.score.kind, both.score.rows, both.score.held) == ("numeric", 2_030, 1_995)


def test_a_sketch_is_what_the_rows_are(labelled: Baseline) -> None:
    day = worst_day(2_000)
    found = sketch_of(day, "1", labelled)
    column = labelled["columns"]["x2"]
    assert found.rows == 2_000 and found.columns["x2"].held == 2_000
    assert found.columns["x2"].beyond == 40 and found.columns["x2"].highest == 1e12
    assert found.columns["x1"].nulls == pytest.approx(day["input_x1"].null_count() / 2_000)
    assert found.columns["x3"].held == 1_950
    assert found.score.rows == (day["model_version"] == "1").sum()
    assert found.score.held == found.score.rows - found.lost.total == sum(found.expected)
    plain = draw(2_000, 3)["input_x2"]
    seen = sketch_of(draw(2_000, 3), "1", labelled).columns["x2"]
    assert seen.mean(column) == pytest.approx(plain.mean(), abs=1e-3)
    assert sum(cast(list[int], seen.counts)) == 2_000


def test_a_column_of_some_blobs_is_null_in_the_others(baseline: Baseline) -> None:
    full, without = draw(1_000, 1), draw(1_000, 2).drop("input_x4")
    both = merged(sketch_of(rows, "1", baseline) for rows in (full, without))
    assert (both.columns["x4"].rows, both.columns["x4"].held, both.columns["x4"].kind) == (
        2_000,
        1_000,
        "numeric",
    )
    assert {finding.check for finding in judge(both, "1", baseline, Settings(), DAY).findings} == {"nulls"}


def test_a_column_of_two_kinds_breaks_the_contract(baseline: Baseline) -> None:
    text = draw(1_000, 2).with_columns(pl.col("input_x4").cast(pl.String))
    both = merged(sketch_of(rows, "1", baseline) for rows in (draw(1_000, 1), text, draw(1_000, 3)))
    verdict = judge(both, "1", baseline, Settings(), DAY)
    assert verdict.exit == Exit.BROKEN
    assert [item.text for item in verdict.findings] == ["x4 was numeric at training and is mixed"]
    assert "drift of x4" in verdict.muted


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).normal(size=FEW),
        np.random.default_rng(2).gamma(0.1, 1e6, FEW),
        np.exp(np.random.default_rng(3).normal(0, 30, FEW)),
        np.random.default_rng(4).normal(0, 1e308, FEW).clip(-1.7e308, 1.7e308),
        np.random.default_rng(5).normal(size=FEW) * 5e-323,
        np.random.default_rng(6).integers(0, 4, FEW).astype(float),
    ],
    ids=["normal", "skewed", "many magnitudes", "largest", "smallest", "whole"],
)
def test_a_grid_changes_no_bin(values: np.ndarray) -> None:  # type: ignore[type-arg]
    edges = np.unique(np.quantile(values[:3_000], np.linspace(0, 1, 65)[1:], method="inverted_cdf"))
    wanted = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
    assert count_bins(values, edges).tolist() == wanted.tolist()


def test_nothing_adds_nothing(baseline: Baseline) -> None:
    rows = sketch_of(draw(100, 1), "1", baseline)
    assert Sketch() + rows == rows == rows + Sketch()
