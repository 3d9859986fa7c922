"""The predictions that were logged on a day, in batches of bounded size, each once.

Small blobs are read together, by several threads. A prediction is known by its id: neither a caller that
sends a batch again nor a compaction that was killed half-way counts it twice.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_core.container import Container, Missing
from ecluse_monitor.errors import MonitorError

THREADS = 16
LOAD_BYTES = 24 << 20
LOAD_BLOBS = 512
"""Of blobs that are read together: two such loads are in memory at once."""
ATTEMPTS = 5
_BUCKETS = 16
_BITS = 28
"""Of an id's 64, by which it is known at once that it is new: 32 MB of memory."""


@dataclass(frozen=True)
class Part:
    """One of `of` parts of a day, by the first eight digits of a prediction's id, which are even ones.

    Copies of a prediction are in one part, and blobs that are sorted by id are read no further than needed.
    """

    index: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.of:
            raise MonitorError(f"--partition must be 0 to {self.of - 1} of {self.of}, got {self.index}")

    @property
    def condition(self) -> pl.Expr:
        """Holds for the rows of this part; those without an id are in the first."""
        id_ = pl.col("prediction_id").cast(pl.String)
        first, last = (f"{number * 2**32 // self.of:08x}" for number in (self.index, self.index + 1))
        over = id_ >= first if self.index else id_.is_null() | (id_ >= "")
        return over if self.index == self.of - 1 else over & (id_.is_null() | (id_ < last))


WHOLE = Part()


class Logged:
    """A day of a use case's log; `duplicates` are the rows that were left out so far."""

    def __init__(self, inference: Container, use_case: str, day: date, part: Part = WHOLE) -> None:
        self._inference = inference
        self._folder = f"{use_case}/date={day}"
        self._part = part
        self._once = Once()
        self.duplicates = 0

    def batches(self, columns: Sequence[str] = ()) -> Iterator[pl.DataFrame]:
        """Rows of equal columns, only of these where any are named; MonitorError names a bad blob."""
        read = set[str]()
        for _ in range(ATTEMPTS):
            sizes = self._inference.sizes(self._folder)
            found = {name: size for name, size in sizes.items() if name not in read}
            if not found:
                return
            gone = False
            for frames in self._loads(found, columns):
                # A compaction put it into another blob, which the next listing has.
                gone |= any(frame is None for frame in frames)
                for batch in _of_one_schema([frame for frame in frames if frame is not None]):
                    yield from self._first(batch)
            if not gone:
                return
            read |= found.keys()
        raise MonitorError(
            f"blobs of {self._folder} went away {ATTEMPTS} times while they were read; run again"
        )

    def _loads(self, sizes: Mapping[str, int], columns: Sequence[str]) -> Iterator[list[pl.DataFrame | None]]:
        wanted = {*columns, "prediction_id"} if columns else set[str]()
        with ThreadPoolExecutor(THREADS) as pool:
            ahead: list[Future[pl.DataFrame | None]] = []
            for names in loads(sizes):
                following = [pool.submit(self._frame, name, wanted) for name in names]
                if ahead:
                    yield [each.result() for each in ahead]
                ahead = following
            yield [each.result() for each in ahead]

    def _frame(self, name: str, columns: set[str]) -> pl.DataFrame | None:
        try:
            content = io.BytesIO(self._inference.read(name).content)
        except Missing:
            return None
        try:
            rows = pl.scan_parquet(content)
            names = rows.collect_schema().names()
            if self._part.of > 1:
                rows = self._own(rows, "prediction_id" in names)
            # Without any column there would be no rows either.
            kept = [each for each in names if each in columns] or names[:1] if columns else names
            return rows.select(kept).collect()
        except Exception as error:  # polars raises its own and Rust's errors for a damaged file
            raise MonitorError(f"blob {name} is no readable Parquet ({error}); remove it") from error

    def _own(self, rows: pl.LazyFrame, has_ids: bool) -> pl.LazyFrame:
        if has_ids:
            return rows.filter(self._part.condition)
        return rows if self._part.index == 0 else rows.head(0)

    def _first(self, batch: pl.DataFrame) -> Iterator[pl.DataFrame]:
        if "prediction_id" in batch.columns:
            new = self._once.new(batch["prediction_id"])
            if new is not None:
                self.duplicates += int(len(new) - new.sum())
                batch = batch.filter(pl.Series(new))
        if batch.height:
            yield batch


def loads(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """The names of blobs that are read together."""
    names, total = list[str](), 0
    for name, size in sizes.items():
        if names and (total + size > LOAD_BYTES or len(names) == LOAD_BLOBS):
            yield names
            names, total = [], 0
        names, total = [*names, name], total + size
    if names:
        yield names


def _of_one_schema(frames: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Frames of equal columns as one: another version of the model may have other inputs."""
    for places in by_schema(frames).values():
        yield pl.concat([frames[at] for at in places]) if len(places) > 1 else frames[places[0]]


def by_schema(frames: Sequence[pl.DataFrame]) -> dict[str, list[int]]:
    """The places of frames with equal columns and types, by these."""
    found: dict[str, list[int]] = {}
    for at, frame in enumerate(frames):
        found.setdefault(str(frame.schema), []).append(at)
    return found


class Once:
    """Which predictions are new. Each is known by 64 bits of its id: ten million of them take 80 MB.

    Of ten million ids two have the same 64 bits once in 370,000 days.
    """

    def __init__(self) -> None:
        self._bits = np.zeros(1 << (_BITS - 3), np.uint8)
        self._runs: list[list[NDArray[np.uint64]]] = [[] for _ in range(_BUCKETS)]

    def new(self, ids: pl.Series) -> NDArray[np.bool_] | None:
        """Which of these came for the first time; None where all did. A null is no id, and always new."""
        held = ids.is_not_null().to_numpy()
        hashes = ids.hash().to_numpy()
        if not held.all():
            first = held.copy()
            found = self.first(hashes[held])
            first[held] = True if found is None else found
            return None if first[held].all() else first | ~held
        return self.first(hashes)

    def first(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_] | None:
        """As `new` says, of the hashes of ids."""
        values = np.sort(hashes)
        is_known = self._is_known(values)
        fresh = ~is_known
        fresh[1:] &= values[1:] != values[:-1]
        self._add(values[fresh])
        if fresh.all():
            return None
        first = np.zeros(len(hashes), np.bool_)
        first[np.unique(hashes, return_index=True)[1]] = True
        return first & ~np.isin(hashes, values[is_known])

    def _is_known(self, values: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Of sorted values. Few have a bit that is set already: these alone are looked up."""
        cells, bits = _places(values)
        known = (self._bits[cells] & bits) != 0
        at = np.flatnonzero(known)
        for bucket, some in _split(values[at]):
            found = np.zeros(len(some), np.bool_)
            for run in self._runs[bucket]:
                place = np.minimum(np.searchsorted(run, some), len(run) - 1)
                found |= run[place] == some
            known[at[: len(some)]], at = found, at[len(some) :]
        return known

    def _add(self, values: NDArray[np.uint64]) -> None:
        """Adds sorted values. A run is merged with one that is no longer: each is copied a few times."""
        if not len(values):
            return
        cells, bits = _places(values)
        first = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]])
        self._bits[cells[first]] |= np.bitwise_or.reduceat(bits, first)
        for bucket, some in _split(values):
            runs = self._runs[bucket]
            runs += [some] if len(some) else []
            while len(runs) > 1 and len(runs[-2]) < 2 * len(runs[-1]):
                last = runs.pop()
                runs[-1] = np.sort(np.concatenate([runs[-1], last]), kind="stable")


def _places(values: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """The cell of each value, in the order of the values, and its bit there."""
    high = (values >> np.uint64(64 - _BITS)).astype(np.intp)
    return high >> 3, np.left_shift(1, high & 7).astype(np.uint8)


def _split(values: NDArray[np.uint64]) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    """Sorted values by bucket: of each, so that adding to one copies no other."""
    bounds = [bucket << 60 for bucket in range(1, _BUCKETS)]
    ends = np.searchsorted(values, np.array(bounds, np.uint64))
    return enumerate(np.split(values, ends))
