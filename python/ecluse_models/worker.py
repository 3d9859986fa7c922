"""The processes of models: `python -m ecluse_models.worker CONTROL`.

CONTROL is the number of an open socket, whose other end `fork_server.py` has. This process imports the
libraries of models, and forks for each model that it is asked for. That child locks itself, and only then
looks at its model.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from io import BytesIO
from typing import Any, NoReturn

from ecluse_core.light import UNUSED_BY_MODELS, hide_libraries
from ecluse_models import channel
from ecluse_models.lockdown import Lockdown, end_with, require_one_thread

_CHANNEL = 3
_LONGEST_ROWS = 1 << 30


def main(words: list[str]) -> None:
    """Answers until the other end of the socket is closed."""
    os.dup2(int(words[-1]), _CHANNEL)
    _close_others()
    with socket.socket(fileno=_CHANNEL) as control:
        try:
            end_with(os.getppid())
            # In the release as in the model server: what passes there can be served.
            hide_libraries(UNUSED_BY_MODELS)
            preload()
            require_one_thread()
        except Exception as error:
            # The first question is read: what is unread when a socket closes takes the answer along.
            control.recv(channel.LONGEST_PACKET)
            control.send(json.dumps({"failure": str(error)}).encode())
            return
        while _answered(control):
            pass


def preload() -> None:
    """Imports the libraries of all formats, none of which may start a thread: a fork would lose it.

    One that the machine lacks, as LightGBM without the system's OpenMP, is missing to its own models only.
    """
    from ecluse_models.formats import FORMATS
    from ecluse_models.model import ModelError

    for each in FORMATS:
        with contextlib.suppress(ImportError, OSError, ModelError):
            each.preload()


def prepare() -> None:
    """Imports what else models of any format need, and has polars start its threads: later it cannot."""
    import polars as pl

    from ecluse_models.formats import FORMATS

    for each in FORMATS:
        each.prepare()
    stream = BytesIO()
    pl.DataFrame({"number": [1.0], "text": [None]}).write_ipc_stream(stream)
    pl.read_ipc_stream(stream.getvalue()).select(pl.all().is_null()).to_numpy()


def _answered(control: socket.socket) -> bool:
    """Does what the next packet asks for; False when nobody asks any more."""
    content, numbers, _, _ = socket.recv_fds(control, channel.LONGEST_PACKET, channel.MOST_FILES)
    if not content:
        return False
    question: dict[str, Any] = json.loads(content)
    try:
        if "end" in question:
            answer = {"code": _ended(int(question["end"]), float(question["patience"]))}
        else:
            answer = {"pid": _forked(int(question["memory"]), question["files"], numbers)}
    except OSError as error:  # no process is left, or no memory for one
        answer = {"failure": str(error)}
    for number in numbers:
        os.close(number)
    control.send(json.dumps(answer).encode())
    return True


def _forked(memory: int, names: list[str], numbers: list[int]) -> int:
    """The process of a new model: the first of the open files is its channel, the others are the model's."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _run(parent, memory, numbers[0], dict(zip(names, numbers[1:], strict=True)))
    return pid


def _ended(pid: int, patience: float) -> int:
    """Ends a process, unless it ends by itself in so many seconds; as `subprocess` has its exit code."""
    end = time.monotonic() + patience
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return 0
        time.sleep(0.005)


def _run(parent: int, memory: int, own: int, numbers: Mapping[str, int]) -> NoReturn:
    """The model, in its own process."""
    os.dup2(own, _CHANNEL)
    try:
        lockdown = Lockdown(parent)
        files = {name: _content(number) for name, number in numbers.items()}
        _close_others()
        prepare()
        _answer(channel.LOCKED, lockdown.finish(memory << 20).encode())
        _serve(files)
    except MemoryError:
        _answer(channel.FAILURE, f"the model takes more than {memory} MiB of memory".encode())
    except Exception as error:
        _answer(channel.FAILURE, _text(str(error)))
    os._exit(1)


def _content(number: int) -> bytes:
    with os.fdopen(number, "rb") as file:
        file.seek(0)
        return file.read()


def _close_others() -> None:
    os.closerange(_CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))


def _serve(files: Mapping[str, bytes]) -> None:
    import polars as pl

    from ecluse_models.formats import load_files
    from ecluse_models.model import ModelError

    model = load_files(files)
    inputs = [asdict(column) for column in model.inputs]
    described = {
        **{"kind": model.kind, "format": model.format, "inputs": inputs},
        **{"classes": model.classes, "redacted": model.redacted},
    }
    _answer(channel.MODEL, json.dumps(described).encode())
    while True:
        _, content = channel.unpacked(_read, _LONGEST_ROWS)
        try:
            scores = model.score(pl.read_ipc_stream(content))
            _answer(channel.SCORES, scores.tobytes())
        except MemoryError:
            raise
        except ModelError as error:
            _answer(channel.REFUSAL, _text(str(error)))
        except Exception as error:  # whatever an estimator raises
            reason = f"the model cannot score these rows: {type(error).__name__}: {error}"
            _answer(channel.REFUSAL, _text(reason))


def _text(reason: str) -> bytes:
    return reason.encode(errors="replace")[: channel.LONGEST_TEXT]


def _read(length: int) -> bytes:
    chunks: list[bytes] = []
    while length:
        chunk = os.read(_CHANNEL, min(length, 1 << 20))
        if not chunk:
            os._exit(0)
        chunks.append(chunk)
        length -= len(chunk)
    return b"".join(chunks)


def _answer(kind: bytes, content: bytes) -> None:
    left = memoryview(channel.packed(kind, content))
    while left:
        left = left[os.write(_CHANNEL, left) :]


if __name__ == "__main__":
    main(sys.argv[1:])
