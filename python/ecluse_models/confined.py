"""A model that is loaded, and scores, in a process of its own, which the kernel keeps from all else.

Whoever asks may hold keys. It reads nothing of the model, and takes words and numbers from that process only.
"""

import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecluse_models import channel
from ecluse_models.folder import files_of
from ecluse_models.model import Model, ModelError, columns_of, require_numbers

PROGRAM = "ecluse_models.worker"
MEMORY_MIB = 512
"""What a model and its scoring may take, beyond the libraries."""
BATCH_ROWS: Final = 10_000
"""As many as the model server takes at once; more are scored one batch after the other."""
START_SECONDS, LOAD_SECONDS, SCORE_SECONDS = 60, 45, 30
"""How long a model may take for each; the first two together are less than a release waits for a reload."""

# The kernel ends a process with the thread that started it: this one goes on as long as its own process.
_starter = ThreadPoolExecutor(1, "models")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConfinedModel(Model):
    """A model in a process of its own; `confinement` says in words what locks it in."""

    confinement: str
    process: "_Process"

    def score(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """As every model. One that hangs or dies raises ModelError, and starts again for the next rows."""
        rows = table.select([column.name for column in self.inputs])
        scores = [self.process.score(batch) for batch in rows.iter_slices(BATCH_ROWS)]
        return np.concatenate([np.empty(0), *scores])


def confined_model(folder: Path) -> ConfinedModel:
    """Loads the model in an MLflow model folder, which may be removed then; raises ModelError."""
    process = _Process({name: path.open("rb") for name, path in files_of(folder).items()})
    confinement, described = process.start()
    _log.info("a model is confined by %s", confinement)
    try:
        fields: Any = json.loads(described)
        kind, name = str(fields["kind"]), str(fields["format"])
        if kind not in ("classifier", "regressor"):
            raise ValueError(kind)
        return ConfinedModel(kind, columns_of(fields["inputs"]), name, confinement, process)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"the model's process describes no model: {_words(repr(error))}") from None


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
        confinement = worker.ask(b"", channel.LOCKED, START_SECONDS)
        described = worker.ask(b"", channel.MODEL, LOAD_SECONDS)
        self.worker = worker
        return _words(confinement.decode(errors="replace")), described

    def score(self, rows: pl.DataFrame) -> NDArray[np.float64]:
        """A number of each row; raises ModelError."""
        buffer = BytesIO()
        rows.write_ipc_stream(buffer)
        question = channel.packed(channel.ROWS, buffer.getvalue())
        with self._turn():
            if self.worker is None or self.worker.has_ended():
                self.worker = None
                self.start()
                _log.warning("the process of a model had ended, and is started again")
            assert self.worker
            answer = self.worker.ask(question, channel.SCORES, SCORE_SECONDS)
            if len(answer) != 8 * rows.height:
                self.worker.end()
                raise ModelError(f"the model's process gave {len(answer)} bytes for {rows.height} rows")
        return require_numbers(np.frombuffer(answer, np.float64), rows.height)

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
        self._channel, other = socket.socketpair()
        numbers = {name: file.fileno() for name, file in files.items()}
        words = [str(other.fileno()), str(MEMORY_MIB), json.dumps(numbers)]
        with other:
            self._process = _starter.submit(
                subprocess.Popen,
                [sys.executable, "-sP", "-W", "ignore", "-m", PROGRAM, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                pass_fds=[other.fileno(), *numbers.values()],
            ).result()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def has_ended(self) -> bool:
        """Whether it answers no more."""
        return self._process.poll() is not None

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
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            code = 0
            self._process.kill()
            self._process.wait()
        self._channel.close()
        if code < 0:
            return (
                f"was ended by {signal.Signals(-code).name}; it may take more than {MEMORY_MIB} MiB of memory"
            )
        return f"ended by itself with exit code {code}" if code else ""


def _environment() -> dict[str, str]:
    """All that the process is given: where the platform's code is, and how many threads it starts."""
    given = {
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "MALLOC_ARENA_MAX": "2",
        "_RJEM_MALLOC_CONF": "background_thread:false",
    }
    threads = {"POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    compiled = {"PYTHONDONTWRITEBYTECODE": "1"} if sys.dont_write_bytecode else {}
    if sys.pycache_prefix:
        compiled["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    return {**given, **threads, **compiled}


def _words(text: str) -> str:
    """What a process said, short enough for a log and without what a terminal would follow."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:400])
