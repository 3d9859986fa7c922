"""Predictions and labels are kept for so many days, and everything else stays."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_monitor.__main__ import main
from ecluse_monitor.retention import expire
from tests.core.azurite import Azurite

TODAY = date(2026, 11, 30)


def test_days_before_the_last_ones_go_with_their_labels(tmp_path: Path) -> None:
    inference = Container(LocalStore(tmp_path))
    kept = [
        "churn/date=2026-11-20/a.parquet",
        "churn/labels/date=2026-11-20/a.parquet",
        "churn/erasures/20250101T000000Z-a.json",
        "churn/date=soon/a.parquet",
        "other/date=2020-01-01/a.parquet",
        "churn/notes/date=2020-01-01/a.txt",
    ]
    old = [
        "churn/date=2026-11-19/compacted-a.parquet",
        "churn/labels/date=2026-11-19/a.parquet",
        "churn/date=2020-01-01/a.parquet",
    ]
    for name in [*kept, *old]:
        inference.write(name, b"")
    assert expire(inference, "churn", 10, TODAY) == 3
    assert list(inference.sizes()) == sorted(kept)
    assert expire(inference, "churn", 10, TODAY) == 0


@pytest.mark.parametrize(("days", "left"), [(None, 2), ("30", 1)])
def test_the_program_that_compacts_does_so(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch, days: str | None, left: int
) -> None:
    today = datetime.now(UTC).date()
    monkeypatch.setenv("ECLUSE_USE_CASE", "churn")
    monkeypatch.setenv("ECLUSE_INFERENCE_URL", azurite.url(azurite.make_any(), "read-write-delete"))
    if days:
        monkeypatch.setenv("ECLUSE_LOG_DAYS", days)
    inference = open_container("ECLUSE_INFERENCE_URL", os.environ)
    for age in (30, 31):
        inference.write(f"churn/date={today - timedelta(days=age)}/a.parquet", b"")
    assert main(["compact"]) == 0
    assert len(inference.sizes()) == left


def test_no_day_is_no_number_of_days(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECLUSE_USE_CASE", "churn")
    monkeypatch.setenv("ECLUSE_INFERENCE_URL", azurite.url(azurite.make_any(), "read-write-delete"))
    monkeypatch.setenv("ECLUSE_LOG_DAYS", "0")
    assert main(["compact"]) == 70
    assert "ECLUSE_LOG_DAYS" in capsys.readouterr().out
