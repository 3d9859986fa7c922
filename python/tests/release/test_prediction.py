"""Finding a prediction in the log: in any blob and group, by few bytes, and what is no log is named."""

import io
import secrets
import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from ecluse_core.container import BlobError, Container
from ecluse_core.opening import open_container
from ecluse_release import prediction
from ecluse_release.prediction import find_prediction

DAY = date(2026, 11, 29)


@pytest.fixture
def log(tmp_path: Path) -> Container:
    """An empty log."""
    return open_container("URL", {"URL": f"file://{tmp_path}"})


def rows_of(count: int, day: date = DAY) -> pl.DataFrame:
    """So many predictions, sorted as compaction leaves them; an input makes the blob large."""
    return pl.DataFrame(
        {
            "prediction_id": sorted(str(uuid.uuid4()) for _ in range(count)),
            "id": [f"c-{n}" for n in range(count)],
            "model_version": ["3"] * count,
            "score": [n / count for n in range(count)],
            "input_note": [secrets.token_hex(64) for _ in range(count)],
        }
    ).with_columns(time=pl.lit(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)))


def put(log: Container, name: str, rows: pl.DataFrame, day: date = DAY, group: int | None = None) -> int:
    """Writes a blob; gives its bytes."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer, row_group_size=group)
    log.write(f"churn/date={day}/{name}.parquet", buffer.getvalue())
    return len(buffer.getvalue())


@pytest.mark.parametrize("place", [0, 999, 1000, 5_000, 11_999])
def test_of_a_large_blob_only_what_can_have_the_id_is_read(
    log: Container, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    rows, read = rows_of(12_000), list[int]()
    size = put(log, "compacted", rows, group=1_000)
    assert size > 1 << 20

    def no_whole_blob(_: Container, name: str) -> None:
        raise AssertionError(name)

    open_reader = Container.reader

    def counted(container: Container, name: str) -> io.BufferedReader:
        found = open_reader(container, name)
        readinto = found.raw.readinto

        def noted(buffer: memoryview) -> int | None:
            read.append(len(buffer))
            return readinto(buffer)

        monkeypatch.setattr(found.raw, "readinto", noted)
        return found

    monkeypatch.setattr(Container, "read", no_whole_blob)
    monkeypatch.setattr(Container, "reader", counted)
    wanted = rows.row(place, named=True)
    found = find_prediction(log, "churn", wanted["prediction_id"])
    assert found and (found.id, found.score, found.version) == (wanted["id"], wanted["score"], "3")
    assert found.time == "2026-11-29T12:00:00.000+00:00"
    assert 0 < sum(read) < size / 4


def test_blobs_of_every_day_and_size_are_searched(log: Container) -> None:
    wanted: list[tuple[str, str]] = []
    for number in range(1, 21):
        day = date(2026, 11, number)
        for blob in range(8):
            rows = rows_of(3, day)
            put(log, f"{blob}", rows, day)
            wanted.append((rows["prediction_id"][1], f"date={day}/{blob}.parquet"))
    for id_, blob in wanted[::41]:
        found = find_prediction(log, "churn", id_)
        assert found and found.blob.endswith(blob)
        assert find_prediction(log, "churn", id_, date.fromisoformat(found.time[:10])) == found
        assert find_prediction(log, "churn", id_, date(2026, 11, 30)) is None
    assert find_prediction(log, "churn", str(uuid.uuid4())) is None
    assert find_prediction(log, "other", wanted[0][0]) is None


def test_the_newest_of_equal_ids_is_found(log: Container) -> None:
    rows = rows_of(5)
    for day in (date(2026, 10, 1), date(2026, 11, 2)):
        put(log, "a", rows.with_columns(model_version=pl.lit(f"{day.month}")), day)
    found = find_prediction(log, "churn", rows["prediction_id"][0])
    assert found and found.version == "11"


@pytest.mark.parametrize("size", [0, 1 << 30])
def test_what_is_no_log_is_named(log: Container, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(prediction, "_WHOLE_BYTES", size)
    for name, content in (("text", b"x" * 4000), ("empty", b""), ("cut", b"PAR1" + b"\0" * 100 + b"PAR1")):
        log.write(f"churn/date={DAY}/{name}.parquet", content)
        with pytest.raises(BlobError, match=f"{name}.parquet is no log of predictions"):
            find_prediction(log, "churn", str(uuid.uuid4()))
        log.delete(f"churn/date={DAY}/{name}.parquet")
    put(log, "numbers", pl.DataFrame({"prediction_id": [1, 2]}))
    put(log, "other", pl.DataFrame({"x": [1, 2]}))
    with pytest.raises(BlobError, match="is no log of predictions"):
        find_prediction(log, "churn", str(uuid.uuid4()))
