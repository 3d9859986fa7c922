"""Puts the many small blobs of a day's log together: reading must not grow with the number of requests.

It may be killed at any moment. The compacted blob is written whole, and those that it is made of are deleted
only after it is there. In between a prediction is in two blobs, and readers take each once. Where an erasure
searched meanwhile, the compacted blob may have what it did not see: it goes, and the next run makes another.
"""

import io
import uuid
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

import polars as pl

from ecluse_core.container import Container, Missing
from ecluse_monitor.erasure import GROUP_ROWS, erasures
from ecluse_monitor.predictions import THREADS, by_schema, loads

ROWS: Final = 250_000
"""From so many rows on a compacted blob is written."""
_FULL_BYTES: Final = 8 << 20
"""A blob of this size stays as it is: what is compacted each hour must not be written again each hour."""


@dataclass
class Compacted:
    """Blobs of predictions that were put together, and those that are there in their place."""

    read: int = 0
    written: int = 0


@dataclass
class _Gathered:
    """Predictions of equal columns: types must stay as they were logged, for the data contract."""

    names: list[str] = field(default_factory=list[str])
    frames: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    rows: int = 0

    def add(self, names: list[str], frames: list[pl.DataFrame]) -> None:
        """More of them; as one frame, since a day may be 100,000 blobs of a row each."""
        together = pl.concat(frames)
        self.names += names
        self.frames.append(together)
        self.rows += together.height


def compact(inference: Container, use_case: str, days: int, today: date | None = None) -> Compacted:
    """Compacts the last days of a use case's log, the present one among them; raises BlobError."""
    done, last = Compacted(), today or datetime.now(UTC).date()
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(days):
            folder = f"{use_case}/date={last - timedelta(days=number)}"
            erased = inference.etags(erasures(use_case))
            for gathered in _gathered(inference, folder, pool):
                name = _write(inference, folder, gathered)
                if inference.etags(erasures(use_case)) != erased:
                    inference.delete(name)
                    return done
                list(pool.map(partial(_delete, inference), gathered.names))
                done.read, done.written = done.read + len(gathered.names), done.written + 1
    return done


def _gathered(inference: Container, folder: str, pool: Executor) -> Iterator[_Gathered]:
    small = {name: size for name, size in inference.sizes(folder).items() if size < _FULL_BYTES}
    waiting: dict[str, _Gathered] = {}
    for names in loads(small):
        frames = list(pool.map(partial(_predictions, inference), names))
        found = [(name, frame) for name, frame in zip(names, frames, strict=True) if frame is not None]
        for schema, places in by_schema([frame for _, frame in found]).items():
            own = waiting.setdefault(schema, _Gathered())
            own.add([found[at][0] for at in places], [found[at][1] for at in places])
            if own.rows >= ROWS and len(own.names) > 1:
                yield waiting.pop(schema)
    yield from (own for own in waiting.values() if len(own.names) > 1)


def _predictions(inference: Container, name: str) -> pl.DataFrame | None:
    """The rows of a blob; None of one that is full, that another run took, or that is no log."""
    try:
        rows = pl.read_parquet(io.BytesIO(inference.read(name).content))
    except (Missing, pl.exceptions.PolarsError):
        return None
    ids = rows.get_column("prediction_id", default=None)
    # What is no log is left for the check, which names it.
    is_log = ids is not None and ids.dtype == pl.String and not ids.null_count()
    return rows if is_log and rows.height < ROWS else None


def _write(inference: Container, folder: str, gathered: _Gathered) -> str:
    """Writes the compacted blob; gives its name, which no other run has: it may delete it."""
    rows = pl.concat(gathered.frames).unique("prediction_id", keep="first", maintain_order=True)
    buffer = io.BytesIO()
    rows.sort("prediction_id").write_parquet(buffer, row_group_size=GROUP_ROWS)
    name = f"{folder}/compacted-{uuid.uuid4()}.parquet"
    inference.write(name, buffer.getvalue())
    return name


def _delete(inference: Container, name: str) -> None:
    with suppress(Missing):
        inference.delete(name)
