"""Namespaces of a job's own: it sees and reaches no process, shared memory or message queue of anybody else.

The kernel ends all that is in a process namespace with its first process, however fast it forks.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

PROCESSES: Final = 4096
"""How many processes and threads a job may have at a time."""

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
_NOSUID, _NODEV, _NOEXEC, _RECURSIVE, _PRIVATE = 0x2, 0x4, 0x8, 0x4000, 0x40000
_BIND, _MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _READ_ONLY = 0x1000, 442, -100, 0x8000, 1
_PR_SET_PDEATHSIG: Final = 1
_LOOK_SECONDS: Final = 0.25
_NUMBERS: Final = re.compile(rb"^(Threads|RssAnon|RssShmem):\s+(\d+)", re.MULTILINE)

_libc = ctypes.CDLL(None, use_errno=True)


def default_memory() -> int:
    """How many MiB a job may fill with pages of its own: three quarters of the machine's."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4 >> 20


def available() -> bool:
    """Whether the kernel lets this user make them: tried, since many settings can forbid it."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    possible = separate()
    if possible:
        possible = run(lambda: os._exit(0), [], default_memory()) == 0
    os._exit(0 if possible else 1)


def separate() -> bool:
    """Put what this process starts from now on in namespaces of its own. False: not possible."""
    own = _NEWNS | _NEWIPC | _NEWPID
    user, group = os.geteuid(), os.getegid()
    if user == 0 and _libc.unshare(own) == 0:
        return True
    if _libc.unshare(own | _NEWUSER) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def run(start: Callable[[], None], write: Sequence[str], memory: int) -> int:
    """Run `start`, which never returns, in the namespaces that `separate` made; give its wait status.

    It may change what is in the folders of `write`, and fill `memory` MiB.

    All that it started has ended then. SIGTERM, SIGINT and SIGHUP to this process end it early.
    """
    first = os.fork()
    if first == 0:
        os._exit(_as_first_process(start, write, memory))

    def end(_number: int, _frame: FrameType | None) -> None:
        os.kill(first, signal.SIGKILL)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    return os.waitpid(first, 0)[1]


def _as_first_process(start: Callable[[], None], write: Sequence[str], memory: int) -> int:
    """What the namespace's process 1 does: reap, and look after the limits. Gives the command's exit code."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if not _own_mounts(write):
        sys.stderr.write("this job's view of files and processes could not be made, job not started\n")
        return 126
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    command = os.fork()
    if command == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        start()
    while True:
        for ended, status in _reaped():
            if ended == command:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
        excess = _excess(memory)
        if excess:
            sys.stderr.write(f"the job was ended: {excess}\n")
            return 137
        signal.sigtimedwait({signal.SIGCHLD}, _LOOK_SECONDS)


def _own_mounts(write: Sequence[str]) -> bool:
    """Make all but some folders read-only, and show the namespace's own processes only.

    Landlock does not limit modes, times and attributes of files: a job could open its owner's keys to others.
    """
    parents = {str(Path(path).parent) for path in write}
    # One mount for folders side by side: files can be renamed between them.
    own = [path.encode() for path in (parents if len(write) > 1 and len(parents) == 1 else write)]
    return (
        _libc.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None) == 0
        and all(_libc.mount(path, path, None, _BIND, None) == 0 for path in own)
        and _set_attributes(b"/", _AT_RECURSIVE, on=_READ_ONLY)
        and all(_set_attributes(path, 0, off=_READ_ONLY) for path in own)
        and _libc.mount(b"proc", b"/proc", b"proc", _NOSUID | _NODEV | _NOEXEC, None) == 0
    )


def _set_attributes(path: bytes, flags: int, on: int = 0, off: int = 0) -> bool:
    attributes = struct.pack("QQQQ", on, off, 0, 0)
    return _libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path, flags, attributes, len(attributes)) == 0


def _reaped() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def _excess(memory: int) -> str:
    """The limit that the job has passed, in words; empty while it keeps them."""
    threads = filled = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "status").read_bytes()
            sizes = {name: int(value) for name, value in _NUMBERS.findall(status)}
            # What comes from files, such as libraries, the kernel can take back.
            filled += sizes.get(b"RssAnon", 0) + sizes.get(b"RssShmem", 0)
            threads += sizes.get(b"Threads", 0)
    filled >>= 10
    if threads > PROCESSES:
        return f"it had {threads} processes and threads, and may have {PROCESSES}"
    if filled > memory:
        return f"it filled {filled} MiB of memory, and may fill {memory} MiB"
    return ""
