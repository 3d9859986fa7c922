"""What a confined command can and cannot do, tried with the real kernel."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CONFINE = str(Path(__file__).parents[2] / "ecluse_local/confine.py")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
PYTHON_FOLDERS = [f"--read={folder}" for folder in {sys.prefix, sys.base_prefix}]


def confined(
    options: list[str], command: list[str], mode: str = "landlock"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CONFINE, f"--mode={mode}", *options, "--", *command],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def python(code: str, *options: str) -> str:
    """The kind of error that the code ended with, or what it printed."""
    text = f"try:\n import socket, os\n print({code})\nexcept OSError as e:\n print(type(e).__name__)"
    done = confined([*PYTHON_FOLDERS, *options], [sys.executable, "-I", "-c", text])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_tcp_reaches_given_ports_only(listening: int) -> None:
    connect = f"socket.create_connection(('127.0.0.1', {listening})).getpeername()[1]"
    assert python(connect, f"--connect={listening}") == str(listening)
    assert python(connect) == "PermissionError"


def test_servers_of_its_own_are_reached_but_not_reserved_ports(listening: int) -> None:
    server = "socket.create_server(('127.0.0.1', 0))"
    own = f"(lambda s: socket.create_connection(s.getsockname()) and 'reached')({server})"
    assert python(own) == "PermissionError"
    assert python(own, "--own-servers", f"--reserved={listening}") == "reached"
    connect = f"socket.create_connection(('127.0.0.1', {listening}))"
    assert python(connect, "--own-servers", f"--reserved={listening}") == "PermissionError"


@pytest.mark.parametrize(
    "way",
    [
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)",  # MPTCP talks to TCP servers too
        "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', PORT))",  # MSG_FASTOPEN connects by itself
        "socket.socket().sendmsg([b'x'], [], 0x20000000, ('127.0.0.1', PORT))",
        "socket.socket().bind(('127.0.0.1', PORT + 1))",
    ],
)
def test_no_way_around_the_ports(way: str, listening: int) -> None:
    assert python(way.replace("PORT", str(listening))) == "PermissionError"


def test_what_programs_need_still_works() -> None:
    assert python("socket.socket().bind(('127.0.0.1', 0))") == "None"
    assert python("len(socket.socketpair())") == "2"
    assert python("socket.getaddrinfo('localhost', 80)[0][4][0]") in {"127.0.0.1", "::1"}
    assert python("len(open('/dev/urandom', 'rb').read(4))") == "4"


def test_files_outside_are_neither_read_nor_written(tmp_path: Path) -> None:
    own, secret = tmp_path / "own folder", tmp_path / "secret"
    own.mkdir()
    secret.write_text("canary")
    script = f"cat '{secret}'; touch '{tmp_path}/new' /usr/new; echo hello > '{own}/x'; cat '{own}/x'"
    done = confined([f"--write={own}"], ["bash", "-c", script])
    assert done.stdout == "hello\n"
    assert done.stderr.count("Permission denied") == 3


def test_another_process_is_not_looked_into_nor_signalled() -> None:
    with subprocess.Popen(["sleep", "60"], env={"CANARY": "1"}) as other:
        script = f"cat /proc/{other.pid}/environ; kill {other.pid}"
        done = confined([], ["bash", "-c", script])
        assert done.stdout == ""
        assert other.poll() is None
        other.kill()


def test_no_capability_is_left() -> None:
    done = confined([], ["grep", "-E", "^(Cap[PEB]|NoNewPrivs)", "/proc/self/status"])
    status = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    assert status["NoNewPrivs:"] == "1"
    # Only root may empty the bounding set; without it, NoNewPrivs keeps any capability from being gained.
    held = ["CapPrm:", "CapEff:", *(["CapBnd:"] if os.geteuid() == 0 else [])]
    assert {status[name] for name in held} == {"0" * 16}


def test_processes_left_behind_are_killed(tmp_path: Path) -> None:
    script = (
        f"(setsid bash -c 'sleep 30; touch {tmp_path}/late' >/dev/null 2>&1 &) ; setsid sleep 31 & exit 5"
    )
    started = time.monotonic()
    done = confined([f"--write={tmp_path}"], ["bash", "-c", script])
    assert done.returncode == 5
    assert time.monotonic() - started < 10
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if _holds(p, f"{tmp_path}/late".encode())]


def test_a_missing_folder_starts_nothing() -> None:
    done = confined(["--read=/nowhere"], ["echo", "ran"])
    assert (done.returncode, done.stdout) == (126, "")
    assert "/nowhere" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_owns_its_folder_only(tmp_path: Path) -> None:
    for folder in [tmp_path, *tmp_path.parents[:2]]:
        folder.chmod(0o711)
    own, secret = tmp_path / "own", tmp_path / "secret"
    own.mkdir(mode=0o700)
    secret.write_text("canary")
    secret.chmod(0o600)
    done = confined(
        ["--uid=61001", f"--write={own}"], ["bash", "-c", f"id -u; touch {own}/x; cat {secret}"], "user"
    )
    assert done.stdout == "61001\n"
    assert "Permission denied" in done.stderr
    assert (own / "x").stat().st_uid == 61001


def _holds(path: Path, text: bytes) -> bool:
    try:
        return text in path.read_bytes()
    except OSError:
        return False
