"""Scores the requests that wait at the same time by one call to the model, and logs them by one write.

A call costs milliseconds whether it has one row or a hundred. Nobody waits for others to come: whoever comes
while the model is busy goes together in the next call. Each request gets its own scores, or its own error.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_models.confined import BATCH_ROWS
from ecluse_models.model import ModelError
from ecluse_serving.champion import Champion
from ecluse_serving.log import prediction_ids, prediction_table
from ecluse_serving.records import Batch, table_of

WAITING_ROWS: Final = 10 * BATCH_ROWS
"""As many may wait; each takes some hundred bytes."""
_THREADS: Final = 2
"""One waits for the disk while the other scores."""
_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class Busy(Exception):
    """More rows wait than are taken; the caller asks again later."""


@dataclass(frozen=True)
class Scored:
    """Of one request: the prediction id and the score of each row, and the seconds of each step.

    A model of several classes has a number of each class in the place of a score.
    """

    ids: Sequence[str]
    scores: Sequence[Any]
    seconds: dict[str, float]


@dataclass(frozen=True)
class Asked:
    """A request that waits for its scores."""

    champion: Champion
    batch: Batch
    answer: Future[Scored] = field(default_factory=Future[Scored])
    since: float = field(default_factory=time.perf_counter)

    @property
    def rows(self) -> int:
        """How many it has."""
        return len(self.batch.ids)


@dataclass(frozen=True)
class Group:
    """Requests that one call to the model has scored, with the table of their rows."""

    asked: Sequence[Asked]
    table: pl.DataFrame
    scores: NDArray[np.float64]
    began: float
    ended: float


class Batcher:
    """Takes requests from any thread, and answers each when `keep` has the table of its predictions."""

    def __init__(
        self, keep: Callable[[pl.DataFrame], None], watch: Callable[[Group], None] | None = None
    ) -> None:
        """`watch` is given what was answered."""
        self._keep, self._watch = keep, watch
        self._waiting: deque[Asked] = deque()
        self._rows = 0
        self._came = threading.Condition()
        self._turn = threading.Lock()
        for number in range(_THREADS):
            threading.Thread(target=self._work, name=f"scoring-{number}", daemon=True).start()

    def ask(self, champion: Champion, batch: Batch) -> Future[Scored]:
        """The scores to come, or ModelError or LogError; raises Busy."""
        asked = Asked(champion, batch)
        with self._came:
            if self._rows + asked.rows > WAITING_ROWS:
                raise Busy(f"{self._rows} rows wait already, and {WAITING_ROWS} may; send these again later")
            self._waiting.append(asked)
            self._rows += asked.rows
            self._came.notify()
        return asked.answer

    def _work(self) -> None:
        while True:
            with self._turn:
                asked = self._taken()
                groups = _settled(asked, lambda asked=asked: scored_together(asked)) or []
            for group in groups:
                _settled(group.asked, lambda group=group: self._logged(group))

    def _taken(self) -> list[Asked]:
        """The next requests for one and the same champion, as far as they fit in one call."""
        with self._came:
            self._came.wait_for(lambda: self._waiting)
            taken, rows = [self._waiting.popleft()], 0
            while self._waiting and self._waiting[0].champion is taken[0].champion:
                rows += taken[-1].rows
                if rows + self._waiting[0].rows > BATCH_ROWS:
                    break
                taken.append(self._waiting.popleft())
            self._rows -= sum(each.rows for each in taken)
            return taken

    def _logged(self, group: Group) -> None:
        """Answers a group, once its predictions are kept."""
        batches = [each.batch for each in group.asked]
        champion = group.asked[0].champion
        version, classes, redacted = champion.version, champion.model.classes, champion.model.redacted
        ends = np.cumsum([each.rows for each in group.asked])[:-1]
        own_scores = [scores.tolist() for scores in np.split(group.scores, ends)]
        ids = [
            prediction_ids(batch, version, scores, redacted)
            for batch, scores in zip(batches, own_scores, strict=True)
        ]
        every = [id_ for own in ids for id_ in own]
        # From here on nobody has them: neither the server's disk nor the store.
        logged = group.table.drop(redacted)
        self._keep(prediction_table(batches, logged, version, group.scores, every, classes))
        kept = time.perf_counter()
        for each, own, scores in zip(group.asked, ids, own_scores, strict=True):
            waited, scored = group.began - each.since, group.ended - group.began
            seconds = {"wait": waited, "model": scored, "log": kept - group.ended}
            each.answer.set_result(Scored(own, scores, seconds))
        if self._watch:
            self._watch(group)


def scored_together(asked: Sequence[Asked]) -> list[Group]:
    """Scores requests by one call; where that fails each by its own, so that none fails for another."""
    table = table_of([each.batch for each in asked])
    began = time.perf_counter()
    try:
        scores = asked[0].champion.model.score(table)
    except ModelError as error:
        if len(asked) == 1:
            asked[0].answer.set_exception(error)
            return []
        _log.warning("%s requests could not be scored together, and are scored alone: %s", len(asked), error)
        return [group for each in asked for group in scored_together([each])]
    return [Group(asked, table, scores, began, time.perf_counter())]


def _settled(asked: Sequence[Asked], step: Callable[[], _Result]) -> _Result | None:
    """What a step gives; when it fails, each request that has no answer yet gets the error."""
    try:
        return step()
    except Exception as error:
        for each in asked:
            if not each.answer.done():
                each.answer.set_exception(error)
        return None
