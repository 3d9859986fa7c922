"""A seccomp filter for what Landlock does not limit, as BPF for x86_64."""

from __future__ import annotations

import ctypes
import platform
import struct

_ALLOW = 0x7FFF0000
_DENY = 0x00050000 | 13  # fail with EACCES
_ABSENT = 0x00050000 | 38  # ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ARCH_X86_64 = 0xC000003E
_X32_BIT = 0x40000000
_NR, _ARCH, _ARGS = 0, 4, 16
_SOCKET, _SENDTO, _SENDMSG, _SOCKETPAIR, _CLONE, _SENDMMSG, _CLONE3 = 41, 44, 46, 53, 56, 307, 435
_DENIED = {
    "io_uring_setup": 425,  # what is done through it passes no filter
    "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66, "msgget": 68,
    "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "semtimedop": 220, "mq_open": 240, "mq_unlink": 241,
    "add_key": 248, "request_key": 249, "keyctl": 250,
    # Memory that belongs to no process passes its limit.
    "memfd_create": 319, "memfd_secret": 447,
    # In a user namespace of its own, a job would have capabilities there, and more of the kernel to attack.
    "unshare": 272, "setns": 308, "userfaultfd": 323,
}  # fmt: skip
"""System V IPC, message queues and keyrings belong to a user: development could read production there."""
_OF_ITSELF = {
    "prlimit64": 302, "sched_setparam": 142, "sched_setscheduler": 144, "sched_setaffinity": 203,
    "sched_setattr": 314,
}  # fmt: skip
"""What a process may do to itself only: the first argument, whose process it is, must be 0."""
_SETPRIORITY, _IOPRIO_SET = 141, 251
_INET, _INET6, _NETLINK, _STREAM, _SEQPACKET, _TCP = 2, 10, 16, 1, 5, 6
_NEW_USER_NAMESPACE = 0x10000000
_FASTOPEN = 0x20000000


def available() -> bool:
    """Say whether the filter is written for this machine."""
    return platform.machine() == "x86_64"


def program() -> list[tuple[int, int, int, int]]:
    """Give the filter as (code, jump if true, jump if false, operand) rows.

    Landlock limits connect() on TCP sockets only. So no Unix sockets by path (a database or process manager
    listens on some), no UDP or MPTCP, and no connection by MSG_FASTOPEN.
    """
    rows: list[tuple[int, str | int, str | int, int] | str] = [
        (_LOAD, 0, 0, _ARCH), (_EQUAL, 0, "deny", _ARCH_X86_64),
        (_LOAD, 0, 0, _NR), (_AT_LEAST, "deny", 0, _X32_BIT),
        *((_EQUAL, "deny", 0, number) for number in _DENIED.values()),
        *((_EQUAL, "itself", 0, number) for number in _OF_ITSELF.values()),
        (_EQUAL, "priority", 0, _SETPRIORITY), (_EQUAL, "io", 0, _IOPRIO_SET),
        (_EQUAL, "clone", 0, _CLONE), (_EQUAL, "absent", 0, _CLONE3),
        (_EQUAL, "socket", 0, _SOCKET), (_EQUAL, "pair", 0, _SOCKETPAIR),
        (_EQUAL, "flags3", 0, _SENDTO), (_EQUAL, "flags3", 0, _SENDMMSG),
        (_EQUAL, "flags2", "allow", _SENDMSG),
        "socket", (_LOAD, 0, 0, _ARGS),
        (_EQUAL, "netlink", 0, _NETLINK), (_EQUAL, "stream", 0, _INET), (_EQUAL, "stream", "deny", _INET6),
        "stream", (_LOAD, 0, 0, _ARGS + 8), (_AND, 0, 0, 0xF), (_EQUAL, 0, "deny", _STREAM),
        "protocol", (_LOAD, 0, 0, _ARGS + 16), (_EQUAL, "allow", 0, 0), (_EQUAL, "allow", "deny", _TCP),
        "flags3", (_LOAD, 0, 0, _ARGS + 24), (_ANY_BIT, "deny", "allow", _FASTOPEN),
        "flags2", (_LOAD, 0, 0, _ARGS + 16), (_ANY_BIT, "deny", "allow", _FASTOPEN),
        # A pair of datagram sockets can send to any path; of the other kinds it is closed.
        "pair", (_LOAD, 0, 0, _ARGS + 8), (_AND, 0, 0, 0xF), (_EQUAL, "allow", 0, _STREAM),
        (_EQUAL, "allow", "deny", _SEQPACKET),
        "netlink", (_LOAD, 0, 0, _ARGS + 16), (_EQUAL, "allow", "deny", 0),
        "itself", (_LOAD, 0, 0, _ARGS), (_EQUAL, "allow", "deny", 0),
        # By process, and that its own: these also take a whole user.
        "priority", (_LOAD, 0, 0, _ARGS), (_EQUAL, "its own", "deny", 0),
        "io", (_LOAD, 0, 0, _ARGS), (_EQUAL, "its own", "deny", 1),
        "its own", (_LOAD, 0, 0, _ARGS + 8), (_EQUAL, "allow", "deny", 0),
        "clone", (_LOAD, 0, 0, _ARGS), (_ANY_BIT, "deny", "allow", _NEW_USER_NAMESPACE),
        # Its flags are in memory, which no filter reads: libraries go back to clone.
        "absent", (_RETURN, 0, 0, _ABSENT),
        "allow", (_RETURN, 0, 0, _ALLOW),
        "deny", (_RETURN, 0, 0, _DENY),
    ]  # fmt: skip
    labels: dict[str, int] = {}
    kept: list[tuple[int, str | int, str | int, int]] = []
    for row in rows:
        if isinstance(row, str):
            labels[row] = len(kept)
        else:
            kept.append(row)

    def jump(target: str | int, at: int) -> int:
        return labels[target] - at - 1 if isinstance(target, str) else target

    return [(code, jump(yes, at), jump(no, at), k) for at, (code, yes, no, k) in enumerate(kept)]


def install() -> None:
    """Filter this thread and all it starts; needs no_new_privs. Raises OSError when the kernel refuses."""
    rows = program()
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    header = struct.pack("HxxxxxxP", len(rows), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(22, 2, ctypes.create_string_buffer(header), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp filter refused")
