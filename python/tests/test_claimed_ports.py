"""A drawn port stays its process's, also before a server listens there."""

import itertools
import socket
import subprocess
import sys

import pytest

from tests import processes
from tests.processes import free_port, python_environment


def test_no_other_process_draws_a_port_that_is_held() -> None:
    """Another process that draws the same number goes on to the next, while this one has not listened yet."""
    held = free_port()
    code = (
        f"import itertools\nfrom tests import processes\ndraws = itertools.count({held - 10_000})\n"
        "processes.secrets.randbelow = lambda _: next(draws)\nprint(processes.free_port())"
    )
    drawn = subprocess.run(
        [sys.executable, "-c", code], env=python_environment(), capture_output=True, text=True, check=True
    )
    assert int(drawn.stdout) > held


def test_a_port_that_somebody_listens_on_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that claimed nothing keeps its port all the same."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        listening = server.getsockname()[1]
        draws = itertools.count(listening - 10_000)

        def drawn(_below: int) -> int:
            return next(draws)

        monkeypatch.setattr(processes.secrets, "randbelow", drawn)
        assert free_port() > listening


def test_who_claimed_a_port_can_listen_on_it() -> None:
    """The claim takes nothing away from the server that the port is for."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
