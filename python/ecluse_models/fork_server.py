"""The process that those of models are forked from: it has their libraries, which take seconds to import.

It holds nothing: no key, no file, no model. A child of it is locked before it looks at a model (worker.py).
"""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ecluse_models import channel
from ecluse_models.model import ModelError

START_SECONDS = 45
"""How long it may take to import the libraries."""

# The kernel ends a process with the thread that started it: this one goes on as long as its own process.
_starter = ThreadPoolExecutor(1, "models")


class ForkServer:
    """A running fork server of this program and its words; of use to all threads of its process."""

    def __init__(self, program: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(START_SECONDS)
        with other:
            self._process = _starter.submit(
                subprocess.Popen,
                [sys.executable, "-sP", "-W", "ignore", "-m", *program, str(other.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                pass_fds=[other.fileno()],
            ).result()

    def has_ended(self) -> bool:
        """Whether it answers no more."""
        return self._process.poll() is not None

    def fork(self, memory: int, names: Sequence[str], numbers: Sequence[int]) -> int:
        """The process of a model that may take so many MiB.

        The first of the open files is its channel, and the others are the model's, by their names. ModelError
        where none can be had.
        """
        return int(self._asked({"memory": memory, "files": list(names)}, numbers)["pid"])

    def end(self, pid: int, patience: float) -> int:
        """Ends a process, unless it does by itself within so many seconds.

        Gives its exit code then, negative for a signal, else 0.
        """
        return int(self._asked({"end": pid, "patience": patience})["code"])

    def _asked(self, question: dict[str, Any], numbers: Sequence[int] = ()) -> dict[str, Any]:
        try:
            with self._lock:
                socket.send_fds(self._control, [json.dumps(question).encode()], numbers)
                answer: dict[str, Any] = json.loads(self._control.recv(channel.LONGEST_PACKET))
        except (OSError, ValueError) as error:
            self._process.kill()
            raise ModelError(f"no process for a model: its fork server was ended: {error}") from None
        if "failure" in answer:
            raise ModelError(f"no process for a model: {answer['failure']}")
        return answer


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
