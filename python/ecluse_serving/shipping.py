"""Takes predictions from the server's disk to the store, many requests in one Parquet blob.

A segment's blobs have names that follow from its own: a run that was killed before it removed the segment
writes the same ones again. Where a compaction has taken them meanwhile, readers drop what is there twice.
"""

import io
import logging
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ecluse_core.container import BlobError, Container
from ecluse_serving.journal import Journal, frames, segments, taken
from ecluse_serving.log import LogError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shipper:
    """Ships the segments of a journal's folder, those that ended processes left there too."""

    journal: Journal
    container: Container
    use_case: str
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, table: pl.DataFrame) -> None:
        """Has predictions on the disk, from where they go to the store later; raises LogError."""
        buffer = io.BytesIO()
        table.write_ipc_stream(buffer)
        self.journal.append(buffer.getvalue())

    def ship(self) -> None:
        """Has all in the store that was kept before this is called; raises LogError where that fails."""
        with self._lock:
            try:
                # First what is complete: while the store is away the open one grows, and not their number.
                self._ship_complete()
                self.journal.complete()
                self._ship_complete()
            except (BlobError, OSError) as error:
                raise LogError(f"predictions cannot be shipped: {error}") from None

    def follow(self, period: float) -> None:
        """Ships each period, and as soon as a segment is full; for ever."""
        while True:
            self.journal.is_full.wait(period)
            self.journal.is_full.clear()
            try:
                self.ship()
            except LogError as error:
                _log.error("%s; they stay on the disk, and are tried again in %s s", error, period)
            except Exception:
                _log.exception("predictions could not be shipped")

    def _ship_complete(self) -> None:
        for path in segments(self.journal.folder):
            with taken(path) as content:
                if content is not None:
                    self._ship_segment(path, content)

    def _ship_segment(self, path: Path, content: bytes) -> None:
        try:
            found = [pl.read_ipc_stream(frame) for frame in frames(path, content)]
        except Exception:  # of another version of polars: it must not keep what is behind it from the store
            _log.exception("%s cannot be read, and is set aside; its predictions are not in the store", path)
            path.rename(path.with_suffix(".damaged"))
            return
        for number, (day, table) in enumerate(_by_day(found)):
            name = uuid.uuid5(uuid.UUID(path.stem), str(number))
            buffer = io.BytesIO()
            table.write_parquet(buffer)
            self.container.write(f"{self.use_case}/date={day}/{name}.parquet", buffer.getvalue())
        path.unlink()


def _by_day(tables: list[pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Predictions of a day (UTC) and of equal columns and types, always in the same order."""
    groups: dict[str, list[pl.DataFrame]] = {}
    for table in tables:
        groups.setdefault(str(table.schema), []).append(table)
    for same in groups.values():
        every = pl.concat(same)
        day = every["time"].dt.date()
        for each in day.unique().sort():
            yield each.isoformat(), every.filter(day == each)
