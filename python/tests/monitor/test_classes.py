"""A model of several classes in the monitor: its predictions, its labels, and what cannot be said of them."""

import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss

from ecluse_core.answer import columns_of_scores
from ecluse_core.opening import open_container
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.classes import accuracy, beside, with_truth
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.late import Labelled
from ecluse_monitor.realised import labelled_findings
from ecluse_monitor.settings import Performance, Settings
from ecluse_monitor.sketch import from_json, merged, sketch_of
from tests.monitor.conftest import Platform
from tests.monitor.test_commands import Check, Environment, check, give_labels, log

__all__ = ["check"]

CLASSES = ("basic", "family", "2")
CENTRES = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
FIRST = date(2026, 11, 1)


def world(rows: int, seed: int, shares: Any = (0.5, 0.3, 0.2), shift: float = 0.0) -> tuple[Any, Any]:
    """Points around the centre of their class, and the classes' numbers."""
    rng = np.random.default_rng([seed, rows])
    numbers = rng.choice(3, rows, p=shares)
    return CENTRES[numbers] + rng.normal(shift, 1, (rows, 2)), numbers


MODEL = LogisticRegression().fit(*world(4000, 1))


def predictions(rows: int, seed: int, turned: int = 0, **more: Any) -> pl.DataFrame:
    """Logged predictions with their labels, which another class has where the concept turned."""
    points, numbers = world(rows, seed, **more)
    columns: dict[str, Any] = {"input_x": points[:, 0], "input_y": points[:, 1]}
    columns |= columns_of_scores(MODEL.predict_proba(points), CLASSES)
    label = np.array(CLASSES, dtype=object)[(numbers + turned) % 3]
    ids = [f"{seed}-{row}" for row in range(rows)]
    return pl.DataFrame({**columns, "label": label, "prediction_id": ids, "model_version": ["1"] * rows})


def baseline(settings: dict[str, Any] | None = None) -> Baseline:
    return build_baseline(predictions(3000, 99).drop("prediction_id", "model_version"), settings or {})


BASELINE = baseline()


def judged(day: pl.DataFrame, number: int = 0, **settings: Any) -> Verdict:
    as_of = FIRST + timedelta(days=number)
    labelled = Labelled(as_of, as_of, with_truth(day, CLASSES))
    return judge(day.drop("label"), "1", BASELINE, Settings(**settings), as_of, labelled)


def test_figures_are_those_of_scikit_learn() -> None:
    day = predictions(1500, 3)
    rows = with_truth(day, CLASSES)
    found, said, true = beside(rows), day["class"].to_list(), day["label"].to_list()
    assert found["macro_f1"].value == pytest.approx(f1_score(true, said, average="macro"))
    probabilities = day.select(f"probability_{name}" for name in sorted(CLASSES)).to_numpy()
    assert found["log_loss"].value == pytest.approx(log_loss(true, probabilities, labels=sorted(CLASSES)))
    assert accuracy(rows["label"].to_numpy()).value == pytest.approx(accuracy_score(true, said))


def test_errors_are_those_of_days() -> None:
    days = [with_truth(predictions(400, seed), CLASSES) for seed in range(150)]
    found = [{**beside(day), "accuracy": accuracy(day["label"].to_numpy())} for day in days]
    for name in ("log_loss", "macro_f1", "accuracy"):
        spread = np.std([each[name].value for each in found])
        assert np.mean([each[name].error for each in found]) == pytest.approx(spread, rel=0.2), name


def test_quiet_days_are_quiet() -> None:
    days = [judged(predictions(1000, seed), seed) for seed in range(20)]
    bad = sum(day.exit != Exit.FINE for day in days)
    assert bad <= binom.ppf(0.999, 20, 0.05)
    report = days[0].performance
    assert report and (report["metric"], report["unknown"]) == ("accuracy", "")
    assert report["realised"]["value"] == pytest.approx(report["reference"]["value"], abs=0.05)
    assert set(report["beside"]) == {"log_loss", "macro_f1"}
    assert all(set(each) == {"reference", "realised"} for each in report["beside"].values())


def test_a_turned_concept_is_found_by_labels_alone() -> None:
    found = judged(predictions(1000, 5, turned=1))
    assert [(each.check, each.severity) for each in found.findings] == [("performance", Exit.CRITICAL)]
    assert "accuracy" in found.findings[0].text and "log loss over what such scores" in found.findings[0].text


def test_a_drift_of_the_predicted_class_and_of_each_probability_is_named() -> None:
    found = judged(predictions(2000, 6, shares=(0.1, 0.1, 0.8)))
    drifted = {each.column for each in found.findings if each.check == "prediction"}
    assert {"class", "probability_2", "probability_basic"} <= drifted
    assert found.columns and {"prediction of class", "prediction of probability_family"} <= {*found.columns}


def test_an_estimate_follows_the_confidence() -> None:
    harder = predictions(6000, 7).filter(pl.col("score") < 0.7)
    found = judged(harder)
    true = float((harder["class"] == harder["label"]).to_numpy().mean())
    assert found.estimated and found.estimated["value"] == pytest.approx(true, abs=0.04)
    assert BASELINE["performance"] and true < BASELINE["performance"]["value"] - 0.1
    assert "estimated" in {each.check for each in found.findings}


def test_a_class_that_validation_never_predicted_is_no_new_category() -> None:
    table = predictions(3000, 99).drop("prediction_id", "model_version")
    rare = build_baseline(table.filter(pl.col("class") != "2"), {})
    assert rare.get("outputs", {})["class"].get("categories") == sorted(CLASSES)
    day = predictions(1000, 8)
    found = judge(day.drop("label"), "1", rare, Settings(), FIRST)
    assert not any(each.check == "unseen" for each in found.findings)


def test_predictions_that_are_missing_are_a_broken_contract() -> None:
    found = judge(predictions(1000, 9).drop("class", "label"), "1", BASELINE, Settings(), FIRST)
    assert ("schema", "class") in {(each.check, each.column) for each in found.findings}
    assert "prediction of class" in found.muted


def test_parts_of_a_day_come_to_the_same() -> None:
    day = predictions(900, 10).with_columns(model_version=pl.Series(["1", "1", "2"] * 300))
    parts = [sketch_of(day[at : at + 300], "1", BASELINE) for at in (600, 0, 300)]
    whole = sketch_of(day, "1", BASELINE)
    assert merged(from_json(each.as_json()) for each in parts).outputs == whole.outputs
    assert whole.outputs["class"].rows == 600


def test_a_right_class_that_the_model_has_not_counts_as_wrong() -> None:
    day = predictions(300, 11).with_columns(label=pl.lit("premium"))
    rows = with_truth(day, CLASSES)
    assert (rows["label"].sum(), rows["likelihood"].sum()) == (0, 0)
    assert np.isfinite(beside(rows)["log_loss"].value)


def late(rows: pl.DataFrame) -> Labelled:
    """No label of the day itself, and these of the day before."""
    own = with_truth(predictions(500, 12).with_columns(label=pl.lit(None, pl.String)), CLASSES)
    before = with_truth(rows, CLASSES).with_columns(day=pl.lit(FIRST - timedelta(days=1)))
    return Labelled(FIRST, FIRST, own, late=before)


@pytest.mark.parametrize("others", [0, 6])
def test_late_labels_of_one_class_or_nearly_wait_for_the_others(others: int) -> None:
    day, reference = predictions(2000, 13), BASELINE["performance"]
    assert reference
    of_one = pl.concat([day.filter(pl.col("label") == "2"), day.filter(pl.col("label") != "2").head(others)])
    findings, report = labelled_findings(reference, late(of_one), Performance())
    assert (findings, report["realised"]) == ([], None)
    assert report["one_outcome"] == [f"{FIRST - timedelta(days=1)}"]
    assert report["unknown"] == "there are 0 labels, and accuracy needs 20"
    findings, report = labelled_findings(reference, late(day), Performance())
    assert (findings, report["one_outcome"], report["realised"]["rows"]) == ([], [], 2000)


def test_few_labels_are_said() -> None:
    day = predictions(1000, 14)
    few = day.with_columns(label=pl.when(pl.int_range(pl.len()) < 50).then("label"))
    report = judged(few).performance
    assert report and report["realised"] is None and report["labels"] == 50
    assert report["unknown"] == "there are 50 labels, and performance.min_labels is 200"
    assert "realised" not in report["beside"]["macro_f1"]


def test_labels_of_one_class_alone_are_judged_where_they_are_due() -> None:
    day = predictions(3000, 15).filter(pl.col("label") == "basic")
    report = judged(day).performance
    assert report and report["realised"] and np.isfinite(report["beside"]["macro_f1"]["realised"]["value"])


def test_a_metric_of_the_settings_is_refused() -> None:
    with pytest.raises(
        MonitorError, match=r"performance\.metric is roc_auc, and the target has several classes"
    ):
        baseline({"performance": {"metric": "roc_auc"}})


def test_labels_by_name_reach_the_report_and_its_page(
    environment: Environment, check: Check, platform: Platform
) -> None:
    platform.baseline = baseline({"performance": {"label_delay": "1d"}})
    days = {day: predictions(1000, day, turned=day - 1) for day in (1, 2)}
    for day, rows in days.items():
        log(environment, f"2026-11-0{day}", rows.drop("label"))
    give_labels(environment, "2026-11-02", days[1].select("prediction_id", "label"), "a", 9)
    code, report = check("2026-11-02")
    assert (code, report["performance"]["metric"], report["performance"]["labels"]) == (0, "accuracy", 1000)
    give_labels(environment, "2026-11-03", days[2].select("prediction_id", "label"), "b", 9)
    log(environment, "2026-11-03", predictions(1000, 3).drop("label"))
    code, report = check("2026-11-03")
    assert (code, [each["check"] for each in report["findings"]]) == (20, ["performance"])
    store = open_container("ECLUSE_REPORTS_URL", environment)
    page = store.read("churn/monitor/2026-11-03.html").content.decode()
    assert "<strong>accuracy 0." in page and "macro_f1" in page and "log_loss" in page
    # What labels showed of the 2nd stands beside its estimate; of the 3rd there are none yet.
    table = page[page.index("<th>Day of the predictions") :]
    cells = re.findall(r"<tr><td>(2026-11-0\d)</td><td>(.).*?</td><td>(.)", table)
    assert cells == [("2026-11-03", "0", "–"), ("2026-11-02", "0", "0"), ("2026-11-01", "–", "0")]
