"""The programs of both filters, run by a small machine for BPF: what each says to calls of each processor."""

import pytest

from ecluse_core.seccomp import Program, Row, assemble
from ecluse_local import call_filter
from ecluse_models import lockdown

ALLOWED, DENIED, ABSENT = 0x7FFF0000, 0x0005000D, 0x00050026
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "read": 0, "open": 2, "socket": 41, "socketpair": 53, "sendto": 44, "clone": 56, "execve": 59,
        "ptrace": 101, "shmget": 29, "prlimit64": 302, "setpriority": 141, "openat": 257, "clone3": 435,
        "keyctl": 250, "process_vm_readv": 310, "pidfd_open": 434, "kill": 62, "futex": 202,
    },
    "aarch64": {
        "read": 63, "openat": 56, "socket": 198, "socketpair": 199, "sendto": 206, "clone": 220,
        "execve": 221, "ptrace": 117, "shmget": 194, "prlimit64": 261, "setpriority": 140, "clone3": 435,
        "keyctl": 219, "process_vm_readv": 270, "pidfd_open": 434, "kill": 129, "futex": 98,
    },
}  # fmt: skip
STREAM, DATAGRAM, THREAD, NEW_USER = 1, 2, 0x10000, 0x10000000

JOB: list[tuple[str, tuple[int, ...], int]] = [
    ("openat", (), ALLOWED),
    ("execve", (), ALLOWED),
    ("kill", (), ALLOWED),
    ("socket", (2, STREAM, 0), ALLOWED),
    ("socket", (10, STREAM | 0x80000, 6), ALLOWED),
    ("socket", (2, STREAM, 262), DENIED),
    ("socket", (2, DATAGRAM, 0), DENIED),
    ("socket", (1, STREAM, 0), DENIED),
    ("socket", (16, 3, 0), ALLOWED),
    ("socketpair", (1, STREAM, 0), ALLOWED),
    ("socketpair", (1, DATAGRAM, 0), DENIED),
    ("sendto", (3, 0, 1, 0x20000000), DENIED),
    ("sendto", (3, 0, 1, 0), ALLOWED),
    ("clone", (THREAD,), ALLOWED),
    ("clone", (NEW_USER,), DENIED),
    ("clone3", (), ABSENT),
    ("shmget", (), DENIED),
    ("keyctl", (), DENIED),
    ("prlimit64", (0,), ALLOWED),
    ("prlimit64", (7,), DENIED),
    ("setpriority", (0, 0), ALLOWED),
    ("setpriority", (2, 0), DENIED),
]
MODEL: list[tuple[str, tuple[int, ...], int]] = [
    ("read", (), ALLOWED),
    ("futex", (), ALLOWED),
    ("clone", (0x3D0F00,), ALLOWED),
    ("clone", (0x1200011,), DENIED),
    ("clone3", (), ABSENT),
    *((name, (0, 0, 0), DENIED) for name in ("openat", "execve", "socket", "socketpair", "sendto", "kill")),
    *((name, (0, 0, 0), DENIED) for name in ("ptrace", "process_vm_readv", "pidfd_open", "shmget", "keyctl")),
    ("prlimit64", (0,), DENIED),
]


def answer(program: Program, arch: int, number: int, arguments: tuple[int, ...]) -> int:
    """What the kernel would do with a call."""
    data = {0: number, 4: arch, **{16 + 8 * at: value for at, value in enumerate(arguments)}}
    value = at = 0
    while True:
        code, yes, no, k = program[at]
        at += 1
        match code:
            case 0x20:
                value = data.get(k, 0)
            case 0x54:
                value &= k
            case 0x15:
                at += yes if value == k else no
            case 0x35:
                at += yes if value >= k else no
            case 0x45:
                at += yes if value & k else no
            case _:
                return k


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("rules", "cases"), [(call_filter.rules(), JOB), (lockdown.rules(), MODEL)])
def test_calls_get_their_answer_on_each_processor(
    machine: str, rules: list[Row | str], cases: list[tuple[str, tuple[int, ...], int]]
) -> None:
    program = assemble(rules, machine)
    answers = [
        (name, arguments, answer(program, MACHINES[machine], NUMBERS[machine][name], arguments))
        for name, arguments, _ in cases
    ]
    assert answers == cases


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("rules", [call_filter.rules(), lockdown.rules()])
def test_calls_of_another_kind_of_processor_are_denied(machine: str, rules: list[Row | str]) -> None:
    """As a 32-bit program makes them, whose numbers mean other calls."""
    program = assemble(rules, machine)
    number = NUMBERS[machine]["read"]
    others = [0x40000003, 0x40000028, *(arch for name, arch in MACHINES.items() if name != machine)]
    assert {answer(program, arch, number, ()) for arch in others} == {DENIED}
    assert answer(program, MACHINES[machine], 0x40000000 | number, ()) == DENIED


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("rules", [call_filter.rules(), lockdown.rules()])
def test_a_program_is_one_that_the_kernel_takes(machine: str, rules: list[Row | str]) -> None:
    """Jumps go forward by at most 255 rows, and to a row."""
    program = assemble(rules, machine)
    for at, (code, yes, no, _) in enumerate(program):
        if code in (0x15, 0x35, 0x45):
            assert all(0 <= jump <= 255 and at + 1 + jump < len(program) for jump in (yes, no))
    assert program[-1][0] == 0x06
