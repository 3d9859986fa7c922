"""What a confined command can and cannot do, tried with the real kernel."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CONFINE = str(Path(__file__).parents[2] / "ecluse_local/confine.py")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
NAMESPACES: bool = json.loads(subprocess.check_output([sys.executable, CONFINE, "probe"]))["namespaces"]
needs_namespaces = pytest.mark.skipif(not NAMESPACES, reason="the kernel gives this user no namespaces")
PYTHON_FOLDERS = [f"--read={folder}" for folder in {sys.prefix, sys.base_prefix}]


def confined(
    options: list[str], command: list[str], mode: str = "landlock", namespaces: bool = NAMESPACES
) -> subprocess.CompletedProcess[str]:
    own = ["--namespaces"] if namespaces else []
    return subprocess.run(
        [sys.executable, CONFINE, f"--mode={mode}", *own, *options, "--", *command],
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


@pytest.mark.parametrize(
    "way",
    [
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)",  # MPTCP talks to TCP servers too
        "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', PORT))",  # MSG_FASTOPEN connects by itself
        "socket.socket().sendmsg([b'x'], [], 0x20000000, ('127.0.0.1', PORT))",
        "socket.socket().bind(('127.0.0.1', PORT + 1))",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",  # sends to any path
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 6)",
    ],
)
def test_no_way_around_the_ports(way: str, listening: int) -> None:
    assert python(way.replace("PORT", str(listening))) == "PermissionError"


def test_what_programs_need_still_works() -> None:
    assert python("socket.socket().bind(('127.0.0.1', 0))") == "None"
    assert python("len(socket.socketpair())") == "2"
    assert python("socket.getaddrinfo('localhost', 80)[0][4][0]") in {"127.0.0.1", "::1"}
    assert python("len(open('/dev/urandom', 'rb').read(4))") == "4"


@pytest.mark.parametrize("namespaces", [pytest.param(True, marks=needs_namespaces), False])
def test_files_outside_are_neither_read_nor_written(tmp_path: Path, namespaces: bool) -> None:
    own, secret = tmp_path / "own folder", tmp_path / "secret"
    own.mkdir()
    secret.write_text("canary")
    script = f"cat '{secret}'; touch '{tmp_path}/new' /usr/new; echo hello > '{own}/x'; cat '{own}/x'"
    done = confined([f"--write={own}"], ["bash", "-c", script], namespaces=namespaces)
    assert done.stdout == "hello\n"
    assert len(re.findall("Permission denied|Read-only file system", done.stderr)) == 3


@needs_namespaces
def test_modes_and_times_of_what_is_outside_stay(tmp_path: Path) -> None:
    """Landlock does not limit them: a job could open its owner's keys to other users."""
    own, secret = tmp_path / "own", tmp_path / "secret"
    own.mkdir()
    secret.write_text("canary")
    secret.chmod(0o600)
    outside = f"chmod 666 {secret}; touch -d 2020-01-01 {secret}; chmod 777 {tmp_path}"
    script = f"{outside}; chmod 700 {own}; touch {own}/x"
    done = confined([f"--write={own}"], ["bash", "-c", script])
    assert (done.returncode, done.stderr.count("Read-only file system")) == (0, 3), done.stderr
    assert (secret.stat().st_mode & 0o777, (own / "x").exists()) == (0o600, True)


@needs_namespaces
def test_files_are_renamed_between_folders_of_a_job(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    rename = f"import os; open('{tmp_path}/a/x', 'w').close(); os.rename('{tmp_path}/a/x', '{tmp_path}/b/x')"
    options = [*PYTHON_FOLDERS, f"--write={tmp_path}/a", f"--write={tmp_path}/b"]
    done = confined(options, [sys.executable, "-I", "-c", rename])
    assert (done.returncode, (tmp_path / "b/x").exists()) == (0, True), done.stderr


@pytest.mark.parametrize("namespaces", [pytest.param(True, marks=needs_namespaces), False])
def test_no_user_namespace_inside(namespaces: bool) -> None:
    done = confined([], ["unshare", "--user", "--map-root-user", "true"], namespaces=namespaces)
    assert (done.returncode, "Permission denied" in done.stderr) == (1, True), done


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


@pytest.mark.parametrize("namespaces", [pytest.param(True, marks=needs_namespaces), False])
def test_processes_left_behind_are_killed(tmp_path: Path, namespaces: bool) -> None:
    script = (
        f"(setsid bash -c 'sleep 30; touch {tmp_path}/late' >/dev/null 2>&1 &) ; setsid sleep 31 & exit 5"
    )
    started = time.monotonic()
    done = confined([f"--write={tmp_path}"], ["bash", "-c", script], namespaces=namespaces)
    assert done.returncode == 5
    assert time.monotonic() - started < 10
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if _holds(p, f"{tmp_path}/late".encode())]


def forking(marker: str) -> list[str]:
    """A command that ends at once and leaves a chain: each process starts the next and ends, for ever."""
    chain = f"import os\nif os.fork() == 0:\n while True:\n  if os.fork(): os._exit(0)\n# {marker}"
    return [sys.executable, "-I", "-c", chain]


def test_a_name_that_is_no_text_survives_nothing(tmp_path: Path) -> None:
    """Whoever sweeps reads the names of all processes."""
    name = "import ctypes, time; ctypes.CDLL(None).prctl(15, b'\\xff\\xfe', 0, 0, 0); time.sleep(60)"
    command = f"{shlex.join([sys.executable, '-I', '-c', name, str(tmp_path)])} & sleep 0.3"
    done = confined(PYTHON_FOLDERS, ["bash", "-c", command], namespaces=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if _holds(p, str(tmp_path).encode())]


@needs_namespaces
def test_a_chain_of_forks_ends_with_its_job(tmp_path: Path) -> None:
    started = time.monotonic()
    done = confined([*PYTHON_FOLDERS, f"--write={tmp_path}"], forking(str(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 20
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if _holds(p, str(tmp_path).encode())]


@needs_namespaces
def test_a_killed_job_leaves_nothing(tmp_path: Path) -> None:
    words = [sys.executable, CONFINE, "--mode=landlock", "--namespaces", f"--write={tmp_path}", "--"]
    with subprocess.Popen([*words, "bash", "-c", f"setsid sleep 33 & touch {tmp_path}/up; sleep 34"]) as job:
        while not (tmp_path / "up").exists():
            time.sleep(0.05)
        job.kill()  # not even a chance to clean up
    end = time.monotonic() + 10
    while any(_holds(p, str(tmp_path).encode()) for p in Path("/proc").glob("[0-9]*/cmdline")):
        assert time.monotonic() < end
        time.sleep(0.05)


@needs_namespaces
def test_other_processes_are_not_seen() -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        done = confined([], ["bash", "-c", f"ls /proc/{other.pid} || ps -e -o pid= | wc -l"])
        assert int(done.stdout) < 10
        other.kill()


@pytest.mark.parametrize("namespaces", [pytest.param(True, marks=needs_namespaces), False])
@pytest.mark.parametrize(
    "call",
    ["shmget(42, 4096, 0o1600)", "semget(42, 1, 0o1600)", "msgget(42, 0o1600)", "syscall(250, 0, -4, 0)"],
)
def test_no_memory_queue_or_keyring_is_shared(call: str, namespaces: bool) -> None:
    text = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); print(libc.{call}, ctypes.get_errno())"
    done = confined(PYTHON_FOLDERS, [sys.executable, "-I", "-c", text], namespaces=namespaces)
    assert done.stdout.split() == ["-1", "13"], done.stderr


@pytest.mark.parametrize("namespaces", [pytest.param(True, marks=needs_namespaces), False])
def test_limits_of_another_process_stay(namespaces: bool) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        script = f"prlimit --pid {other.pid} --nofile=3:3; renice 19 {other.pid}; taskset -p 1 {other.pid}"
        done = confined([], ["bash", "-c", script], namespaces=namespaces)
        assert len(done.stderr.splitlines()) >= 3, done
        assert os.getpriority(os.PRIO_PROCESS, other.pid) == os.getpriority(os.PRIO_PROCESS, 0)
        assert resource.prlimit(other.pid, resource.RLIMIT_NOFILE) == resource.getrlimit(
            resource.RLIMIT_NOFILE
        )
        other.kill()


@needs_namespaces
def test_a_job_of_too_many_processes_is_ended() -> None:
    threads = (
        "import threading, time; threading.stack_size(65536)\n"
        "for _ in range(6000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    done = confined(PYTHON_FOLDERS, [sys.executable, "-I", "-c", threads])
    # Root has no limit of its own in the kernel; the job's first process counts for it.
    assert done.returncode != 0
    assert "processes and threads" in done.stderr or "can't start new thread" in done.stderr


@needs_namespaces
@pytest.mark.parametrize("kind", ["bytearray(16 << 20)", "mmap.mmap(-1, 16 << 20)"])
def test_a_job_that_fills_the_memory_is_ended(kind: str) -> None:
    fill = f"m = {kind}; m[:] = b'x' * len(m); a.append(m); time.sleep(0.02)"
    filling = f"import mmap, time\na = []\nwhile True:\n {fill}"
    done = confined([*PYTHON_FOLDERS, "--memory=256"], [sys.executable, "-I", "-c", filling])
    assert done.returncode == 137
    assert "and may fill 256 MiB" in done.stderr


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
