"""The model by its labels: concept drift is found where inputs and scores say nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.signal import lfilter
from scipy.stats import binom
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.late import Labelled
from ecluse_monitor.performance import estimate, measure, reference_of, score_counts
from ecluse_monitor.realised import labelled_findings
from ecluse_monitor.settings import Performance, Settings

Floats = np.ndarray[Any, np.dtype[np.float64]]
Concept = Callable[[Floats, np.random.Generator], Floats]
FIRST = date(2026, 11, 1)


def sea(threshold: float) -> Concept:
    """The SEA stream (Street and Kim): two of three inputs decide, a tenth of the labels is wrong."""

    def labels(x: Floats, rng: np.random.Generator) -> Floats:
        return ((x[:, 0] + x[:, 1] <= threshold) ^ (rng.random(len(x)) < 0.1)).astype(float)

    return labels


def agrawal(function: int) -> Concept:
    """Two concepts of Agrawal's stream, on age and salary as parts of their range."""

    def labels(x: Floats, _: np.random.Generator) -> Floats:
        age, salary = 20 + 6 * x[:, 0], 20 + 13 * x[:, 1]
        old = (age < 40) | (age >= 60)
        band = np.where(age < 40, (salary >= 50) & (salary <= 100), (salary >= 75) & (salary <= 125))
        band = np.where(age >= 60, (salary >= 25) & (salary <= 75), band)
        return (old if function == 1 else band).astype(float)

    return labels


def flipped(concept: Concept) -> Concept:
    return lambda x, rng: 1 - concept(x, rng)


def play(before: Concept, after: Concept, quiet: int, changed: int, rows: int = 1000) -> list[Verdict]:
    """Days of one concept, then of another, with all their labels."""
    rng = np.random.default_rng(18)
    fit, held = (rng.uniform(0, 10, (n, 3)) for n in (4000, 2000))
    model = DecisionTreeClassifier(min_samples_leaf=40, random_state=0).fit(fit, before(fit, rng))

    def frame(x: Floats, label: Floats) -> pl.DataFrame:
        inputs = {f"input_x{n}": x[:, n] for n in range(3)}
        scores = np.asarray(model.predict_proba(x))[:, 1]
        return pl.DataFrame({**inputs, "score": scores, "label": label, "model_version": ["1"] * len(x)})

    reference = build_baseline(frame(held, before(held, rng)), {})
    days: list[Verdict] = []
    for number in range(quiet + changed):
        x, day = rng.uniform(0, 10, (rows, 3)), FIRST + timedelta(days=number)
        logged = frame(x, (before if number < quiet else after)(x, rng))
        labelled = Labelled(day, day, logged.select("score", "label"))
        days.append(judge(logged.drop("label"), "1", reference, Settings(), day, labelled))
    return days


@pytest.mark.parametrize(
    ("before", "after"),
    [(sea(8), sea(9.5)), (agrawal(1), agrawal(4)), (sea(8), flipped(sea(8)))],
    ids=["SEA", "Agrawal", "flipped"],
)
def test_concept_drift_is_found_by_the_second_window_of_labels(before: Concept, after: Concept) -> None:
    days = play(before, after, quiet=3, changed=2)
    assert [item.text for day in days[:3] for item in day.findings if item.check == "performance"] == []
    assert any(item.check == "performance" for day in days[3:] for item in day.findings)
    # Inputs and scores are as they were: the estimate cannot see it, and says so.
    assert not any(item.check == "estimated" for day in days[3:] for item in day.findings)
    assert days[-1].as_json()["estimated"]["blind_to"] == "a change of what the labels mean"


def test_quiet_days_are_quiet_by_their_labels() -> None:
    days = play(sea(8), sea(8), quiet=20, changed=0)
    bad = sum(any(item.check in ("performance", "estimated") for item in day.findings) for day in days)
    assert bad <= binom.ppf(0.999, 20, 0.01)


def scored(rows: int, seed: int, slope: float = 1.0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    scores = rng.beta(2, 5, rows)
    return scores, (rng.random(rows) < scores**slope).astype(float)


def test_the_area_under_the_curve_and_its_error_are_right() -> None:
    found = [measure("roc_auc", *scored(800, seed), 1.0) for seed in range(200)]
    values = [each.value for each in found if each]
    assert values[0] == pytest.approx(roc_auc_score(scored(800, 0)[1], scored(800, 0)[0]), abs=1e-12)
    assert np.mean([each.error for each in found if each]) == pytest.approx(np.std(values), rel=0.15)
    ties = np.array([0.1, 0.5, 0.5, 0.9] * 10), np.array([0, 0, 1, 1] * 10)
    assert measure("roc_auc", *ties, 1.0).value == roc_auc_score(ties[1], ties[0])  # type: ignore[union-attr]


def test_r2_is_of_the_training_targets_variance() -> None:
    rng = np.random.default_rng(1)
    labels = rng.normal(50, 10, 4000)
    found = measure("r2", labels + rng.normal(0, 5, 4000), labels, 100.0)
    assert found and found.value == pytest.approx(0.75, abs=0.02)
    quiet = labels.mean() + (labels - labels.mean()) / 10  # R² of these alone would be far below 0
    same = measure("r2", quiet + rng.normal(0, 5, 4000), quiet, 100.0)
    assert same and same.value == pytest.approx(0.75, abs=0.02)


def test_an_estimate_follows_the_scores() -> None:
    scores, labels = scored(8000, 2)
    reference = reference_of(scores, labels, None)
    rng = np.random.default_rng(0)
    assert estimate(reference, score_counts(reference, scores), rng).value == pytest.approx(
        reference["value"], abs=1e-9
    )
    harder = scores[(scores > 0.15) & (scores < 0.35)]
    true = roc_auc_score((rng.random(len(harder)) < harder), harder)
    assert estimate(reference, score_counts(reference, harder), rng).value == pytest.approx(true, abs=0.03)
    assert true < reference["value"] - 0.1


def reference(settings: dict[str, Any]) -> Baseline:
    scores, labels = scored(3000, 3)
    return build_baseline(pl.DataFrame({"input_x": scores, "score": scores, "label": labels}), settings)


def judged(label: list[float | None], rows: int = 2000) -> Verdict:
    scores, _ = scored(rows, 4)
    day = pl.DataFrame({"input_x": scores, "score": scores, "model_version": ["1"] * rows})
    column = pl.Series("label", label, pl.Float64)
    labelled = Labelled(FIRST, FIRST, day.select("score").with_columns(column))
    return judge(day, "1", reference({}), Settings(), FIRST, labelled)


def test_without_labels_coverage_is_reported_and_nothing_is_answered() -> None:
    result = judged([None] * 2000)
    assert (result.exit, result.unanswered) == (Exit.FINE, ("performance",))
    assert result.performance and result.performance["coverage"] == 0
    few = judged([*(1 - scored(2000, 4)[1][:199]), *[None] * 1801])
    assert (few.exit, few.performance and few.performance["labels"]) == (Exit.FINE, 199)
    assert few.performance
    assert few.performance["unknown"] == "there are 199 labels, and performance.min_labels is 200"


@pytest.mark.parametrize("zeros", [0, 9])
def test_labels_of_one_outcome_or_nearly_are_said(zeros: int) -> None:
    found = judged([*[0.0] * zeros, *[1.0] * (2000 - zeros)])
    assert found.performance and found.performance["realised"] is None
    said = f"{zeros} labels are 0 and {2000 - zeros} are 1, and roc_auc needs 10 of each"
    assert (found.exit, found.performance["unknown"]) == (Exit.FINE, said)


def test_a_broken_day_and_one_without_rows_are_judged_by_labels_all_the_same() -> None:
    scores, labels = scored(2000, 4)
    labelled = Labelled(FIRST, FIRST, pl.DataFrame({"score": scores, "label": 1 - labels}))
    broken = pl.DataFrame({"score": ["high"] * 2000, "model_version": ["1"] * 2000})
    for day in (broken, pl.DataFrame()):
        result = judge(day, "1", reference({}), Settings(), FIRST, labelled)
        assert "performance" in {finding.check for finding in result.findings}
        assert "performance" not in result.unanswered


def test_a_regression_is_judged_by_r2() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(6000, 1))
    y = 3 * x[:, 0] + rng.normal(size=6000)
    scores = LinearRegression().fit(x[:2000], y[:2000]).predict(x)
    table = pl.DataFrame({"input_x": x[:, 0], "score": scores, "label": y, "model_version": ["1"] * 6000})
    baseline = build_baseline(table[2000:4000], {})
    for sign, code in ((1, Exit.FINE), (-1, Exit.CRITICAL)):
        labelled = Labelled(FIRST, FIRST, table[4000:].select("score", pl.col("label") * sign))
        assert judge(table[4000:], "1", baseline, Settings(), FIRST, labelled).exit == code


def series(rows: int, seed: int, error: float = 4) -> tuple[Floats, Floats]:
    """Hours with their daily wave, and forecasts whose errors are like those of the hour before."""
    rng = np.random.default_rng(seed)
    wave = 50 + 10 * np.sin(np.arange(rows) / 24 * 2 * np.pi)
    noise = np.asarray(lfilter([(1 - 0.95**2) ** 0.5], [1, -0.95], rng.normal(size=rows + 200)))
    return wave, wave + error * noise[200:]


def days_of(scores: Floats, labels: Floats) -> Labelled:
    return Labelled(FIRST, FIRST, pl.DataFrame({"score": scores, "label": labels}))


def test_a_time_series_raises_no_more_false_alarms_than_said() -> None:
    alarms, limits, rows = 0, Performance(), 1500
    for seed in range(60):
        scores, labels = series(rows + 500, seed)
        found = reference_of(scores[:rows], labels[:rows], "r2")
        alarms += bool(labelled_findings(found, days_of(scores[rows:], labels[rows:]), limits)[0])
    # Were its rows taken as independent, a third of the runs would have one.
    assert alarms <= binom.ppf(0.999, 60, limits.alpha)


def test_a_time_series_whose_forecasts_became_worse_is_found() -> None:
    scores, labels = series(1500, 1)
    found = reference_of(scores, labels, "r2")
    assert found.get("alike", 1) > 2
    assert labelled_findings(found, days_of(*series(500, 2, error=12)), Performance())[0]


def test_the_estimate_of_a_regression_follows_the_loss_of_such_scores() -> None:
    rng = np.random.default_rng(8)
    scores = rng.uniform(1, 10, 12_000)
    labels = scores + rng.normal(size=12_000) * scores / 4  # the larger, the less sure
    found = reference_of(scores[:6000], labels[:6000], "r2")
    large = scores[6000:] > 6
    estimated = estimate(found, score_counts(found, scores[6000:][large]), rng)
    realised = measure("r2", scores[6000:][large], labels[6000:][large], found["spread"])
    assert realised and abs(estimated.value - realised.value) < 4 * np.hypot(estimated.error, realised.error)
    assert estimated.value < found["value"] - 0.1


def test_a_metric_that_does_not_fit_the_labels_fails_the_training() -> None:
    scores, labels = scored(500, 6)
    with pytest.raises(MonitorError, match=r"performance\.metric is roc_auc, and the labels are not 0 and 1"):
        reference_of(scores, labels * 5, "roc_auc")
    with pytest.raises(MonitorError, match="the 500 validation rows are too few for roc_auc"):
        reference_of(scores, np.zeros(500), None)
