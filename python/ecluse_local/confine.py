"""Run one CI job's command so that it sees its own checkout and its environment's ports, and nothing else.

`python confine.py probe` prints what this machine can enforce. `python confine.py --mode landlock --read PATH
--write PATH --connect PORT -- command…` runs the command, kills whatever it left behind, and exits as it did
(126: the confinement could not be made, so the command was not started).
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import struct
import sys
import time
from pathlib import Path
from types import FrameType

# Run by its path, so that the command inherits no variable that names the platform's folder.
sys.path.append(str(Path(__file__).parents[1]))

import call_filter
import namespaces
from py_landlock import AccessFs, AccessNet, Landlock, LandlockError, get_abi_version

from ecluse_core import seccomp

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER = 1, 24, 36
_CAPABILITY_VERSION_3 = 0x20080522
SWEEP_SECONDS = 10
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/proc", "/sys")
_ETC = (
    "alternatives", "ca-certificates", "fonts", "gai.conf", "group", "host.conf", "hosts", "ld.so.cache",
    "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "os-release", "passwd", "pki",
    "protocols", "resolv.conf", "services", "ssl", "timezone",
)  # fmt: skip
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_READ_FILE = AccessFs.EXECUTE | AccessFs.READ_FILE
_READ = _READ_FILE | AccessFs.READ_DIR
_WRITE_FILE = AccessFs.READ_FILE | AccessFs.WRITE_FILE | AccessFs.TRUNCATE
_WRITE = (
    _READ | _WRITE_FILE | AccessFs.REMOVE_DIR | AccessFs.REMOVE_FILE | AccessFs.MAKE_DIR | AccessFs.MAKE_REG
    | AccessFs.MAKE_SYM | AccessFs.MAKE_FIFO | AccessFs.MAKE_SOCK | AccessFs.REFER
)  # fmt: skip

_libc = ctypes.CDLL(None, use_errno=True)


def probe() -> dict[str, int | bool]:
    """What can be had here: `landlock` is the kernel's ABI (0: none; files by 1, TCP by 4, signals by 6)."""
    try:
        abi = int(get_abi_version())
    except (LandlockError, OSError):
        abi = 0
    other_user = os.geteuid() == 0 and shutil.which("setpriv") is not None
    return {
        "landlock": abi,
        "namespaces": namespaces.available(),
        "sockets": seccomp.available(),
        "other_user": other_user,
    }


def apply_landlock(read: list[str], write: list[str], ports: list[int]) -> None:
    """Restrict this process for good; a named path that does not exist is an error."""
    rules = Landlock(strict=False)
    system = [*_SYSTEM, *(f"/etc/{name}" for name in _ETC)]
    for path in [*filter(os.path.exists, system), *read]:
        rules.add_path_rule(path, access=_READ if Path(path).is_dir() else _READ_FILE)
    rules.add_path_rule(*_DEVICES, access=_WRITE_FILE)
    if write:
        rules.add_path_rule(*write, access=_WRITE)
    rules.add_net_rule(*ports, access=AccessNet.CONNECT_TCP)
    # Port 0 is "any free one": tests look for one so. A fixed port could pass for a service that is down.
    rules.add_net_rule(0, access=AccessNet.BIND_TCP)
    drop_capabilities()
    rules.apply()
    if seccomp.available():
        seccomp.install(call_filter.rules())


def drop_capabilities() -> None:
    """Leave a job no capability, neither root's nor those over its namespaces: some reach past Landlock."""
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    # Inheritable ones would come back when root starts a program.
    _libc.capset(struct.pack("Ii", _CAPABILITY_VERSION_3, 0), bytes(24))


def as_other_user(uid: int, write: list[str], command: list[str]) -> list[str]:
    """Give the writable folders to another user, and the command that runs as that one."""
    for folder in write:
        for path in [Path(folder), *Path(folder).rglob("*")]:
            os.chown(path, uid, uid, follow_symlinks=False)
    drop = ["--clear-groups", "--no-new-privs", "--bounding-set=-all"]
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", *drop, *command]


def limit_processes() -> None:
    """Bound how much a job may start; when memory is out, the kernel ends a job before a service."""
    own = sum(1 for path in Path("/proc").glob("[0-9]*/task/*") if _is_own(path))
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    most = own + namespaces.PROCESSES
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")


def _is_own(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.stat().st_uid == os.geteuid()
    return False


def start(options: argparse.Namespace) -> None:
    """Become the command; never returns."""
    command: list[str] = options.command
    try:
        os.setsid()
        limit_processes()
        if options.mode == "landlock":
            apply_landlock(options.read, options.write, options.connect)
        elif options.mode == "user":
            command = as_other_user(options.uid, options.write, command)
        os.execvp(command[0], command)
    except (OSError, LandlockError) as error:
        sys.stderr.write(f"confinement by {options.mode} failed, job not started: {error}\n")
    os._exit(126)


def sweep() -> bool:
    """Kill what is left below this process, a subreaper, to which orphans come. False: some go on."""
    end = time.monotonic() + SWEEP_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            for stat in Path("/proc").glob("[0-9]*/stat"):
                with contextlib.suppress(OSError):
                    if int(stat.read_bytes().rpartition(b")")[2].split()[1]) == os.getpid():
                        os.kill(int(stat.parent.name), signal.SIGKILL)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        return False
    return True


def run(options: argparse.Namespace) -> int:
    """Start the command, wait for it, leave nothing of it behind; give its exit status."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if options.namespaces:
        if not namespaces.separate():
            sys.stderr.write("no namespaces can be made here, job not started\n")
            return 126
        return os.waitstatus_to_exitcode(
            namespaces.run(lambda: start(options), options.write, options.memory)
        )
    return run_swept(options)


def run_swept(options: argparse.Namespace) -> int:
    """`run` where no namespace can be had: what outlives the command is looked for and killed."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        start(options)

    def end(_number: int, _frame: FrameType | None) -> None:
        os.kill(child, signal.SIGKILL)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    _, status = os.waitpid(child, 0)
    if not sweep():
        sys.stderr.write(f"processes of the job go on after {SWEEP_SECONDS} s\n")
        return 125
    return os.waitstatus_to_exitcode(status)


def main(arguments: list[str]) -> int:
    """Entry point."""
    if arguments == ["probe"]:
        print(json.dumps(probe()))
        return 0
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # what is open already, no confinement closes
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=["landlock", "user", "none"], required=True)
    parser.add_argument("--namespaces", action="store_true")
    parser.add_argument("--memory", type=int, default=namespaces.default_memory(), help="MiB")
    parser.add_argument("--uid", type=int)
    parser.add_argument("--read", action="append", default=[])
    parser.add_argument("--write", action="append", default=[])
    parser.add_argument("--connect", action="append", default=[], type=int)
    parser.add_argument("command", nargs="+")
    code = run(parser.parse_args(arguments))
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
