"""What the code of a model can do once the list of estimators is passed by: it computes, and nothing else."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from ecluse_models import channel, confined
from ecluse_models.confined import ConfinedModel, confined_model
from ecluse_models.model import ModelError
from tests.models.hostile import stored
from tests.processes import python_environment

ROWS = pl.DataFrame({"a": [1.0, 2.0]})
CALL = """
import ctypes, os
def call(name, *args):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*args) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""
HERE = os.getpid()
FILES = {
    "a file": "open('SECRET').read()",
    "the environment of who asks": f"open('/proc/{HERE}/environ').read()",
    "the memory of who asks": f"open('/proc/{HERE}/mem', 'rb').read(1)",
    "a folder": "__import__('os').listdir('FOLDER')",
    "a new file": "open('FOLDER/new', 'w')",
    "a shell": "__import__('os').execv('/bin/sh', ['sh', '-c', 'true'])",
    "a port": "__import__('socket').create_connection(('127.0.0.1', PORT))",
    "a signal": f"__import__('os').kill({HERE}, 0)",
}
CALLS = {
    "a library": "open('/usr/bin/env').read()",
    "a socket": "__import__('socket').socket()",
    "a Unix socket": "__import__('socket').socket(__import__('socket').AF_UNIX)",
    "a process": "__import__('os').fork()",
    "a command": "__import__('subprocess').run(['true'])",
    "a size": "__import__('os').stat('SECRET')",
    "a tracer": CALL + f"call('ptrace', 16, {HERE}, 0, 0)",
    "a reader of memory": CALL + f"call('process_vm_readv', {HERE}, 0, 0, 0, 0, 0)",
    "a handle of a process": CALL + f"call('syscall', 434, {HERE}, 0)",
    "limits of who asks": f"__import__('resource').prlimit({HERE}, 7)",
    "a longer life": CALL + "call('prctl', 1, 0, 0, 0, 0)",
    "shared memory": CALL + "call('shmget', 42, 4096, 0o1600)",
    "a keyring": CALL + "call('syscall', 250, 0, -4, 0)",
    "a ring": CALL + "call('syscall', 425, 1, 0)",
    "more memory": "__import__('resource').setrlimit(9, (-1, -1))",
}


@pytest.fixture(autouse=True)
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are Python code."""
    monkeypatch.setattr(confined, "PROGRAM", ("tests.models.hostile",))


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server that would answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def scoring(body: str) -> str:
    """Code of a model that does something for each table."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f"def predict(rows):\n{lines}\n    return rows['a'].to_numpy() * 2"


def loaded(folder: Path, code: str, *without: str) -> ConfinedModel:
    confined.PROGRAM = ("tests.models.hostile", *without)
    return confined_model(stored(folder, code))


def test_a_model_computes(tmp_path: Path) -> None:
    model = loaded(tmp_path, scoring(""))
    assert (model.kind, model.format, model.inputs[0].name) == ("regressor", "hostile", "a")
    assert model.score(ROWS).tolist() == [2.0, 4.0]
    many = pl.DataFrame({"a": [float(n) for n in range(25_000)]})
    assert model.score(many).tolist() == (many["a"] * 2).to_list()


WORK = "sum(range(300_000))"


@contextmanager
def crowded(processor: int) -> Generator[None]:
    """Another process works on this processor without a pause."""
    code = f"import os; os.sched_setaffinity(0, {{{processor}}})\nwhile True: {WORK}"
    with subprocess.Popen([sys.executable, "-c", code]) as burner:
        try:
            yield
        finally:
            burner.kill()


def test_the_kernel_counts_what_scoring_takes(tmp_path: Path) -> None:
    """Waiting for a busy processor is no part of it, where the clock has at least as much again."""
    model = loaded(tmp_path, scoring(WORK))
    assert model.size == sum(path.stat().st_size for path in tmp_path.iterdir())
    alone = sorted(model.processor_seconds(ROWS) for _ in range(15))[7]
    assert model.process.worker
    processor = max(os.sched_getaffinity(0))
    os.sched_setaffinity(model.process.worker.pid, {processor})
    with crowded(processor):
        start = time.monotonic()
        beside = sorted(model.processor_seconds(ROWS) for _ in range(60))
        passed = (time.monotonic() - start) / 60
    assert 0.001 < beside[30] < 1.6 * alone
    assert passed > 1.3 * beside[30]


def test_a_model_that_ends_has_no_time(tmp_path: Path) -> None:
    model = loaded(tmp_path, scoring("import os; os._exit(3)"))
    with pytest.raises(ModelError, match="ended by itself"):
        model.processor_seconds(ROWS)
    assert model.process.worker and model.process.worker.has_ended()
    with pytest.raises(ModelError, match="has ended"):
        model.processor_seconds(ROWS)


def attacking(folder: Path, port: int, attacks: Mapping[str, str]) -> str:
    """Code that tries all attacks, and names in an error those that the kernel did not refuse."""
    (folder / "secret").write_text("canary")
    known = {"SECRET": str(folder / "secret"), "FOLDER": str(folder), "PORT": str(port)}
    filled = dict(attacks)
    for name, value in known.items():
        filled = {what: code.replace(name, value) for what, code in filled.items()}
    return f"""
reached = dict()
for what, code in {filled!r}.items():
    try:
        exec(code, dict())
        reached[what] = "done"
    except PermissionError:
        pass
    except Exception as error:
        reached[what] = repr(error)
raise ValueError("reached " + repr(reached))
"""


@pytest.mark.parametrize(
    ("without", "attacks"),
    [((), {**FILES, **CALLS}), (("without-landlock",), {**FILES, **CALLS}), (("without-calls",), FILES)],
)
def test_nothing_else_is_in_reach(
    tmp_path: Path, port: int, without: tuple[str, ...], attacks: Mapping[str, str]
) -> None:
    """Each wall holds by itself; Landlock alone for files, ports and signals."""
    code = attacking(tmp_path, port, attacks)
    folder = tmp_path / "model"
    folder.mkdir()
    model = loaded(folder, scoring(code), *without)
    with pytest.raises(ModelError, match=r"ValueError: reached \{\}"):
        model.score(ROWS)
    with pytest.raises(ModelError, match=r"cannot be read: ValueError: reached \{\}"):
        loaded(folder, code, *without)


def test_without_walls_it_would_be(tmp_path: Path, port: int) -> None:
    """Otherwise the test above proves nothing."""
    attacks = {what: code for what, code in FILES.items() if what != "a shell"}
    folder = tmp_path / "model"
    folder.mkdir()
    model = loaded(folder, scoring(attacking(tmp_path, port, attacks)), "without-landlock", "without-calls")
    with pytest.raises(ModelError) as refused:
        model.score(ROWS)
    for what in attacks:
        assert f"'{what}': " in str(refused.value)


def test_its_process_is_given_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECLUSE_SIGNING_KEY", "canary")
    secret = tmp_path / "secret"
    secret.write_text("canary")
    folder = tmp_path / "model"
    folder.mkdir()
    with secret.open() as opened:
        os.set_inheritable(opened.fileno(), True)
        process = loaded(folder, scoring("")).process
    assert process.worker
    place = Path(f"/proc/{process.worker.pid}")
    assert b"canary" not in (place / "environ").read_bytes()
    links = [os.readlink(link) for link in (place / "fd").iterdir()]
    kinds = {link.split(":")[0] for link in links if link != "/dev/null"}
    assert kinds <= {"socket", "anon_inode"}, links
    status = (place / "status").read_text()
    assert ("NoNewPrivs:\t1" in status, "Seccomp:\t2" in status) == (True, True)


BREAKS = {
    "while True: pass": "gave no answer within 2 s, and was ended",
    "bytearray(1 << 33)": "takes more than 512 MiB of memory",
    "__import__('ctypes').string_at(0)": "was ended by SIGSEGV",
    "__import__('os')._exit(3)": "ended by itself with exit code 3",
    "__import__('os').write(3, b'S' + b'\\xff' * 8)": "a message of .* bytes",
    "__import__('os').write(3, b'S\\3' + bytes(10))": "3 bytes for 1 rows",
    "__import__('os').write(3, b'X' + bytes(8))": "an answer of another kind",
}


def test_what_breaks_it_is_said_and_the_next_rows_are_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded(tmp_path, scoring(f"way = int(rows['a'][0])\nif way < 0: exec({list(BREAKS)!r}[way])"))
    for way, reason in enumerate(BREAKS.values(), -len(BREAKS)):
        with monkeypatch.context() as hasty, pytest.raises(ModelError, match=reason):
            hasty.setattr(confined, "SCORE_SECONDS", 2 if way == -len(BREAKS) else 30)
            model.score(pl.DataFrame({"a": [float(way)]}))
    assert model.score(ROWS).tolist() == [2.0, 4.0]


def test_rows_do_not_wait_for_others_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = loaded(tmp_path, scoring("import time\nwhile rows['a'][0] < 0: time.sleep(1)"))
    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(model.score, pl.DataFrame({"a": [-1.0]}))
        while not model.process.lock.locked():
            time.sleep(0.01)
        with monkeypatch.context() as hasty, pytest.raises(ModelError, match="busy with other rows for 1 s"):
            hasty.setattr(confined, "SCORE_SECONDS", 1)
            model.score(ROWS)
        assert model.process.worker
        os.kill(model.process.worker.pid, signal.SIGKILL)
        with pytest.raises(ModelError, match="was ended by SIGKILL"):
            hanging.result()
    assert model.score(ROWS).tolist() == [2.0, 4.0]


def test_a_model_that_hangs_while_it_is_loaded_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "LOAD_SECONDS", 2)
    with pytest.raises(ModelError, match="no answer within 2 s"):
        loaded(tmp_path, "while True: pass")
    with pytest.raises(ModelError, match="more than 512 MiB"):
        loaded(tmp_path, "bytearray(1 << 33)")


def test_what_a_process_says_is_cut_and_shown_plainly(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        loaded(tmp_path, "raise ValueError('\\x1b[31m' + 'long' * 1000 + '\\n')")
    assert len(str(refused.value)) <= 400
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[" * 100_000,
        "[]",
        '{"kind": "regressor", "format": "skops", "inputs": ["a"]}',
        '{"kind": "regressor", "format": "skops", "inputs": [{"name": "a", "type": []}]}',
        '{"kind": "oracle", "format": "skops", "inputs": [{"name": "a", "type": "double"}]}',
    ],
)
def test_a_description_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    answer = channel.packed(channel.MODEL, said.encode())
    with pytest.raises(ModelError, match=r"describes no model|is not a named column"):
        loaded(tmp_path, f"__import__('os').write(3, {answer!r})")


def test_no_filter_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the kernel refuses the list of calls, nothing is loaded."""
    monkeypatch.setattr(confined, "PROGRAM", ("tests.models.unfiltered",))
    with pytest.raises(ModelError, match="seccomp filter refused"):
        confined_model(stored(tmp_path, scoring("")))


def test_it_ends_with_who_asks(tmp_path: Path) -> None:
    """Killed, without a chance to clean up, while the model hangs."""
    stored(tmp_path, scoring("while True: pass"))
    code = (
        "import threading, time; from pathlib import Path; import polars as pl\n"
        "from ecluse_models import confined; confined.PROGRAM = ('tests.models.hostile',)\n"
        f"model = confined.confined_model(Path({str(tmp_path)!r}))\n"
        "threading.Thread(target=model.score, args=[pl.DataFrame({'a': [1.0]})], daemon=True).start()\n"
        "time.sleep(1)\n"
        "print(model.process.worker.pid, flush=True)\n"
        "time.sleep(60)"
    )
    words = [sys.executable, "-c", code]
    with subprocess.Popen(words, env=python_environment(), stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout
        pid = int(asking.stdout.readline())
        asking.send_signal(signal.SIGKILL)
    ended = gone(pid)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    assert ended


def test_it_ends_with_its_model(tmp_path: Path) -> None:
    model = loaded(tmp_path, scoring(""))
    assert model.process.worker
    pid = model.process.worker.pid
    assert not gone(pid, 0)
    del model
    assert gone(pid)


def gone(pid: int, seconds: float = 20) -> bool:
    """Whether a process has ended, within so many seconds."""
    end = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_models_have_processes_of_one_origin_which_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the libraries cost is paid once; and it starts again when it has ended, its models too."""
    monkeypatch.setenv("ECLUSE_SIGNING_KEY", "canary")
    model, other = (loaded(folder, scoring("")) for folder in folders(tmp_path, "one", "other"))
    assert model.process.worker and other.process.worker
    server = parent(model.process.worker.pid)
    assert server == parent(other.process.worker.pid) != HERE
    place = Path(f"/proc/{server}")
    assert b"canary" not in (place / "environ").read_bytes()
    links = [os.readlink(link) for link in (place / "fd").iterdir()]
    assert sorted(link.split(":")[0] for link in links if link != "/dev/null") == ["socket"], links
    assert len(list((place / "task").iterdir())) == 1
    os.kill(server, signal.SIGKILL)
    assert gone(model.process.worker.pid)
    assert [each.score(ROWS).tolist() for each in (model, other)] == [[2.0, 4.0]] * 2


def test_where_no_process_can_be_had_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "PROGRAM", ("tests.models.unknown",))
    with pytest.raises(ModelError, match="no process for a model: its fork server was ended"):
        confined_model(stored(tmp_path, scoring("")))
    monkeypatch.setattr(confined, "PROGRAM", ("tests.models.threaded",))
    with pytest.raises(ModelError, match="2 threads run, where the process of a model has one"):
        confined_model(stored(tmp_path, scoring("")))


def folders(place: Path, *names: str) -> list[Path]:
    for name in names:
        (place / name).mkdir()
    return [place / name for name in names]


def parent(pid: int) -> int:
    """The process that forked this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
