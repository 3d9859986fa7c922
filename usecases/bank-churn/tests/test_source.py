"""The user's own file: landed by date under a schema check, or refused whole."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bank_churn.blobs import DataError, read_landed
from bank_churn.container import Container
from bank_churn.features import CATEGORICAL, DATE, ID, INPUTS, NUMERIC, TARGET
from bank_churn.land import land
from bank_churn.population import MONTHS, draw_day

AS_OF = date(2026, 11, 23)
CATEGORY, NUMBER = next(iter(CATEGORICAL)), next(iter(NUMERIC))


def options(source: Path, sample: int | None = None) -> argparse.Namespace:
    return argparse.Namespace(as_of=AS_OF, rows=100, seed=7, source=source, sample=sample, replace=False)


def own(path: Path, rows: int = 200, **changed: Any) -> Path:
    """A user's own file with some columns set."""
    frame = draw_day(rows, 1, "own", AS_OF)
    frame[DATE] = ["2026-01-01", "2026-02-01"] * (rows // 2)
    frame.assign(**changed).to_csv(path, index=False)
    return path


def test_it_lands_by_its_dates(blobs: Container, tmp_path: Path) -> None:
    land(options(own(tmp_path / "own.csv")), blobs)
    landed = read_landed(blobs)
    assert {day: len(frame) for day, frame in landed.frames.items()} == {"2026-01-01": 100, "2026-02-01": 100}


def test_it_lands_as_a_sample_of_every_date(blobs: Container, tmp_path: Path) -> None:
    source = own(tmp_path / "own.csv")
    land(options(source, sample=50), blobs)
    assert [len(frame) for frame in read_landed(blobs).frames.values()] == [25, 25]
    with pytest.raises(DataError, match="--replace"):
        land(options(source), blobs)


def test_parquet_with_nulls_and_without_dates_is_spread(blobs: Container, tmp_path: Path) -> None:
    frame = draw_day(50 * MONTHS, 1, "own", AS_OF)
    frame[NUMBER] = frame[NUMBER].mask(frame.index < 5)
    frame.to_parquet(tmp_path / "own.parquet")
    land(options(tmp_path / "own.parquet"), blobs)
    frames = read_landed(blobs).frames.values()
    sizes = [len(part) for part in frames]
    assert len(sizes) == MONTHS and min(sizes) > 20 and sum(sizes) == 50 * MONTHS
    assert sum(int(part[NUMBER].isna().sum()) for part in frames) == 5


WRONG: list[tuple[str, Any, str]] = [
    (CATEGORY, "Atlantis", r"row 1: 'Atlantis' \(200 such rows\); use one of "),
    (NUMBER, -1e9, "row 1: -1000000000.0 .*use a number from "),
    (NUMBER, "many", "row 1: 'many' .*use a number"),
    (TARGET, 2, "row 1: 2 .*use 1 where it happened"),
    (ID, "c1", "row 2: 'c1' .*its own id"),
    (DATE, "23/11/2026", "row 1: '23/11/2026' .*use YYYY-MM-DD"),
]


@pytest.mark.parametrize(("column", "value", "message"), WRONG)
def test_a_wrong_file_lands_nothing(
    blobs: Container, tmp_path: Path, column: str, value: Any, message: str
) -> None:
    with pytest.raises(DataError, match=f"column {column}, {message}"):
        land(options(own(tmp_path / "own.csv", **{column: value})), blobs)
    assert blobs.etags() == {}


def test_files_that_are_no_source(blobs: Container, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.parquet").write_text("x")
    (tmp_path / "a.csv").write_text(f"{ID}\n1\n")
    (tmp_path / "empty.csv").write_text(",".join([ID, *INPUTS, TARGET]) + "\n")
    for name, message in (
        ("a.txt", "must be a .csv or .parquet"),
        ("a.parquet", "cannot be read as parquet"),
        ("a.csv", f"column {CATEGORY} is missing"),
        ("empty.csv", "there are no rows"),
        ("none.csv", "there is no such file"),
    ):
        with pytest.raises(DataError, match=message):
            land(options(tmp_path / name), blobs)
