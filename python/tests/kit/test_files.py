"""Files as programs and people write them: read as they are meant, or refused with the fix."""

import bz2
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.file_format import PLAIN, FileFormat
from ecluse.files import digest_of, read_file
from ecluse.source import read_source
from ecluse.table import Table

GERMAN = FileFormat(
    separator=";", decimal=",", thousands=".", encoding="cp1252", dates="%d.%m.%Y", nulls=("-",)
)


@pytest.mark.parametrize(
    ("name", "content", "written"),
    [
        ("a.csv", "id,name\n01,Zoë\n02,NA\n".encode(), PLAIN),
        ("mark.csv", "\ufeffid,name\n01,Zoë\n02,NA\n".encode(), PLAIN),
        ("windows.csv", "id,name\r\n01,Zoë\r\n02,NA\r\n".encode(), PLAIN),
        ("quoted.csv", '"id","name"\n"01","Zoë"\n"02","NA"\n'.encode(), PLAIN),
        ("a.csv.gz", gzip.compress("id,name\n01,Zoë\n02,NA\n".encode()), PLAIN),
        ("a.csv.bz2", bz2.compress("id,name\n01,Zoë\n02,NA\n".encode()), PLAIN),
        ("a.csv.zst", pa.compress("id,name\n01,Zoë\n02,NA\n".encode(), "zstd", asbytes=True), PLAIN),
        ("old.csv", "id,name\n01,Zoë\n02,NA\n".encode("cp1252"), FileFormat(encoding="cp1252")),
        ("wide.csv", "id,name\n01,Zoë\n02,NA\n".encode("utf-16"), FileFormat(encoding="utf-16")),
        ("tabs.csv", "id\tname\n01\tZoë\n02\tNA\n".encode(), FileFormat(separator="\t")),
        ("dash.csv", "id,name\n01,Zoë\n-,NA\n".encode(), FileFormat(nulls=("-",))),
    ],
)
def test_every_way_to_write_it_gives_the_same_text(
    tmp_path: Path, name: str, content: bytes, written: FileFormat
) -> None:
    (tmp_path / name).write_bytes(content)
    table = read_file(tmp_path / name, ["id", "name"], written)
    assert table.texts("id").tolist() == ["01", None if name == "dash.csv" else "02"]
    assert table.texts("name").tolist() == ["Zoë", "NA"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id;name\n1;a\n", r"has 'id;name'; it looks separated by ';', not by ',': set separator"),
        (b"id,age\n1,2\n", r"column name is missing; it must have id, name, and has 'id', 'age'$"),
        (b"id,name\n1,a\n2,b,c\n", "Row #3: Expected 2 columns, got 3"),
        (b"id,name\n1,a\n2\n", "Row #3: Expected 2 columns, got 1"),
        (b"id,name,id\n1,a,2\n", "2 columns are called id; rename all but one"),
        ("id,name\n1,Zoë\n".encode("cp1252"), "Row #2.*save it as UTF-8, or set encoding"),
        ("id,name\n1,Zoë\n".encode("utf-16"), "save it as UTF-8, or set encoding"),
        (b"", "Empty CSV file"),
        (b"id,name\n", "there are no rows"),
    ],
)
def test_a_file_that_is_not_so_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(KitError, match=message):
        read_file(tmp_path / "a.csv", ["id", "name"])


def test_a_compressed_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"id,name\n1,a\n")
    with pytest.raises(KitError, match=r"cannot be read as csv\.gz"):
        read_file(tmp_path / "a.csv.gz", ["id"])


def numbers(written: FileFormat, *values: str) -> list[float]:
    return Table(pd.DataFrame({"n": values}), "a.csv", written).numbers("n", (-1e9, 1e9)).tolist()


def test_numbers_are_read_as_they_are_written() -> None:
    assert numbers(GERMAN, "1.234,5", "1234,5", "-0,25", "1.234.567", "7", ",5") == [
        1234.5, 1234.5, -0.25, 1234567, 7, 0.5,
    ]  # fmt: skip
    assert numbers(FileFormat(thousands=","), "1,234.5", "12") == [1234.5, 12]
    assert np.isnan(numbers(GERMAN, "")[0]) and np.isnan(numbers(GERMAN, "NA")[0])


@pytest.mark.parametrize("value", ["1.5", "1.23.456", "12.34,5", "1,5,0", "1.234.56"])
def test_a_number_that_could_mean_two_is_refused(value: str) -> None:
    with pytest.raises(KitError, match="use a number"):
        numbers(GERMAN, value)


def test_a_whole_file_of_another_country_lands(tmp_path: Path) -> None:
    contract = Contract(
        target="y", id="who", numeric={"price": (0, 1e6)}, categorical={"town": ("Köln", "-")}, file=GERMAN
    )
    path = tmp_path / "own.csv"
    path.write_text("who;price;town;date;y\n1;1.234,5;Köln;05.01.2026;0\n2;-;-;06.02.2026;1\n", "cp1252")
    found = read_source(path, contract, [])
    assert list(found) == [date(2026, 1, 5), date(2026, 2, 6)]
    assert found[date(2026, 1, 5)].loc[0, "price"] == 1234.5
    assert found[date(2026, 2, 6)][["price", "town"]].isna().all(axis=None)
    path.write_text(path.read_text("cp1252").replace("06.02.2026", "2026-02-06"), "cp1252")
    with pytest.raises(KitError, match=r"column date, row 2: '2026-02-06' .*use %d\.%m\.%Y"):
        read_source(path, contract, [])


def test_a_folder_is_read_as_one_source(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    with pytest.raises(KitError, match="no file in it ends with"):
        read_file(folder, ["id"])
    (folder / "b.csv").write_text("id,age\n3,40\n4,50\n")
    (folder / "a.csv.gz").write_bytes(gzip.compress(b"age,id\n20,1\n30,2\n"))
    (folder / "notes.txt").write_text("no rows")
    table, digest = read_file(folder, ["id", "age"]), digest_of(folder)
    assert (table.texts("id").tolist(), table.numbers("age", (0, 99)).tolist()) == (
        ["1", "2", "3", "4"], [20, 30, 40, 50],
    )  # fmt: skip
    with pytest.raises(KitError, match=r"^own/b\.csv: column age, row 2: '50' .*from 0 to 45"):
        table.numbers("age", (0, 45))
    (folder / "b.csv").rename(folder / "c.csv")
    assert digest_of(folder) != digest


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"separator": ""}, "separator '' must be one character"),
        ({"decimal": ",,"}, "decimal ',,' must be one character"),
        ({"thousands": "."}, r"thousands '\.' must be empty, or one character that is not the decimal mark"),
        ({"encoding": "latin-99"}, "encoding 'latin-99' is unknown"),
    ],
)
def test_a_wrong_format_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(KitError, match=message):
        FileFormat(**wrong)


def test_whole_numbers_of_parquet_stay_whole_beside_a_null(tmp_path: Path) -> None:
    pq = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"code": pa.array([7, None], pa.int64())}), pq)
    assert read_file(pq, ["code"]).texts("code").fillna("null").tolist() == ["7", "null"]
