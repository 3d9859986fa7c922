"""What a replica of the model server has counted in a stage of a rollout; no row and no caller is in it.

The model server gives it at `GET /rollout` and keeps it on its own disk. The release adds up all replicas.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ecluse_core.settings import Document

_GROWTH = math.log(1.1)
"""Durations are counted in bins, each a tenth longer than the one before."""


class TallyDocument(Document):
    """A tally, as JSON."""

    requests: int
    errors: int
    calls: dict[int, int]
    scores: list[list[int]]


class Counted(Document):
    """The counts of one replica.

    `instance` names its disk, `version` and `step` the stage that it follows, null for none. `dropped` are
    requests that the challenger would have had and was too busy for. `refused` says why it is not loaded.
    """

    instance: str
    version: str | None
    step: int | None
    since: str | None
    refused: str
    dropped: int
    champion: TallyDocument
    challenger: TallyDocument

    @classmethod
    def of(
        cls,
        instance: str,
        stage: tuple[str | None, int | None, str | None],
        refused: str,
        tallies: tuple[TallyDocument, TallyDocument],
        dropped: int = 0,
    ) -> Self:
        """The counts of version, step and start of a stage, of its champion and its challenger."""
        version, step, since = stage
        champion, challenger = tallies
        return cls(
            instance=instance,
            version=version,
            step=step,
            since=since,
            refused=refused,
            dropped=dropped,
            champion=champion,
            challenger=challenger,
        )

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """The counts of a JSON text; raises ValueError."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise ValueError(f"the counts of the rollout cannot be read: {error}") from None


@dataclass
class Tally:
    """What one version did: its requests, errors, calls by duration, and rows by score.

    `calls` has how many calls took from 1.1^bin seconds on; `scores` how many rows are in each bin between
    the edges of the stage, for each column.
    """

    requests: int = 0
    errors: int = 0
    calls: Counter[int] = field(default_factory=Counter[int])
    scores: list[list[int]] = field(default_factory=list[list[int]])

    @classmethod
    def of(cls, found: TallyDocument) -> Self:
        """The tally of a document."""
        return cls(found.requests, found.errors, Counter(found.calls), [list(each) for each in found.scores])

    def document(self) -> TallyDocument:
        """The tally as JSON has it."""
        scores = [list(each) for each in self.scores]
        return TallyDocument(
            requests=self.requests, errors=self.errors, calls=dict(self.calls), scores=scores
        )

    def call(
        self, requests: int, seconds: float, scores: NDArray[np.float64], edges: Sequence[Sequence[float]]
    ) -> None:
        """Counts a call to the model that scored these requests."""
        self.requests += requests
        self.calls[bin_of(seconds)] += 1
        self._add_scores(binned(scores, edges))

    def add(self, other: "Tally") -> None:
        """Adds what another replica has counted."""
        self.requests += other.requests
        self.errors += other.errors
        self.calls.update(other.calls)
        self._add_scores(other.scores)

    def _add_scores(self, scores: Sequence[Sequence[int]]) -> None:
        own = self.scores or [[0] * len(each) for each in scores]
        self.scores = [[a + b for a, b in zip(*both, strict=True)] for both in zip(own, scores, strict=True)]


def bin_of(seconds: float) -> int:
    """The bin of a duration."""
    return math.floor(math.log(max(seconds, 1e-6)) / _GROWTH)


def seconds_of(number: int) -> float:
    """The middle of a bin of durations."""
    return math.exp((number + 0.5) * _GROWTH)


def columns(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores as rows × columns: of several classes a column for each, else one."""
    return scores.reshape(len(scores), -1)


def binned(scores: NDArray[np.float64], edges: Sequence[Sequence[float]]) -> list[list[int]]:
    """How many scores are in each bin between the edges of their column, and beyond both ends."""
    numbers = (
        np.searchsorted(own, scores, "right") for own, scores in zip(edges, columns(scores).T, strict=True)
    )
    sizes = (len(own) + 1 for own in edges)
    return [np.bincount(n, minlength=size).tolist() for n, size in zip(numbers, sizes, strict=True)]


BINS = 40


def edges_of(scores: NDArray[np.float64]) -> list[list[float]]:
    """Edges between which a champion's scores are about equally many, for each column."""
    shares = np.linspace(0, 1, BINS + 1)[1:-1]
    quantiles = np.quantile(columns(scores), shares, axis=0).T
    return [sorted({float(f"{edge:.9g}") for edge in own}) for own in quantiles]
