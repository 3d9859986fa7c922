"""Two walls of the kernel around the process of a model: each by itself keeps it from files and all else.

Landlock, where the kernel has it, as soon as it is forked: nothing can be read but libraries. Then, before it
looks at a model, a list of the system calls that are left: it computes, and answers on what is open.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from py_landlock import AccessFs, Landlock, LandlockError, get_abi_version

from ecluse_core import seccomp
from ecluse_core.seccomp import ANY_BIT, ARGUMENTS, EQUAL, LOAD, Row

# None of them opens a file, makes a socket or a process, or names another process.
_ALLOWED = (
    *("read", "write", "writev", "close", "lseek", "epoll_wait", "epoll_pwait"),
    *("brk", "mmap", "mremap", "mprotect", "munmap", "madvise"),
    *("futex", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "getcpu"),
    *("clock_gettime", "clock_getres", "gettimeofday", "nanosleep", "clock_nanosleep", "restart_syscall"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"),
    *("getpid", "gettid", "getrandom", "getrusage", "sysinfo", "exit", "exit_group"),
)
_THREAD = 0x10000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
# Where libraries are, and what they look up of processors and memory; of processes this one only.
_LIBRARIES = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/meminfo", "/proc/stat"),
    *("/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu", "/sys/kernel/mm", "/sys/fs/cgroup"),
)

_libc = ctypes.CDLL(None, use_errno=True)


def rules() -> list[Row | str]:
    """The list of system calls: another one fails, and `clone` makes threads only."""
    return [
        *((EQUAL, "allow", 0, name) for name in _ALLOWED),
        (EQUAL, "absent", 0, "clone3"), (EQUAL, 0, "deny", "clone"),
        (LOAD, 0, 0, ARGUMENTS), (ANY_BIT, "allow", "deny", _THREAD),
    ]  # fmt: skip


def end_with(parent: int) -> None:
    """Has the kernel end this process with its parent: no model outlives who asked for it."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def require_one_thread() -> None:
    """Raises OSError when threads run already: Landlock would not reach them, and a fork would lose them."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise OSError(f"{threads} threads run, where the process of a model has one until it is locked")


class Lockdown:
    """The walls around this process, whose parent is `parent`, for good: the first is made here."""

    def __init__(self, parent: int) -> None:
        end_with(parent)
        _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        require_one_thread()
        # When memory is out, the kernel ends this process before the one that waits for its answer.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        self._landlock = _leave_libraries()

    def finish(self, memory: int) -> str:
        """The second wall, and a limit of memory beyond what is taken; says what confines the process.

        Raises OSError where the kernel has no such filter: then no model may be loaded.
        """
        if not seccomp.available():
            raise OSError(f"no list of system calls is written for {os.uname().machine}; use x86-64 or ARM64")
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        # Of address space: other limits leave out what is shared, or only reserved.
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # rows of people would be in it
        seccomp.install(rules())
        return f"a list of system calls, and {self._landlock or 'no Landlock, which cannot be had here'}"


def _leave_libraries() -> str:
    """Lets this process read libraries only; the version of Landlock, or nothing where there is none."""
    try:
        version = int(get_abi_version())
    except (
        LandlockError,
        OSError,
    ):  # old kernels and profiles of containers say it each in its way
        return ""
    own = (sys.prefix, sys.base_prefix, sys.pycache_prefix, str(Path(__file__).parents[1]))
    landlock = Landlock(strict=False)
    for path in (*_LIBRARIES, *own):
        if path and os.path.exists(path):
            folder = AccessFs.READ_DIR if os.path.isdir(path) else AccessFs(0)
            landlock.add_path_rule(path, access=AccessFs.READ_FILE | folder)
    landlock.apply()
    return f"Landlock ABI {version}"
