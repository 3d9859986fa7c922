"""Predictions on the server's own disk, from before they are given until the store has them.

A segment is a file of frames, each synced before whoever waits for it is answered. Its writer holds a lock on
it: what has no lock is complete, whichever process wrote it, and `shipping.py` may take it.
"""

import fcntl
import logging
import os
import struct
import threading
import uuid
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from ecluse_serving.log import LogError

MOST_BYTES: Final = 256 << 20
"""What may wait for the store: less than the disk of a pod, which is ended when it takes more."""
SEGMENT_BYTES: Final = 16 << 20
"""From so many bytes on a segment is complete: it is read into memory."""
_HEADER: Final = struct.Struct("<16sQI")
_SUFFIX: Final = ".journal"
_log = logging.getLogger(__name__)


class Journal:
    """Frames in a folder, which several processes may share; safe to use from several threads."""

    def __init__(self, folder: Path, most: int = MOST_BYTES, segment: int = SEGMENT_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder, self._most, self._segment = folder, most, segment
        self._lock = threading.Lock()
        self._open: tuple[int, bytes] | None = None
        self.is_full = threading.Event()
        """A segment is complete before its time; whoever ships waits for this."""

    def append(self, content: bytes) -> None:
        """Keeps a frame, so that neither `kill -9` nor a loss of power takes it; raises LogError."""
        with self._lock:
            try:
                waiting = backlog(self.folder)
                if waiting + len(content) > self._most:
                    raise LogError(
                        f"predictions are not logged: {waiting >> 20} MiB wait for the store, and "
                        f"{self._most >> 20} may; it takes none, as the server's log says"
                    )
                self._write(content)
            except OSError as error:
                raise LogError(f"predictions are not logged: the server's disk: {error.strerror}") from None

    def complete(self) -> None:
        """Completes the open segment: the next frame begins another one."""
        with self._lock:
            self._close()

    def _write(self, content: bytes) -> None:
        number, mark = self._open or self._begun()
        end = os.fstat(number).st_size
        left = memoryview(_HEADER.pack(mark, len(content), zlib.crc32(content)) + content)
        try:
            while left:
                left = left[os.write(number, left) :]
            os.fdatasync(number)
        except OSError:
            # What was not answered goes, if it can. After a failed sync nobody knows what the disk has.
            with suppress(OSError):
                os.ftruncate(number, end)
            self._close()
            raise
        if end + len(content) > self._segment:
            self._close()
            self.is_full.set()

    def _begun(self) -> tuple[int, bytes]:
        """A new segment. It has its lock before it has its name: nobody takes it for a complete one."""
        name = uuid.uuid4()
        draft, path = self.folder / f"{name}.new", self.folder / f"{name}{_SUFFIX}"
        number = os.open(draft, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._open = number, name.bytes
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            draft.rename(path)
            _sync_folder(self.folder)
        except OSError:
            self._close()
            draft.unlink(missing_ok=True)
            raise
        return self._open

    def _close(self) -> None:
        if self._open:
            number, self._open = self._open[0], None
            os.close(number)


def segments(folder: Path) -> list[Path]:
    """The segments of a folder, complete or not, those of other processes too."""
    return sorted(path for path in folder.iterdir() if path.suffix == _SUFFIX)


def backlog(folder: Path) -> int:
    """The bytes of all segments of a folder."""
    total = 0
    for path in segments(folder):
        with suppress(FileNotFoundError):  # the store has it by now
            total += path.stat().st_size
    return total


@contextmanager
def taken(path: Path) -> Generator[bytes | None]:
    """A complete segment's bytes, kept from other processes meanwhile; None where it is not, or is gone."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file.read() if _locked(file) else None


def _locked(file: BinaryIO) -> bool:
    """Whether a segment is this process's alone now; one that was removed meanwhile is nobody's."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(file.fileno()).st_nlink > 0


def frames(path: Path, content: bytes) -> Iterator[bytes]:
    """The intact frames of a segment.

    A last one that `kill -9` cut off was never answered. After damaged bytes the next frame is found by its
    mark, which is the segment's own: no caller can have it in a row.
    """
    mark, at, whole = uuid.UUID(path.stem).bytes, 0, 0
    while (found := content.find(mark, at)) >= 0:
        frame = _frame(content, found)
        if frame is not None:
            yield frame
        size = _HEADER.size + len(frame) if frame is not None else 0
        at, whole = found + max(size, 1), whole + size
    if whole < len(content):
        damaged = len(content) - whole
        _log.warning("%s has %s bytes that are no whole frame, and are left out", path.name, damaged)


def _frame(content: bytes, at: int) -> bytes | None:
    """The frame that begins here; None where it is not whole, or not as it was written."""
    begin = at + _HEADER.size
    if begin > len(content):
        return None
    _, length, crc = _HEADER.unpack_from(content, at)
    frame = content[begin : begin + length]
    return frame if len(frame) == length and zlib.crc32(frame) == crc else None


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
