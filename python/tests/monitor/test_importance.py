"""What training measured of the model weighs the findings; an older training's scores do it instead."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ecluse_monitor import commands
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.lacks import NO_IMPORTANCE
from tests.monitor.conftest import SETTINGS, Platform, draw
from tests.monitor.test_commands import Check, Environment, check, log

__all__ = ["check"]

PARTS = {"x0": 0.05, "x1": 0.6, "x2": 0.3, "country": 0.05}


def four_that_drift(seed: int) -> pl.DataFrame:
    """All by as much; the model goes by x3 not at all."""
    return draw(2000, seed).with_columns(pl.col(f"input_x{n}") + 0.5 for n in range(4))


def test_a_message_names_what_the_model_goes_by_with_direction_and_size(
    environment: Environment, check: Check, platform: Platform
) -> None:
    platform.baseline = build_baseline(draw(20_000, 99), SETTINGS, PARTS)
    log(environment, "2026-11-01", four_that_drift(1))
    _, report = check("2026-11-01")
    first, second, third, more, *_ = report["messages"][0].split("; ")
    assert "x1 drifted: mean" in first and "sd)" in first and "importance 0.60" in first
    assert "x2 drifted: mean" in second and "x0 drifted: mean" in third
    assert (more, report["importance_by"]) == ("and 1 more columns", "permutation")
    assert NO_IMPORTANCE not in report["not_run"]


def test_an_older_baseline_goes_by_the_scores_and_says_so(
    environment: Environment, check: Check, platform: Platform, baseline: Baseline
) -> None:
    log(environment, "2026-11-01", draw(2000, 1))
    _, report = check("2026-11-01")
    assert report["importance_by"] == "correlation" and NO_IMPORTANCE in report["not_run"]


@pytest.mark.parametrize(
    ("written", "by"), [(PARTS, "permutation"), (None, "correlation"), ({}, "correlation")]
)
def test_training_leaves_its_importances_beside_the_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: dict[str, float] | None, by: str
) -> None:
    logged: list[dict[str, Any]] = []

    def log_dict(_: object, _run: str, document: dict[str, Any], _path: str) -> None:
        logged.append(document)

    monkeypatch.setattr("mlflow.MlflowClient.log_dict", log_dict)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    (tmp_path / "model.json").write_text('{"run_id": "r1"}')
    (tmp_path / "monitor.yaml").write_text("{}")
    draw(1000, 1).write_parquet(tmp_path / "reference.parquet")
    if written is not None:
        (tmp_path / "importance.json").write_text(json.dumps(written))
    commands.baseline(*(tmp_path / name for name in ("reference.parquet", "model.json", "monitor.yaml")))
    assert logged[0]["importance_by"] == by
    assert (logged[0]["columns"]["x1"]["importance"] == 0.6) == bool(written)
