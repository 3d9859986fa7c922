"""The challenger of a rollout: scored beside the champion, or for a share of the requests, and counted.

What is done with it is the release's signed word (`ecluse_release/stage.py`). Nothing here decides on it. In
the shadow nobody waits for it, and no log has what it gives. In the canary a request that it fails is
answered by the champion.
"""

import hashlib
import json
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from ecluse_release import stage as stages
from ecluse_release.counted import Counted, Tally
from ecluse_release.manifest import ManifestError
from ecluse_release.stage import Stage
from ecluse_serving.batching import Asked, Batcher, Group, scored_together
from ecluse_serving.champion import Champion, Holder, LoadError, Source
from ecluse_serving.records import Batch
from ecluse_serving.registry import NoChampion, RegistryError

_WAITING: Final = 4
"""Calls to the champion, each of a few requests, that may wait for the challenger to score them too."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Challenger:
    """A verified version, its signed stage, and the counts of it."""

    version: Champion
    stage: Stage
    counts: "Counts"


class Counts:
    """What was counted in one stage; safe to use from several threads."""

    def __init__(self, stage: Stage, found: Counted | None = None) -> None:
        self._stage = stage
        self._lock = threading.Lock()
        self.champion, self.challenger, self.dropped = Tally(), Tally(), 0
        if found and (found.version, found.step, found.since) == (stage.version, stage.step, stage.since):
            self.champion, self.challenger = Tally.of(found.champion), Tally.of(found.challenger)
            self.dropped = found.dropped

    def champion_scored(self, group: Group) -> None:
        """Counts a call to the champion."""
        self._count(self.champion, group)

    def challenger_scored(self, group: Group) -> None:
        """Counts a call to the challenger."""
        self._count(self.challenger, group)

    def failed(self, requests: int = 1) -> None:
        """Counts requests that the challenger failed, and the champion scored."""
        with self._lock:
            self.challenger.requests += requests
            self.challenger.errors += requests

    def drop(self, requests: int = 1) -> None:
        """Counts requests that the challenger was too busy for."""
        with self._lock:
            self.dropped += requests

    def document(self, instance: str, refused: str) -> Counted:
        """All of it."""
        of = self._stage
        with self._lock:
            sides = self.champion.document(), self.challenger.document()
            return Counted.of(instance, (of.version, of.step, of.since), refused, sides, self.dropped)

    def _count(self, tally: Tally, group: Group) -> None:
        with self._lock:
            tally.call(len(group.asked), group.ended - group.began, group.scores, self._stage.edges)


class Rollout:
    """Follows the challenger that the registry names, as far as its signed stage is of the champion here."""

    def __init__(
        self, source: Source, holder: Holder, keep: Callable[[pl.DataFrame], None], folder: Path
    ) -> None:
        """`source` gives challengers; `keep` logs their answers; `folder` has the counts over a restart."""
        self._source, self._holder, self._path = source, holder, folder / "rollout.json"
        self._lock = threading.Lock()
        self._challenger: Challenger | None = None
        self._instance = str(uuid.uuid4())
        self._kept = self._read()
        self._shadowed: queue.Queue[tuple[Challenger, Group]] = queue.Queue(_WAITING)
        self.refused = ""
        """Why the challenger is not loaded, where there is one."""
        self.batcher = Batcher(keep, self._answered)
        threading.Thread(target=self._shadow, name="shadow", daemon=True).start()

    @property
    def challenger(self) -> Challenger | None:
        """The challenger of the champion that serves, or None."""
        found, champion = self._challenger, self._holder.champion
        return found if found and champion and found.stage.champion == champion.version else None

    def refresh(self) -> None:
        """Follows what the registry names now; `refused` has the reason where that cannot be loaded."""
        with self._lock:
            try:
                self._challenger, self.refused = self._found(), ""
            except NoChampion:
                self._challenger, self.refused = None, ""
            except LoadError as error:
                self._challenger, self.refused = None, str(error)
                _log.error("challenger refused: %s", error)
            self._write()

    def follow(self, period: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Refreshes each period, for ever."""
        while True:
            try:
                self.refresh()
            except Exception:
                _log.exception("the challenger could not be followed")
            sleep(period)

    def chosen(self, champion: Champion, batch: Batch) -> Challenger | None:
        """The challenger, where it is to answer this request.

        It is the same for all requests of a caller's key, and else for all of the same ids.
        """
        found = self.challenger
        if not found or found.stage.champion != champion.version:
            return None
        digest = hashlib.sha256(json.dumps([found.stage.model_id, batch.key or batch.ids]).encode()).digest()
        # A larger weight keeps the requests of a smaller one.
        return found if int.from_bytes(digest[:8]) * 100 < found.stage.weight << 64 else None

    def watch(self, group: Group) -> None:
        """Takes note of what the champion has answered; in the shadow the challenger is to score it too."""
        found = self.challenger
        if not found or group.asked[0].champion.version != found.stage.champion:
            return
        if found.stage.weight:
            found.counts.champion_scored(group)
            return
        try:
            self._shadowed.put_nowait((found, group))
        except queue.Full:
            found.counts.drop(len(group.asked))

    def described(self) -> dict[str, Any]:
        """The stage that this replica follows, and why it follows none, to any verified caller."""
        found = self.challenger
        stage = found and {
            "version": found.stage.version,
            "step": found.stage.step,
            "stage": found.stage.name,
        }
        return {"challenger": stage, "challenger_refused": self.refused}

    def counted(self) -> Counted:
        """The counts of this replica."""
        found = self.challenger
        if found:
            return found.counts.document(self._instance, self.refused)
        nothing = Tally().document()
        return Counted.of(self._instance, (None, None, None), self.refused, (nothing, nothing))

    def _found(self) -> Challenger:
        version = self._source.registry.champion(self._source.use_case)
        stage = stages.read(version.tags, self._source.key)
        of = stage.environment, stage.use_case, stage.version, stage.model_id
        if of != (self._source.environment, self._source.use_case, version.number, version.model_id):
            raise ManifestError(f"the rollout is of {' '.join(of)}, not of version {version.number}")
        if stage.ended:
            raise NoChampion(f"the rollout of version {stage.version} has ended")
        former = self._challenger
        if former and former.stage == stage:
            return former
        loaded = self._source.load_version(version, former.version if former else None)
        self._require_alike(loaded)
        _log.info("challenger is version %s, %s", stage.version, stage.name)
        kept, self._kept = self._kept, None
        return Challenger(loaded, stage, Counts(stage, kept))

    def _require_alike(self, loaded: Champion) -> None:
        champion = self._holder.champion
        if champion is None:
            raise RegistryError(f"version {loaded.version} waits: no champion serves here yet")
        own, other = ((each.model.inputs, each.model.classes) for each in (champion, loaded))
        if own != other:
            raise ManifestError(
                f"version {loaded.version} has other inputs or classes than champion {champion.version}"
            )

    def _answered(self, group: Group) -> None:
        """Counts what the challenger has answered in the canary."""
        found = self._challenger
        if found and group.asked[0].champion is found.version:
            found.counts.challenger_scored(group)

    def _shadow(self) -> None:
        """Scores by the challenger what the champion has answered, for ever."""
        while True:
            found, group = self._shadowed.get()
            try:
                asked = [Asked(found.version, each.batch) for each in group.asked]
                scored = scored_together(asked)
                found.counts.champion_scored(group)
                for each in scored:
                    found.counts.challenger_scored(each)
                found.counts.failed(len(asked) - sum(len(each.asked) for each in scored))
            except Exception:
                _log.exception("the challenger could not be counted")

    def _read(self) -> Counted | None:
        """What an ended process has counted on this disk: it goes on under its name."""
        with suppress(OSError, ValueError):
            found = Counted.read(self._path.read_bytes())
            self._instance = found.instance
            return found
        return None

    def _write(self) -> None:
        if not self._challenger:
            return
        draft = self._path.with_suffix(".new")
        try:
            draft.write_text(self._challenger.counts.document(self._instance, "").model_dump_json())
            draft.rename(self._path)
        except OSError as error:
            _log.error("the counts of the rollout are lost by a restart: %s", error)
