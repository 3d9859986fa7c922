"""Ten classes of real data, handwritten digits, go the whole way, from training to the monitor."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_digits
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse.contract import Contract
from ecluse.train import train
from ecluse.usecase import UseCase
from ecluse_core.opening import open_container
from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.labelled import read_labelled
from ecluse_monitor.settings import Check, parse_settings
from ecluse_monitor.sketch import Sketch
from ecluse_monitor.sketches import read_sketch
from ecluse_monitor.tracking import Champion
from ecluse_release.release import release
from ecluse_release.settings import Settings
from tests.identity.tracking import SERVING, RunningEnvironment, environment
from tests.kit.conftest import write_limits
from tests.release.training import USE_CASE, landing, release_variables
from tests.serving.server import PRIVATE, model_server

COMMIT = "a" * 40
CLASSES = tuple(str(digit) for digit in range(10))
PIXELS = [f"pixel_{row}_{column}" for row in range(1, 7) for column in range(2, 6)]
HIDDEN = "pixel_3_3"
"""An input that no log may have."""
CONTRACT = Contract(
    target="digit",
    id="sheet",
    numeric=dict.fromkeys(PIXELS, (0.0, 16.0)),
    classes=CLASSES,
    redacted=(HIDDEN,),
)
RULES: dict[str, Any] = {
    "metric": "roc_auc_ovr",
    "floor": 0.9,
    "baseline_margin": 0.0,
    "non_inferiority_margin": 0.01,
    "max_brier": 0.25,
    "max_slope_error": 0.5,
    "max_intercept_error": 1.5,
    "risk": 0.05,
    "undecided": "pass",
    "max_size_mb": 100,
    "max_latency_ms": 1000,
}


def digits() -> pd.DataFrame:
    """All of them, in an order of chance that is always the same."""
    found: Any = load_digits(as_frame=True)
    names = np.array(CLASSES, dtype=object)[found.target]
    frame = found.frame[PIXELS].assign(digit=names, sheet=[f"s{number}" for number in range(len(names))])
    return frame[CONTRACT.columns].sample(frac=1, random_state=1).reset_index(drop=True)


DIGITS = digits()
NEW = DIGITS.iloc[1300:].reset_index(drop=True)
"""What callers ask about: no training has it."""


def model() -> Any:
    features = Nystroem(gamma=0.02, n_components=200, random_state=0)
    return make_pipeline(StandardScaler(), features, LogisticRegression(C=20, max_iter=500))


def land(prod: RunningEnvironment) -> None:
    """Three dates, of which the last is held out for the release."""
    parts = {f"2026-0{month}-01": DIGITS.iloc[450 * (month - 1) : 450 * month] for month in (1, 2)}
    for name, dates in (("data", parts), ("holdout", {"2026-03-01": DIGITS.iloc[900:1300]})):
        files = {day: BytesIO() for day in dates}
        for day, file in files.items():
            dates[day].to_parquet(file, index=False)
        contents = {day: file.getvalue() for day, file in files.items()}
        landing(prod.store.url(name, "read-write-delete")).replace(contents, {})


def trained(prod: RunningEnvironment, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A training job's run of the kit."""
    mlflow.set_tracking_uri(prod.url)
    for name, value in {
        "MLFLOW_TRACKING_TOKEN": prod.forge.ci(sha=COMMIT),
        "MLFLOW_TRACKING_URI": prod.url,
        "MLFLOW_WORKSPACE": USE_CASE,
        "ECLUSE_USE_CASE": USE_CASE,
        "ECLUSE_ENVIRONMENT": "prod",
        "CI_COMMIT_SHA": COMMIT,
    }.items():
        patch.setenv(name, value)
    limits = write_limits(CONTRACT, Path("limits.yaml"), one_input=0.9)
    use_case = UseCase("digits", limits, CONTRACT, model, {}, None, None)
    return train(use_case, landing(prod.store.url("data", "read")))


def judged(prod: RunningEnvironment, patch: pytest.MonkeyPatch, url: str) -> list[str]:
    """The release through a running server; gives the names of its gates."""
    changes = {
        "ECLUSE_GATES": json.dumps(RULES),
        "ECLUSE_CONTRACT": json.dumps({"target": CONTRACT.target, "id": CONTRACT.id}),
        "ECLUSE_SERVING_URL": url,
        "ECLUSE_SERVING_TOKEN": prod.forge.ci("release", SERVING),
        "ECLUSE_SERVING_REPLICAS": "1",
    }
    for name, value in release_variables(prod, COMMIT, PRIVATE, **changes).items():
        patch.setenv(name, value)
    outcome = release(Settings.read(os.environ))
    assert outcome.released, outcome
    return [gate.name for gate in outcome.gates]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    found: Any = frame[[CONTRACT.id, *PIXELS]].rename(columns={CONTRACT.id: "id"})
    return found.to_dict("records")


def logged(url: str, under: str) -> pl.DataFrame:
    """What the store has of the use case below a folder."""
    store = open_container("URL", {"URL": url})
    names = [name for name in store.sizes(USE_CASE) if f"{USE_CASE}/{under}" in name]
    return pl.concat([pl.read_parquet(BytesIO(store.read(name).content)) for name in names])


def monitored(url: str) -> Verdict:
    """What the monitor says of the day, by the baseline of the training and by what the server logged."""
    reference = pl.read_parquet("build/reference.parquet")
    weights = json.loads(Path("build/importance.json").read_text())
    redacted = json.loads(Path("build/redacted.json").read_text())
    champion = Champion("1", "r1", build_baseline(reference, {}, weights, redacted))
    names = {"ECLUSE_INFERENCE_URL": url, "ECLUSE_REPORTS_URL": url, "ECLUSE_USE_CASE": USE_CASE}
    given, today = Check.read({**os.environ, **names}), datetime.now(UTC).date()
    settings = parse_settings({"window": {"min_rows": 200}, "performance": {"label_delay": "0d", "days": 2}})
    labelled = read_labelled(given, champion, settings.performance, today)
    day = next(day for day in (today, today - timedelta(days=1)) if logged_on(given, champion, day).rows)
    return judge(logged_on(given, champion, day), "1", champion.baseline, settings, day, labelled)


def logged_on(given: Check, champion: Champion, day: date) -> Sketch:
    return read_sketch(given.inference, given.use_case, champion, day)


def test_digits_are_trained_judged_served_and_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with environment(tmp_path) as prod:
        land(prod)
        found = trained(prod, monkeypatch)
        assert found["metrics"]["holdout_accuracy"] > 0.85
        url, caller = prod.store.url("inference", "read-write"), prod.workloads.workload("monitor", SERVING)
        with model_server(prod, tmp_path, url) as server:
            names = judged(prod, monkeypatch, server.url)
            assert {"floor", "baseline", "brier", "calibration slope"} <= {*names}
            status, answer = server.call("/score", caller, {"records": records(NEW)})
            assert status == 200, answer
            asked = [
                {"prediction_id": each["prediction_id"], "label": label}
                for each, label in zip(answer["predictions"], NEW["digit"].astype(int), strict=True)
            ]
            assert server.call("/labels", caller, {"labels": asked})[1] == {"labels": len(NEW)}
            wrong = server.call("/labels", caller, {"labels": [{**asked[0], "label": "eleven"}]})
            assert wrong[0] == 400 and "must be one of 0, 1, 2" in wrong[1]["error"]
            assert server.call("/flush", caller, {})[1] == {"flushed": True}
        predictions, labels = logged(url, "date="), logged(url, "labels/")
        verdict = monitored(url)
    found_by = verdict.performance
    assert found_by and found_by["metric"] == "accuracy" and found_by["labels"] == len(NEW)
    given = answer["predictions"]
    right = np.mean([each["class"] == label for each, label in zip(given, NEW["digit"], strict=True)])
    assert right > 0.85 and found_by["realised"]["value"] == pytest.approx(right)
    assert found_by["beside"]["macro_f1"]["realised"]["value"] > 0.85
    assert verdict.estimated and verdict.estimated["value"] == pytest.approx(right, abs=0.05)
    assert {"class", "probability_0"} <= {drift.column for drift in verdict.drifts}
    assert all(sum(each["probabilities"].values()) == pytest.approx(1) for each in given)
    assert all(each["score"] == max(each["probabilities"].values()) for each in given)
    inputs = {f"input_{name}" for name in PIXELS}
    assert inputs - {*predictions.columns} == {f"input_{HIDDEN}"}
    assert [each for each in verdict.findings if each.check == "schema"] == []
    rows = {row["prediction_id"]: row for row in predictions.to_dicts()}
    for each in given:
        row = rows[each["prediction_id"]]
        assert (row["class"], row["score"]) == (each["class"], each["score"])
        assert {name: row[f"probability_{name}"] for name in CLASSES} == each["probabilities"]
    assert labels["label"].to_list() == NEW["digit"].to_list()
