"""A model that is loaded, and scores, in a process of its own, which the kernel keeps from all else.

Whoever asks may hold keys. It reads nothing of the model, and takes words and numbers from that process only.
"""

import contextlib
import json
import logging
import signal
import socket
import threading
import time
import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_core.answer import wrong_classes
from ecluse_models import channel
from ecluse_models.folder import files_of
from ecluse_models.fork_server import ForkServer
from ecluse_models.model import Model, ModelError, columns_of, require_numbers, wrong_redacted

PROGRAM: tuple[str, ...] = ("ecluse_models.worker",)
"""The program of a model's process."""
MEMORY_MIB = 512
"""What a model and its scoring may take, beyond the libraries."""
BATCH_ROWS: Final = 10_000
"""As many as the model server takes at once; more are scored one batch after the other."""
LOCK_SECONDS, LOAD_SECONDS, SCORE_SECONDS = 15, 45, 30
"""How long each may take; the first two, with a fork server's start, are less than a release waits."""

_servers: dict[tuple[str, ...], ForkServer] = {}
_starting = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConfinedModel(Model):
    """A model in a process of its own; `confinement` says in words what locks it in."""

    confinement: str
    process: "_Process"
    size: int
    """Bytes of its files."""

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model. One that hangs or dies raises ModelError, and starts again for the next rows."""
        rows = table.select([column.name for column in self.inputs])
        width = len(self.classes)
        # An answer has a bounded size, whatever the number of classes.
        batches = rows.iter_slices(BATCH_ROWS // max(width, 1))
        scores = [self.process.score(batch, width) for batch in batches]
        return np.concatenate([np.empty((0, width) if width else 0), *scores])

    def processor_seconds(self, table: pl.DataFrame) -> float:
        """Scores a table of at most a batch, and gives the processor time that its process took for it.

        The kernel counts it, so that the model has no say in it and other work on the machine hardly one.
        """
        before = self.process.clock()
        self.score(table)
        after = self.process.clock()
        if after[0] != before[0]:
            raise ModelError("the model's process ended while it was measured")
        return after[1] - before[1]


def confined_model(folder: Path) -> ConfinedModel:
    """Loads the model in an MLflow model folder, which may be removed then; raises ModelError."""
    files = files_of(folder)
    size = sum(path.stat().st_size for path in files.values())
    process = _Process({name: path.open("rb") for name, path in files.items()})
    confinement, described = process.start()
    _log.info("a model is confined by %s", confinement)
    try:
        fields: Any = json.loads(described)
        kind, name = str(fields["kind"]), str(fields["format"])
        if kind not in ("classifier", "multiclass", "regressor"):
            raise ValueError(kind)
        inputs, classes = columns_of(fields["inputs"]), tuple(fields["classes"])
        redacted = fields["redacted"]
        wrong = wrong_classes(classes) if kind == "multiclass" or classes else ""
        wrong = wrong or wrong_redacted(redacted, inputs)
        if wrong:
            raise ValueError(wrong)
        return ConfinedModel(
            kind, inputs, name, confinement, process, size, classes=classes, redacted=tuple(redacted)
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"the model's process describes no model: {_words(repr(error))}") from None


def _fork_server() -> ForkServer:
    """That of this process, which is started at its first use, and again when it has ended."""
    with _starting:
        server = _servers.get(PROGRAM)
        if server is None or server.has_ended():
            server = _servers[PROGRAM] = ForkServer(PROGRAM)
        return server


class _Process:
    """The process of a model, which is started again when it has ended; it scores one batch at a time."""

    def __init__(self, files: Mapping[str, BinaryIO]) -> None:
        self._files = files
        self.lock = threading.Lock()
        self.worker: _Worker | None = None

    def start(self) -> tuple[str, bytes]:
        """Starts it, and has it load the model; gives what confines it, and its description of the model."""
        worker = _Worker(self._files)
        weakref.finalize(self, worker.end)
        confinement = worker.ask(b"", channel.LOCKED, LOCK_SECONDS)
        described = worker.ask(b"", channel.MODEL, LOAD_SECONDS)
        self.worker = worker
        return _words(confinement.decode(errors="replace")), described

    def score(self, rows: pl.DataFrame, classes: int) -> NDArray[np.float64]:
        """A number of each row, or of each row and class; raises ModelError."""
        buffer = BytesIO()
        rows.write_ipc_stream(buffer)
        question = channel.packed(channel.ROWS, buffer.getvalue())
        with self._turn():
            if self.worker is None or self.worker.has_ended():
                if self.worker:
                    self.worker.end()
                self.worker = None
                self.start()
                _log.warning("the process of a model had ended, and is started again")
            assert self.worker
            answer = self.worker.ask(question, channel.SCORES, SCORE_SECONDS)
            if len(answer) != 8 * rows.height * max(classes, 1):
                self.worker.end()
                raise ModelError(f"the model's process gave {len(answer)} bytes for {rows.height} rows")
        scores = np.frombuffer(answer, np.float64)
        return require_numbers(scores.reshape(-1, classes) if classes else scores, rows.height, classes)

    def clock(self) -> tuple[int, float]:
        """Number of its process, and the processor time of all its threads so far, in seconds."""
        try:
            assert self.worker
            # The clock of another process, as clock_getcpuclockid(3) makes it; Python has it of threads only.
            return self.worker.pid, time.clock_gettime(~self.worker.pid << 3 | 2)
        except OSError:
            raise ModelError("the model's process has ended") from None

    @contextmanager
    def _turn(self) -> Generator[None]:
        """Waits for its turn, but not for ever: whoever waits keeps a thread of the model server."""
        if not self.lock.acquire(timeout=SCORE_SECONDS):
            raise ModelError(f"the model was busy with other rows for {SCORE_SECONDS} s; send these again")
        try:
            yield
        finally:
            self.lock.release()


class _Worker:
    """One process, and the channel to it."""

    def __init__(self, files: Mapping[str, BinaryIO]) -> None:
        self._server = _fork_server()
        self._channel, other = socket.socketpair()
        with other:
            numbers = [other.fileno(), *(file.fileno() for file in files.values())]
            self.pid = self._server.fork(MEMORY_MIB, list(files), numbers)
        self._ended, self._code = False, 0

    def has_ended(self) -> bool:
        """Whether it answers no more."""
        try:
            self._channel.settimeout(0)
            return not self._channel.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def ask(self, question: bytes, kind: bytes, seconds: float) -> bytes:
        """Its next answer, which has to be of this kind; else ModelError, in words."""
        end = time.monotonic() + seconds
        try:
            if question:
                self._channel.settimeout(seconds)
                self._channel.sendall(question)
            got, content = channel.unpacked(lambda length: self._read(length, end), channel.LONGEST_TEXT)
        except TimeoutError:
            self.end()
            raise ModelError(f"the model gave no answer within {seconds} s, and was ended") from None
        except (OSError, EOFError, ValueError) as error:
            raise ModelError(f"the model's process {self.end(1) or error}") from None
        if got == kind:
            return content
        if got != channel.REFUSAL:
            self.end()
        if got not in (channel.REFUSAL, channel.FAILURE):
            raise ModelError("the model's process gave an answer of another kind, and was ended")
        raise ModelError(_words(content.decode(errors="replace")))

    def _read(self, length: int, end: float) -> bytes:
        content = bytearray()
        while len(content) < length:
            self._channel.settimeout(max(end - time.monotonic(), 0.001))
            chunk = self._channel.recv(min(length - len(content), 1 << 20))
            if not chunk:
                raise EOFError("closed its channel")
            content += chunk
        return bytes(content)

    def end(self, patience: float = 0) -> str:
        """Ends it; in words how it ended by itself, if it does so within so many seconds."""
        if not self._ended:
            # Once: its number may be that of another process later.
            self._ended = True
            with contextlib.suppress(ModelError):  # a fork server that has ended took it along
                self._code = self._server.end(self.pid, patience)
            self._channel.close()
        if self._code < 0:
            name = signal.Signals(-self._code).name
            return f"was ended by {name}; it may take more than {MEMORY_MIB} MiB of memory"
        return f"ended by itself with exit code {self._code}" if self._code else ""


def _words(text: str) -> str:
    """What a process said, short enough for a log and without what a terminal would follow."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:400])
