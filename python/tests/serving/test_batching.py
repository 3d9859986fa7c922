"""Requests that wait at the same time are scored together, and each gets what is its own."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

import ecluse_serving.batching
from ecluse_models.model import Column, ModelError
from ecluse_serving.batching import Batcher, Busy, Scored
from ecluse_serving.champion import Champion
from ecluse_serving.log import LogError
from ecluse_serving.records import Batch, parse_batch

COLUMNS = (Column("age", "double", True),)
SECONDS = 30


@dataclass
class Doubling:
    """A model that waits to be let on, then gives twice the age; it refuses calls with an age below 0."""

    classes: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
    calls: list[int] = field(default_factory=list[int])
    go: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def score(self, table: pl.DataFrame) -> Any:
        """A number per row."""
        self.calls.append(table.height)
        self.begun.set()
        assert self.go.wait(SECONDS)
        if any(age < 0 for age in table["age"]):
            raise ModelError("an age below 0")
        return np.asarray(table["age"].to_numpy() * 2)


def champion(model: Doubling, version: str = "1") -> Champion:
    return Champion(version, "a" * 40, "v1", cast(Any, model), "m-1")


def batch(*ages: float) -> Batch:
    records = [{"id": f"{age}", "age": age} for age in ages]
    return parse_batch(json.dumps({"records": records}).encode(), COLUMNS)


def waiting(batcher: Batcher, model: Doubling, batches: Sequence[Batch]) -> list[Future[Scored]]:
    """Asks while the model is busy with one row, and lets it on then; the answers without that row's."""
    own = champion(model)
    first = batcher.ask(own, batch(1))
    assert model.begun.wait(SECONDS)
    asked = [batcher.ask(own, each) for each in batches]
    model.go.set()
    assert first.result(SECONDS).scores == [2]
    return asked


def test_what_waits_is_scored_by_one_call_and_logged_by_one_write() -> None:
    model, kept = Doubling(), list[pl.DataFrame]()
    asked = waiting(Batcher(kept.append), model, [batch(10, 11), batch(12), batch(13, 14, 15)])
    found = [each.result(SECONDS) for each in asked]
    assert [list(each.scores) for each in found] == [[20, 22], [24], [26, 28, 30]]
    assert model.calls == [1, 6]
    assert sorted(table.height for table in kept) == [1, 6]
    logged = {row["prediction_id"]: row for table in kept for row in table.to_dicts()}
    for each in found:
        assert [logged[id_]["score"] for id_ in each.ids] == list(each.scores)
        assert [logged[id_]["input_age"] * 2 for id_ in each.ids] == list(each.scores)
        assert set(each.seconds) == {"wait", "model", "log"}


def test_a_bad_request_fails_alone() -> None:
    model, kept = Doubling(), list[pl.DataFrame]()
    asked = waiting(Batcher(kept.append), model, [batch(10), batch(11, -1), batch(12)])
    assert [asked[0].result(SECONDS).scores, asked[2].result(SECONDS).scores] == [[20], [24]]
    with pytest.raises(ModelError, match="an age below 0"):
        asked[1].result(SECONDS)
    assert model.calls == [1, 4, 1, 2, 1]
    assert sorted(pl.concat(kept)["input_age"]) == [1, 10, 12]


def test_a_call_has_requests_for_one_champion_and_no_more_rows_than_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ecluse_serving.batching, "BATCH_ROWS", 4)
    model, other, kept = Doubling(), Doubling(), list[pl.DataFrame]()
    other.go.set()
    batcher, old, new = Batcher(kept.append), champion(model), champion(other, "2")
    first = batcher.ask(old, batch(1))
    assert model.begun.wait(SECONDS)
    asked = [batcher.ask(old, batch(2, 3)), batcher.ask(old, batch(4, 5)), batcher.ask(old, batch(6))]
    asked += [batcher.ask(new, batch(7)), batcher.ask(old, batch(8))]
    model.go.set()
    assert [list(each.result(SECONDS).scores) for each in [first, *asked]] == [
        *([2], [4, 6], [8, 10], [12], [14], [16])
    ]
    assert (model.calls, other.calls) == ([1, 4, 1, 1], [1])
    versions = {row["input_age"]: row["model_version"] for table in kept for row in table.to_dicts()}
    assert {age for age, version in versions.items() if version == "2"} == {7}


@pytest.mark.parametrize("error", [LogError("no disk"), RuntimeError("a defect")])
def test_what_cannot_be_logged_is_not_given_and_the_next_is(error: Exception) -> None:
    model, errors = Doubling(), [error]
    model.go.set()

    def keep(_table: pl.DataFrame) -> None:
        if errors:
            raise errors.pop()

    batcher, own = Batcher(keep), champion(model)
    with pytest.raises(type(error), match=str(error)):
        batcher.ask(own, batch(1)).result(SECONDS)
    assert batcher.ask(own, batch(2)).result(SECONDS).scores == [4]


def test_no_more_rows_wait_than_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecluse_serving.batching, "WAITING_ROWS", 3)
    model, kept = Doubling(), list[pl.DataFrame]()
    batcher, own = Batcher(kept.append), champion(model)
    first = batcher.ask(own, batch(1))
    assert model.begun.wait(SECONDS)
    second = batcher.ask(own, batch(2, 3))
    with pytest.raises(Busy, match="2 rows wait already, and 3 may"):
        batcher.ask(own, batch(4, 5))
    model.go.set()
    assert first.result(SECONDS).scores == [2] and second.result(SECONDS).scores == [4, 6]
    assert batcher.ask(own, batch(4, 5)).result(SECONDS).scores == [8, 10]
