"""The filter of system calls of a job: what Landlock does not limit."""

from __future__ import annotations

from ecluse_core.seccomp import AND, ANY_BIT, ARGUMENTS, EQUAL, LOAD, Row

_DENIED = (
    "io_uring_setup",  # what is done through it passes no filter
    # System V IPC, message queues and keyrings belong to a user: development could read production there.
    *("shmget", "shmat", "shmctl", "semget", "semop", "semctl", "semtimedop"),
    *("msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink"),
    *("add_key", "request_key", "keyctl"),
    # Memory that belongs to no process passes its limit.
    *("memfd_create", "memfd_secret"),
    # In a user namespace of its own, a job would have capabilities there, and more of the kernel to attack.
    *("unshare", "setns", "userfaultfd"),
)
_OF_ITSELF = ("prlimit64", "sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr")
"""What a process may do to itself only: the first argument, whose process it is, must be 0."""
_INET, _INET6, _NETLINK, _STREAM, _SEQPACKET, _TCP = 2, 10, 16, 1, 5, 6
_NEW_USER_NAMESPACE = 0x10000000
_FASTOPEN = 0x20000000
_FIRST, _SECOND, _THIRD, _FOURTH = (ARGUMENTS + 8 * at for at in range(4))


def rules() -> list[Row | str]:
    """Give the rows of the filter.

    Landlock limits connect() on TCP sockets only. So no Unix sockets by path (a database or process manager
    listens on some), no UDP or MPTCP, and no connection by MSG_FASTOPEN.
    """
    return [
        *((EQUAL, "deny", 0, name) for name in _DENIED),
        *((EQUAL, "itself", 0, name) for name in _OF_ITSELF),
        (EQUAL, "priority", 0, "setpriority"), (EQUAL, "io", 0, "ioprio_set"),
        (EQUAL, "clone", 0, "clone"), (EQUAL, "absent", 0, "clone3"),
        (EQUAL, "socket", 0, "socket"), (EQUAL, "pair", 0, "socketpair"),
        (EQUAL, "flags4", 0, "sendto"), (EQUAL, "flags4", 0, "sendmmsg"),
        (EQUAL, "flags3", "allow", "sendmsg"),
        "socket", (LOAD, 0, 0, _FIRST),
        (EQUAL, "netlink", 0, _NETLINK), (EQUAL, "stream", 0, _INET), (EQUAL, "stream", "deny", _INET6),
        "stream", (LOAD, 0, 0, _SECOND), (AND, 0, 0, 0xF), (EQUAL, 0, "deny", _STREAM),
        "protocol", (LOAD, 0, 0, _THIRD), (EQUAL, "allow", 0, 0), (EQUAL, "allow", "deny", _TCP),
        "flags4", (LOAD, 0, 0, _FOURTH), (ANY_BIT, "deny", "allow", _FASTOPEN),
        "flags3", (LOAD, 0, 0, _THIRD), (ANY_BIT, "deny", "allow", _FASTOPEN),
        # A pair of datagram sockets can send to any path; of the other kinds it is closed.
        "pair", (LOAD, 0, 0, _SECOND), (AND, 0, 0, 0xF), (EQUAL, "allow", 0, _STREAM),
        (EQUAL, "allow", "deny", _SEQPACKET),
        "netlink", (LOAD, 0, 0, _THIRD), (EQUAL, "allow", "deny", 0),
        "itself", (LOAD, 0, 0, _FIRST), (EQUAL, "allow", "deny", 0),
        # By process, and that its own: these also take a whole user.
        "priority", (LOAD, 0, 0, _FIRST), (EQUAL, "its own", "deny", 0),
        "io", (LOAD, 0, 0, _FIRST), (EQUAL, "its own", "deny", 1),
        "its own", (LOAD, 0, 0, _SECOND), (EQUAL, "allow", "deny", 0),
        "clone", (LOAD, 0, 0, _FIRST), (ANY_BIT, "deny", "allow", _NEW_USER_NAMESPACE),
    ]  # fmt: skip
