"""Filters of system calls (seccomp), as BPF programs for x86-64 and ARM64."""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Sequence
from typing import Final

LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ARGUMENTS: Final = 16
"""Where the arguments of a call are; each has 8 bytes, of which a row reads the lower 4."""

Row = tuple[int, str | int, str | int, str | int]
"""Code, jump if true, jump if false, operand: jumps may name a label, and the operand a system call."""
Program = list[tuple[int, int, int, int]]

_ALLOW = 0x7FFF0000
_DENY = 0x00050000 | 13  # fail with EACCES
_ABSENT = 0x00050000 | 38  # ENOSYS
_NR, _ARCH = 0, 4
_X32_BIT = 0x40000000
_SET_MODE_FILTER, _ALL_THREADS = 1, 1

# As audit calls them, and which column of the numbers is theirs.
_PROCESSORS: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_NUMBERS: Final = {
    "add_key": (248, 217), "brk": (12, 214), "clock_getres": (229, 114), "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115), "clone": (56, 220), "clone3": (435, 435), "close": (3, 57),
    "epoll_pwait": (281, 22),
    "epoll_wait": (232, 22),  # ARM64 has the other one only
    "exit": (60, 93), "exit_group": (231, 94), "fstat": (5, 80), "futex": (202, 98), "getcpu": (309, 168),
    "getpid": (39, 172), "getrandom": (318, 278), "getrusage": (98, 165), "gettid": (186, 178),
    "gettimeofday": (96, 169), "io_uring_setup": (425, 425), "ioprio_set": (251, 30), "keyctl": (250, 219),
    "lseek": (8, 62), "madvise": (28, 233), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "mmap": (9, 222), "mprotect": (10, 226), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "mremap": (25, 216), "msgctl": (71, 187), "msgget": (68, 186), "msgrcv": (70, 188),
    "msgsnd": (69, 189), "munmap": (11, 215), "nanosleep": (35, 101), "prlimit64": (302, 261),
    "read": (0, 63), "request_key": (249, 218), "restart_syscall": (219, 128), "rseq": (334, 293),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sched_getaffinity": (204, 123), "sched_setaffinity": (203, 122), "sched_setattr": (314, 274),
    "sched_setparam": (142, 118), "sched_setscheduler": (144, 119), "sched_yield": (24, 124),
    "seccomp": (317, 277),
    "semctl": (66, 191), "semget": (64, 190), "semop": (65, 193), "semtimedop": (220, 192),
    "sendmmsg": (307, 269), "sendmsg": (46, 211), "sendto": (44, 206), "set_robust_list": (273, 99),
    "setns": (308, 268), "setpriority": (141, 140), "shmat": (30, 196), "shmctl": (31, 195),
    "shmget": (29, 194), "sigaltstack": (131, 132), "socket": (41, 198), "socketpair": (53, 199),
    "sysinfo": (99, 179), "unshare": (272, 97), "userfaultfd": (323, 282), "write": (1, 64),
    "writev": (20, 66),
}  # fmt: skip


def available() -> bool:
    """Say whether filters are written for this machine."""
    return platform.machine() in _PROCESSORS


def assemble(rows: Sequence[Row | str], machine: str) -> Program:
    """The program of these rows and labels; they end at the labels `allow`, `deny` or `absent` (ENOSYS).

    They begin with the number of the call loaded. Calls of another processor's kind are denied before.
    """
    arch, column = _PROCESSORS[machine]
    begin: list[Row] = [
        (LOAD, 0, 0, _ARCH), (EQUAL, 0, "deny", arch), (LOAD, 0, 0, _NR), (AT_LEAST, "deny", 0, _X32_BIT),
    ]  # fmt: skip
    end: list[Row | str] = [
        # The flags of clone3 are in memory, which no filter reads: libraries go back to clone.
        "absent", (RETURN, 0, 0, _ABSENT),
        "allow", (RETURN, 0, 0, _ALLOW),
        "deny", (RETURN, 0, 0, _DENY),
    ]  # fmt: skip
    labels: dict[str, int] = {}
    kept: list[Row] = []
    for row in (*begin, *rows, *end):
        if isinstance(row, str):
            labels[row] = len(kept)
        else:
            kept.append(row)

    def jump(target: str | int, at: int) -> int:
        return labels[target] - at - 1 if isinstance(target, str) else target

    def operand(value: str | int) -> int:
        return _NUMBERS[value][column] if isinstance(value, str) else value

    return [(code, jump(yes, at), jump(no, at), operand(k)) for at, (code, yes, no, k) in enumerate(kept)]


def install(rows: Sequence[Row | str]) -> None:
    """Filter this process and all it starts; needs no_new_privs. Raises OSError when the kernel refuses."""
    program = assemble(rows, platform.machine())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    _, column = _PROCESSORS[platform.machine()]
    libc = ctypes.CDLL(None, use_errno=True)
    # A thread that cannot be filtered is the answer, as a positive number.
    if libc.syscall(_NUMBERS["seccomp"][column], _SET_MODE_FILTER, _ALL_THREADS, header) != 0:
        raise OSError(ctypes.get_errno(), "seccomp filter refused")
