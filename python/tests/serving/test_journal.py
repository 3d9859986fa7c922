"""What a model server's disk has when it was killed, damaged, full or shared, and what the store gets."""

import errno
import io
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from ecluse_core.container import BlobError, Container
from ecluse_core.opening import open_container
from ecluse_monitor.predictions import Logged
from ecluse_serving.journal import Journal, backlog, frames, segments, taken
from ecluse_serving.log import LogError
from ecluse_serving.shipping import Shipper
from tests.processes import python_environment

DAY = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass
class Store:
    """A container that keeps its blobs, or is away."""

    blobs: dict[str, bytes] = field(default_factory=dict[str, bytes])
    is_away: bool = False

    def write(self, name: str, content: bytes) -> None:
        """Keeps a blob."""
        if self.is_away:
            raise BlobError(f"{name} cannot be written: away")
        self.blobs[name] = content

    def ids(self) -> list[str]:
        """The ids of all predictions."""
        tables = [pl.read_parquet(io.BytesIO(content)) for content in self.blobs.values()]
        return sorted(id_ for table in tables for id_ in table["prediction_id"])


def predictions(*ids: str, time: datetime = DAY, **inputs: Any) -> pl.DataFrame:
    given = {name: [value] * len(ids) for name, value in (inputs or {"input_age": 41.0}).items()}
    return pl.DataFrame({"prediction_id": list(ids), **given}).with_columns(
        time=pl.lit(time, pl.Datetime("us", "UTC"))
    )


def shipper(folder: Path, store: Store, **limits: int) -> Shipper:
    return Shipper(Journal(folder, **limits), cast(Container, store), "churn")


def contents(folder: Path) -> list[bytes]:
    """All that the segments of a folder hold, in the order of their names."""
    found = list[bytes]()
    for path in segments(folder):
        found += frames(path, path.read_bytes())
    return found


def test_many_requests_are_few_blobs_each_of_a_day_and_of_equal_columns(tmp_path: Path) -> None:
    store = Store()
    own = shipper(tmp_path, store)
    for number in range(50):
        own.keep(predictions(f"a{number}", time=DAY + timedelta(days=number % 2)))
    own.keep(predictions("b", input_age=41))
    assert store.blobs == {}
    own.ship()
    assert sorted(len(pl.read_parquet(io.BytesIO(blob))) for blob in store.blobs.values()) == [1, 25, 25]
    form = r"churn/date=2026-(01-31|02-01)/[0-9a-f-]{36}\.parquet"
    assert all(re.fullmatch(form, name) for name in store.blobs)
    assert store.ids() == sorted([*(f"a{number}" for number in range(50)), "b"])
    assert segments(tmp_path) == []
    own.ship()
    assert len(store.blobs) == 3


def test_a_store_that_is_away_costs_no_request_and_no_row(tmp_path: Path) -> None:
    store = Store(is_away=True)
    own = shipper(tmp_path, store)
    for number in range(20):
        own.keep(predictions(f"a{number:02}"))
        with pytest.raises(LogError, match=r"cannot be shipped: churn/.* cannot be written: away"):
            own.ship()
    # The first was complete when the store was found to be away; the others wait in one file.
    assert len(segments(tmp_path)) == 2
    store.is_away = False
    own.ship()
    assert store.ids() == [f"a{number:02}" for number in range(20)]


def test_files_are_private(tmp_path: Path) -> None:
    Journal(tmp_path / "new" / "log").append(b"row")
    (path,) = segments(tmp_path / "new" / "log")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_more_than_may_wait_is_refused_until_the_store_takes_it(tmp_path: Path) -> None:
    store = Store()
    own = shipper(tmp_path, store, most=20_000)
    kept = 0
    with pytest.raises(LogError, match="predictions are not logged: 0 MiB wait for the store"):
        for kept in range(1_000):
            own.keep(predictions(f"a{kept:03}"))
    assert kept > 5 and backlog(tmp_path) <= 20_000
    own.ship()
    own.keep(predictions("z"))
    own.ship()
    assert store.ids() == [*(f"a{number:03}" for number in range(kept)), "z"]


def test_a_full_segment_is_shipped_before_its_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment=100)
    journal.append(b"x" * 50)
    assert not journal.is_full.is_set()
    journal.append(b"y" * 80)
    assert journal.is_full.is_set()
    journal.append(b"z")
    assert [len(list(frames(path, path.read_bytes()))) for path in segments(tmp_path)] in ([2, 1], [1, 2])


@pytest.mark.parametrize("fails", ["write", "fdatasync", "open"])
def test_a_full_disk_is_said_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    journal = Journal(tmp_path)
    journal.append(b"before")
    if fails == "open":
        journal.complete()

    def full(*args: Any) -> int:
        if fails == "write" and len(args[1]) > 5:
            return os.pwrite(args[0], args[1][:5], os.fstat(args[0]).st_size)  # a part of it fits
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"ecluse_serving.journal.os.{fails}", full)
        with pytest.raises(LogError, match="not logged: the server's disk: No space left on device"):
            journal.append(b"lost")
    journal.append(b"after")
    assert sorted(contents(tmp_path)) == [b"after", b"before"]


def test_a_frame_that_was_cut_off_is_dropped_and_all_before_it_is_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for content in (b"first", b"second", b"third"):
        journal.append(content)
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    lengths = [whole.index(content) + len(content) for content in (b"first", b"second", b"third")]
    for cut in range(len(whole) + 1):
        found = list(frames(path, whole[:cut]))
        assert found == [b"first", b"second", b"third"][: sum(cut >= length for length in lengths)]


def test_damage_in_the_middle_takes_no_other_frame(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal(tmp_path)
    for number in range(3):
        journal.append(b"row %d" % number * 20)
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    at = whole.index(b"row 1")
    for place in range(at - 28, at + 100):
        hurt = bytearray(whole)
        hurt[place] ^= 0xFF
        assert list(frames(path, bytes(hurt))) == [b"row 0" * 20, b"row 2" * 20], place
    assert "bytes that are no whole frame" in caplog.text


def test_a_row_that_looks_like_a_frame_is_none(tmp_path: Path) -> None:
    """A caller may know the form of a frame, and of other segments; not the mark of the one it is in."""
    journal = Journal(tmp_path)
    journal.append(b"seen")
    (path,) = segments(tmp_path)
    seen = path.read_bytes()
    journal.complete()
    journal.append(b"a" + seen + b"b")
    other = next(each for each in segments(tmp_path) if each != path)
    hurt = other.read_bytes()[:-1] + b"c"
    assert list(frames(other, hurt)) == []


WRITER = """
import sys
from pathlib import Path
from ecluse_serving.journal import Journal
journal, number = Journal(Path(sys.argv[1])), 0
while True:
    journal.append(b"%d" % number)
    print(number, flush=True)
    number += 1
"""


def test_what_was_acknowledged_is_there_after_kill_9(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    command = [sys.executable, "-c", WRITER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=python_environment()) as writer:
        assert writer.stdout
        for _ in range(20):
            writer.stdout.readline()
        # Another server on the folder takes nothing of one that writes.
        (path,) = segments(folder)
        with taken(path) as content:
            assert content is None
        writer.send_signal(signal.SIGKILL)
        said = 20 + len(writer.stdout.read().splitlines())
    with taken(path) as content:
        assert content is not None
        kept = [int(each) for each in frames(path, content)]
        with taken(path) as again:
            assert again is None
    assert kept[:said] == list(range(said)) and len(kept) <= said + 1


def test_a_segment_that_cannot_be_read_stays_and_keeps_no_other_from_the_store(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    own = shipper(tmp_path, store)
    for number in range(4):
        own.keep(predictions(f"a{number}"))
        own.journal.complete()
    own.journal.append(b"no table")
    own.ship()
    assert store.ids() == ["a0", "a1", "a2", "a3"]
    (path,) = tmp_path.iterdir()
    assert path.suffix == ".damaged" and b"no table" in path.read_bytes()
    assert f"{path.stem}.journal cannot be read, and is set aside" in caplog.text


def test_two_servers_on_a_folder_ship_each_row_once(tmp_path: Path) -> None:
    store = Store()
    one, other = shipper(tmp_path, store), shipper(tmp_path, store)
    one.keep(predictions("a"))
    other.keep(predictions("b"))
    one.ship()
    assert store.ids() == ["a"]
    other.ship()
    assert store.ids() == ["a", "b"]


def test_a_run_that_was_killed_before_it_removed_a_segment_doubles_nothing(tmp_path: Path) -> None:
    """Not even where a compaction has taken its blob meanwhile: readers drop the same id."""
    (tmp_path / "blobs").mkdir()
    container = open_container("URL", {"URL": f"file://{tmp_path}/blobs"})
    own = Shipper(Journal(tmp_path / "log"), container, "churn")
    own.keep(predictions("a", "b"))
    (path,) = segments(tmp_path / "log")
    content = path.read_bytes()
    own.ship()
    (name,) = container.sizes()
    path.write_bytes(content)
    own.ship()
    assert list(container.sizes()) == [name]
    container.write("churn/date=2026-01-31/compacted-1.parquet", container.read(name).content)
    path.write_bytes(content)
    own.ship()
    logged = Logged(container, "churn", DAY.date())
    assert sorted(pl.concat(logged.batches())["prediction_id"]) == ["a", "b"]
    assert logged.duplicates == 2
