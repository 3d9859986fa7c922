"""Processes that tests start: where they listen, what they inherit, and when they answer."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

_claims: list[socket.socket] = []
"""The UDP ports that this process holds; they are free again when it ends, however it ends."""


def free_port() -> int:
    """A port on loopback that no other process of the tests is given while this one runs.

    Below those that the kernel gives to whoever asks for any, and below a platform's. A server binds its port
    seconds after it was drawn, and other suites draw meanwhile: the UDP port of the same number is the claim.
    """
    while True:
        port = 10_000 + secrets.randbelow(10_000)
        if _claimed(port):
            return port


def _claimed(port: int) -> bool:
    """Whether the port is this process's now: nobody else claims it, and nobody listens there."""
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind(("127.0.0.1", port))
        with socket.socket() as probe:
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
    except OSError:
        taken = True
    if taken:
        claim.close()
    else:
        _claims.append(claim)
    return not taken


@contextmanager
def running(
    command: list[str], environ: Mapping[str, str], url: str, log: Path, any_status: bool = False
) -> Generator[None, None, None]:
    """Runs a process once its URL answers, and ends it afterwards; raises with the log otherwise."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=dict(environ), stdout=out, stderr=out)
    try:
        await_healthy(process, url, log, any_status)
        yield
    finally:
        process.terminate()
        process.wait(20)


def await_healthy(process: subprocess.Popen[bytes], url: str, log: Path, any_status: bool = False) -> None:
    """Waits for a process to answer at a URL; raises with its log when it ends or says nothing."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError as error:
            if any_status and isinstance(error, urllib.error.HTTPError):
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer:\n{log.read_text()[-3000:]}")


def python_environment(**variables: str) -> dict[str, str]:
    """The environment of a platform process: the paths of this one, and nothing else of it."""
    kept = ("PATH", "HOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}
    return {**inherited, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), **variables}
