"""Compaction: a day's log in few blobs, of the very rows, wherever it was killed."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from obstore.store import LocalStore

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_monitor import compaction, predictions
from ecluse_monitor.__main__ import main
from ecluse_monitor.compaction import Compacted, compact
from ecluse_monitor.predictions import Logged, Part
from tests.core.azurite import Azurite, Permission
from tests.monitor.conftest import read_day
from tests.monitor.test_predictions import DAY, put, rows_of

FOLDER = f"churn/date={DAY}"


@pytest.fixture
def inference(tmp_path: Path) -> Container:
    return Container(LocalStore(tmp_path))


def logged(inference: Container) -> pl.DataFrame:
    return read_day(inference, "churn", DAY).sort("prediction_id")


def test_a_day_becomes_one_blob_of_its_predictions(inference: Container) -> None:
    for number in range(20):
        put(inference, f"{number}", rows_of(number * 10, number * 10 + 15))
    before = logged(inference)
    assert compact(inference, "churn", 1, DAY) == Compacted(20, 1)
    (name,) = inference.sizes(FOLDER)
    assert logged(inference).equals(before) and before.height == 205
    assert compact(inference, "churn", 1, DAY) == Compacted(0, 0)
    put(inference, "late", rows_of(300, 310))
    assert compact(inference, "churn", 1, DAY) == Compacted(2, 1)
    assert logged(inference).height == 215 and name not in inference.sizes(FOLDER)


def test_only_the_days_that_are_asked_for(inference: Container) -> None:
    for name in ("a", "b"):
        put(inference, name, rows_of(0, 10))
    assert compact(inference, "churn", 3, date(2026, 11, 4)) == Compacted(0, 0)
    assert compact(inference, "other", 7, DAY) == Compacted(0, 0)
    assert compact(inference, "churn", 4, date(2026, 11, 4)) == Compacted(2, 1)


def test_what_is_full_is_not_written_again(inference: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "ROWS", 25)
    monkeypatch.setattr(predictions, "LOAD_BLOBS", 3)
    for number in range(10):
        put(inference, f"{number}", rows_of(number * 10, number * 10 + 10))
    assert compact(inference, "churn", 1, DAY) == Compacted(9, 3)
    put(inference, "z", rows_of(100, 110))
    assert compact(inference, "churn", 1, DAY) == Compacted(2, 1)
    assert compact(inference, "churn", 1, DAY) == Compacted(0, 0)
    assert (len(inference.sizes(FOLDER)), logged(inference).height) == (4, 110)


def test_types_stay_as_they_were_logged_and_what_is_no_log_stays(inference: Container) -> None:
    """Or a column of two types would pass as one, and a damaged blob would go unseen."""
    for number, name in enumerate("ab"):
        put(inference, name, rows_of(10 * number, 10 * number + 10))
        other = rows_of(10 * number + 100, 10 * number + 110)
        put(inference, f"{name}-text", other.with_columns(pl.col("input_x").cast(pl.String)))
        put(inference, f"{name}-anonymous", other.drop("prediction_id"))
    inference.write(f"{FOLDER}/bad.parquet", b"no parquet")
    assert compact(inference, "churn", 1, DAY) == Compacted(4, 2)
    left = {name.removeprefix(f"{FOLDER}/") for name in inference.sizes(FOLDER)}
    assert {"a-anonymous.parquet", "b-anonymous.parquet", "bad.parquet"} < left and len(left) == 5
    inference.delete(f"{FOLDER}/bad.parquet")
    kinds = {str(batch.schema["input_x"]) for batch in Logged(inference, "churn", DAY).batches()}
    assert kinds == {"Float64", "String"}


@dataclass(frozen=True)
class Dying(Container):
    """Dies at its nth change: before it, or after it and before anybody knows."""

    changes: list[str] = field(default_factory=list[str])
    dies_at: int = 0
    done: bool = False

    def _change(self, name: str, change: Callable[[], object]) -> None:
        self.changes.append(name)
        dies = len(self.changes) >= self.dies_at
        if not dies or (self.done and len(self.changes) == self.dies_at):
            change()
        if dies:
            raise KeyboardInterrupt

    def write(self, name: str, content: bytes, replacing: str | None = None) -> str:
        self._change(name, lambda: Container.write(self, name, content, replacing))
        return ""

    def delete(self, name: str) -> None:
        self._change(name, lambda: Container.delete(self, name))


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("dies_at", range(1, 6))
def test_a_run_that_is_killed_loses_nothing(inference: Container, dies_at: int, done: bool) -> None:
    for number in range(4):
        put(inference, f"{number}", rows_of(number * 10, number * 10 + 10))
    before = logged(inference)
    with pytest.raises(KeyboardInterrupt):
        compact(Dying(inference.store, dies_at=dies_at, done=done), "churn", 1, DAY)
    assert logged(inference).equals(before)
    compact(inference, "churn", 1, DAY)
    assert logged(inference).equals(before) and len(inference.sizes(FOLDER)) == 1


def test_two_runs_at_once_lose_nothing(inference: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        put(inference, f"{number}", rows_of(number * 10, number * 10 + 10))
    before, listing = logged(inference), inference.sizes(FOLDER)
    compact(inference, "churn", 1, DAY)
    put(inference, "0", rows_of(0, 10))
    put(inference, "late", rows_of(40, 50))

    # The other one listed the blobs before they went.
    def listed(_container: Container, _folder: str) -> dict[str, int]:
        return {**listing, f"{FOLDER}/late.parquet": 1}

    monkeypatch.setattr(Container, "sizes", listed)
    compact(inference, "churn", 1, DAY)
    monkeypatch.undo()
    assert logged(inference).equals(pl.concat([before, rows_of(40, 50)]).sort("prediction_id"))


def test_a_part_reads_of_a_compacted_blob_what_is_its_own(inference: Container) -> None:
    for number in range(2):
        put(inference, f"{number}", rows_of(number * 500, number * 500 + 500))
    compact(inference, "churn", 1, DAY)
    parts = [list(Logged(inference, "churn", DAY, Part(index, 3)).batches()) for index in range(3)]
    assert (
        pl.concat(batch for part in parts for batch in part).sort("prediction_id").equals(logged(inference))
    )


def test_the_command_opens_the_log_alone(
    azurite: Azurite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    container, today = azurite.make_any(), datetime.now(UTC).date()
    reading = open_container("URL", {"URL": azurite.url(container, "read")})
    monkeypatch.setenv("ECLUSE_USE_CASE", "churn")
    granted: tuple[tuple[Permission, int], ...] = (("read-write", 70), ("read-write-delete", 0))
    for permission, code in granted:
        monkeypatch.setenv("ECLUSE_INFERENCE_URL", azurite.url(container, permission))
        inference = open_container("ECLUSE_INFERENCE_URL", os.environ)
        for name in ("a", "b"):
            put(inference, name, rows_of(0, 10), today)
        assert main(["compact"]) == code
        assert read_day(reading, "churn", today).height == 10
    assert "blobs of predictions are 1 now" in capsys.readouterr().out
    assert len(reading.sizes()) == 1
