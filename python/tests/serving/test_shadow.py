"""The challenger of one server: nobody waits for it in the shadow, and nobody sees it fail in the canary."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ecluse_release import stage as stages
from ecluse_release.counted import Counted
from ecluse_release.manifest import SigningKey
from ecluse_release.stage import Stage
from ecluse_serving.batching import Batcher
from ecluse_serving.champion import Champion, Holder, Source
from ecluse_serving.registry import NoChampion, Version
from ecluse_serving.rollout import Rollout
from tests.serving.test_batching import COLUMNS, SECONDS, Doubling, batch

KEY, OTHER = (SigningKey(ec.generate_private_key(ec.SECP256R1())) for _ in range(2))
SHADOW = Stage("prod", "churn", "2", "m-2", "1", 0, 0, "2026-11-30T12:00:00.000+00:00", [[50.0, 100.0]])
CANARY = replace(SHADOW, step=1, weight=50)


@dataclass
class Inputs(Doubling):
    """A model that says what it takes."""

    inputs: Any = COLUMNS


def model(*, waits: bool = False) -> Inputs:
    found = Inputs()
    if not waits:
        found.go.set()
    return found


@dataclass
class Fake:
    """A registry with a challenger or none, and a server beside it with champion version 1."""

    folder: Path
    stage: Stage | None = SHADOW
    key: Any = KEY
    challenger: Inputs = field(default_factory=model)
    champion: Champion = field(
        default_factory=lambda: Champion("1", "a" * 40, "v1", cast(Any, model()), "m-1")
    )
    kept: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def start(self) -> tuple[Rollout, Batcher]:
        """The rollout of a server that starts now, and the batcher of its champion."""
        holder = SimpleNamespace(champion=self.champion)
        source = SimpleNamespace(
            registry=SimpleNamespace(champion=self._version),
            environment="prod",
            use_case="churn",
            key=KEY.public_keys(),
            load_version=self._loaded,
        )
        rollout = Rollout(cast(Source, source), cast(Holder, holder), self.kept.append, self.folder)
        rollout.refresh()
        return rollout, Batcher(self.kept.append, rollout.watch)

    def _version(self, name: str) -> Version:
        if self.stage is None:
            raise NoChampion(f"{name} has no challenger yet")
        return Version("2", "m-2", {stages.TAG: stages.seal(self.stage, self.key)})

    def _loaded(self, version: Version, _serving: Champion | None) -> Champion:
        return Champion(version.number, "b" * 40, "v1", cast(Any, self.challenger), version.model_id)


def until(wanted: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_shadow_is_counted_and_never_logged(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    rollout, batcher = fake.start()
    assert rollout.described()["challenger"] == {"version": "2", "step": 0, "stage": "shadow"}
    assert rollout.chosen(fake.champion, batch(1)) is None
    assert batcher.ask(fake.champion, batch(20, 30, 60)).result(SECONDS).scores == [40, 60, 120]
    until(lambda: rollout.counted().challenger.requests == 1)
    counted = rollout.counted()
    assert (counted.version, counted.step, counted.dropped) == ("2", 0, 0)
    for tally in (counted.champion, counted.challenger):
        assert (tally.requests, tally.errors, tally.scores) == (1, 0, [[1, 1, 1]])
        assert sum(tally.calls.values()) == 1
    assert [table["model_version"].unique().to_list() for table in fake.kept] == [["1"]]


def test_nobody_waits_for_a_challenger_that_hangs_and_what_it_misses_is_counted(tmp_path: Path) -> None:
    fake = Fake(tmp_path, challenger=model(waits=True))
    rollout, batcher = fake.start()
    for age in range(10):
        assert batcher.ask(fake.champion, batch(age)).result(SECONDS).scores == [2 * age]
    # One is being scored, and four wait.
    until(lambda: rollout.counted().dropped == 5)
    fake.challenger.go.set()
    until(lambda: rollout.counted().challenger.requests == 5)
    assert rollout.counted().champion.requests == 5


def test_what_the_challenger_fails_in_the_shadow_is_counted_by_request(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    rollout, batcher = fake.start()
    # It takes what the challenger refuses.
    fake.champion.model.__dict__["score"] = lambda table: table["age"].to_numpy()  # pyright: ignore
    batcher.ask(fake.champion, batch(-1)).result(SECONDS)
    batcher.ask(fake.champion, batch(5)).result(SECONDS)
    until(lambda: rollout.counted().challenger.requests == 2)
    assert rollout.counted().challenger.errors == 1


def test_a_weight_is_of_the_requests_and_the_same_ids_meet_the_same_version(tmp_path: Path) -> None:
    fake = Fake(tmp_path, CANARY)
    rollout, _ = fake.start()

    def chosen() -> set[int]:
        return {age for age in range(1000) if rollout.chosen(fake.champion, batch(age))}

    half = chosen()
    assert 440 < len(half) < 560 and half == chosen()
    keyed = [replace(batch(each), key="caller k-1") for each in range(20)]
    assert len({rollout.chosen(fake.champion, each) is None for each in keyed}) == 1
    fake.stage = replace(CANARY, step=2, weight=80)
    rollout.refresh()
    assert half < chosen()


def test_the_canary_is_logged_under_its_version_and_counted(tmp_path: Path) -> None:
    fake = Fake(tmp_path, CANARY)
    rollout, batcher = fake.start()
    found = rollout.challenger
    assert found
    rollout.batcher.ask(found.version, batch(60)).result(SECONDS)
    batcher.ask(fake.champion, batch(20)).result(SECONDS)
    until(lambda: rollout.counted().challenger.requests + rollout.counted().champion.requests == 2)
    assert (rollout.counted().challenger.scores, rollout.counted().champion.scores) == (
        [[0, 0, 1]],
        [[1, 0, 0]],
    )
    assert [table["model_version"].to_list() for table in fake.kept] == [["2"], ["1"]]


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        (replace(CANARY, environment="dev"), "the rollout is of dev churn 2 m-2, not of version 2"),
        (replace(CANARY, model_id="m-3"), "the rollout is of prod churn 2 m-3, not of version 2"),
        (replace(CANARY, champion="7"), ""),
    ],
)
def test_a_stage_of_another_model_or_champion_is_not_followed(
    tmp_path: Path, stage: Stage, reason: str
) -> None:
    fake = Fake(tmp_path, stage)
    rollout, _ = fake.start()
    assert (rollout.challenger, rollout.refused) == (None, reason)
    assert not any(rollout.chosen(fake.champion, batch(age)) for age in range(50))


def test_a_stage_of_another_key_is_refused(tmp_path: Path) -> None:
    rollout, _ = Fake(tmp_path, CANARY, OTHER).start()
    assert "not signed by this environment's release key" in rollout.refused
    assert rollout.described() == {"challenger": None, "challenger_refused": rollout.refused}


def test_a_challenger_with_other_inputs_is_refused(tmp_path: Path) -> None:
    other = Inputs(inputs=())
    rollout, _ = Fake(tmp_path, challenger=other).start()
    assert rollout.refused == "version 2 has other inputs or classes than champion 1"


def test_the_end_of_a_rollout_is_followed(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    rollout, _ = fake.start()
    fake.stage = None
    rollout.refresh()
    assert (rollout.challenger, rollout.refused, rollout.counted().version) == (None, "", None)


def test_counts_of_a_stage_outlive_the_process_and_not_the_stage(tmp_path: Path) -> None:
    fake = Fake(tmp_path, CANARY)
    rollout, batcher = fake.start()
    for age in range(3):
        batcher.ask(fake.champion, batch(age)).result(SECONDS)
    until(lambda: rollout.counted().champion.requests == 3)
    rollout.refresh()
    again, _ = fake.start()
    assert again.counted() == rollout.counted()
    fake.stage = replace(CANARY, step=2)
    again.refresh()
    assert (again.counted().champion.requests, again.counted().instance) == (0, rollout.counted().instance)
    assert Counted.read((tmp_path / "rollout.json").read_bytes()) == again.counted()
