"""A sample of a day's rows as coarse groups and normal scores, which adds up as counts do.

Each row has a key, a hash of its prediction's id. A key that begins with `n` zero bits is of level `n`, and
the sample is of all rows from the lowest level on that leaves no more than `MOST`. So which rows are in it is
the same in any partition and order.
"""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.bins import Counts
from ecluse_monitor.distance import Scores, contributions, normal_scores
from ecluse_monitor.scores import own_scores
from ecluse_monitor.slices import Codes, codes_of
from ecluse_monitor.worst import Far, far_rows, worst

MOST = 40_000
"""Rows of a sample; of a larger day it has half as many at least."""
_BITS = 53
"""Of a key, for its level: as many as a float holds exactly."""
_ARRAYS = ("keys", "codes", "scores")


@dataclass(frozen=True)
class Sample:
    """Some rows: `keys` have eight bytes each, `codes` and `scores` one per row and column.

    `far` are the rows that may be the most unusual of all once samples are added.
    """

    level: int = 0
    keys: bytes = b""
    codes: bytes = b""
    scores: bytes = b""
    far: tuple[Far, ...] = ()

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.keys) // 8

    def coded(self) -> Codes:
        """Rows × columns of the baseline's `slices`: the group of each value."""
        return _table(self.codes, np.uint8, self.rows).astype(np.int64)

    def scored(self) -> Scores:
        """Rows × columns of the baseline's `usual`: normal scores."""
        return _table(self.scores, np.int8, self.rows)

    def __add__(self, other: "Sample") -> "Sample":
        """Both together."""
        keys = self.keys + other.keys
        levels = _levels(np.frombuffer(keys, "<u8"))
        level = _level(levels, max(self.level, other.level))
        kept, far = levels >= level, [each for each in self.far + other.far if each.level >= level]
        return Sample(
            level,
            _of(keys, kept),
            _of(self.codes + other.codes, kept),
            _of(self.scores + other.scores, kept),
            worst(far),
        )

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        arrays = {name: base64.b64encode(getattr(self, name)).decode() for name in _ARRAYS}
        return {"level": self.level, **arrays, "far": [vars(far) for far in self.far]}


def from_json(found: dict[str, Any]) -> Sample:
    """The sample of a document."""
    arrays = {name: base64.b64decode(found[name]) for name in _ARRAYS}
    return Sample(found["level"], **arrays, far=tuple(Far(**each) for each in found["far"]))


def sample_of(rows: pl.DataFrame, version: str, baseline: Baseline, level: int = 0) -> Sample:
    """Of logged rows those from a level on, which a larger day has reached already.

    Empty where the training logged neither what is usual nor slices.
    """
    if not {"usual", "slices"} & baseline.keys() or not rows.height:
        return Sample()
    keys = _keys(rows)
    levels = _levels(keys)
    level = _level(levels, level)
    kept = np.flatnonzero(levels >= level)
    chosen, keys, levels = own_scores(rows[kept], version), keys[kept], levels[kept]
    codes = codes_of(chosen, baseline["slices"]["groups"]) if "slices" in baseline else np.empty(0)
    scores, far = np.empty(0, np.int8), tuple[Far, ...]()
    if "usual" in baseline:
        usual = baseline["usual"]
        scores = normal_scores(chosen, usual["columns"])
        far = far_rows(chosen, keys, levels, contributions(usual, scores), usual)
    return Sample(level, keys.tobytes(), codes.astype(np.uint8).tobytes(), scores.tobytes(), far)


def _keys(rows: pl.DataFrame) -> NDArray[np.uint64]:
    """Rows without an id are known by all that they hold."""
    ids = rows.get_column("prediction_id", default=None)
    if ids is None or ids.null_count():
        whole = rows.hash_rows()
        keys = (
            whole if ids is None else pl.select(pl.when(ids.is_not_null()).then(_hash(ids)).otherwise(whole))
        )
    else:
        keys = _hash(ids)
    return keys.to_numpy().ravel().astype("<u8")


def _hash(ids: pl.Series) -> pl.Series:
    return ids.cast(pl.String).hash()


def _levels(keys: NDArray[np.uint64]) -> Counts:
    return _BITS - np.frexp((keys >> np.uint64(64 - _BITS)).astype(np.float64))[1].astype(np.int64)


def _level(levels: Counts, lowest: int) -> int:
    """The lowest level of a sample."""
    while np.count_nonzero(levels >= lowest) > MOST:
        lowest += 1
    return lowest


def _table(found: bytes, kind: type[np.generic], rows: int) -> NDArray[Any]:
    return np.frombuffer(found, kind).reshape(rows, -1 if found else 0)


def _of(found: bytes, kept: NDArray[np.bool_]) -> bytes:
    """The bytes of those rows that are kept."""
    return found if kept.all() else _table(found, np.uint8, len(kept))[kept].tobytes()
