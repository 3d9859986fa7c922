"""Excel workbooks: the same text as a CSV file would have, or refused with the fix."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ecluse import excel
from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.file_format import PLAIN, FileFormat
from ecluse.files import read_file
from ecluse.profile import profile
from ecluse.source import read_source

GERMAN = FileFormat(decimal=",", thousands=".", dates="%d.%m.%Y", nulls=("-",))


def workbook(path: Path, rows: list[list[Any]], sheet: str = "Rows", *more: str) -> Path:
    """A file with these rows on its first sheet."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(row)
    for name in more:
        book.create_sheet(name)
    book.save(path)
    return path


@pytest.mark.parametrize("written", [PLAIN, GERMAN])
def test_cells_are_what_the_contract_reads(tmp_path: Path, written: FileFormat) -> None:
    rows = [
        ["id", "code", "price", "day", "sold"],
        [1, "007", 1234.5, date(2026, 3, 1), True],
        [2, "NA", 3.0, datetime(2026, 3, 2, 8, 30), False],
        [3, None, None, "2026-03-03" if written is PLAIN else "03.03.2026", None],
    ]
    table = read_file(workbook(tmp_path / "a.xlsx", rows), ["id", "code"], written)
    assert table.texts("id").tolist() == ["1", "2", "3"]
    assert table.texts("code").tolist() == ["007", "NA", None]
    assert table.numbers("price", (0, 9999)).fillna(-1).tolist() == [1234.5, 3.0, -1]
    assert [str(day.date()) for day in table.days("day")] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert table.texts("sold").tolist() == ["True", "False", None]


def test_a_workbook_lands_and_a_wrong_cell_is_named(tmp_path: Path) -> None:
    contract = Contract(target="bad", id="lot", numeric={"heat": (0, 500)})
    path = workbook(tmp_path / "lots.xlsx", [["lot", "heat", "bad"], [1, 20.5, 0], [2, 480, 1], [3, None, 0]])
    frames = read_source(path, contract, [date(2026, 1, 1)])
    assert frames[date(2026, 1, 1)]["heat"].fillna(-1).tolist() == [20.5, 480.0, -1]
    path = workbook(tmp_path / "lots.xlsx", [["lot", "heat", "bad"], [1, 20.5, 0], [2, 999, 1]])
    with pytest.raises(KitError, match=r"lots\.xlsx: column heat, row 2: '999' .*use a number from 0 to 500"):
        read_source(path, contract, [date(2026, 1, 1)])


def test_cells_that_are_only_formatted_are_no_rows_and_no_columns(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", [["id", None, "x"], ["1", None, 2], [None, None, None], ["", "", ""]]
    )
    frame = read_file(path, ["id", "x"]).frame
    assert (list(frame), frame.to_numpy().tolist()) == (["id", "x"], [["1", "2"]])


def test_a_sheet_is_named_where_there_are_several(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id"], [1]], "Rows", "Notes")
    assert read_file(path, ["id"], FileFormat(sheet="Rows")).texts("id").tolist() == ["1"]
    with pytest.raises(
        KitError, match="several sheets; set sheet in the contract's FileFormat to one of Rows, N"
    ):
        read_file(path, ["id"])
    with pytest.raises(KitError, match="there is no sheet 'Row'"):
        read_file(path, ["id"], FileFormat(sheet="Row"))


def test_what_is_no_plain_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id"], [1], [2, "stray"]])
    with pytest.raises(KitError, match="row 2: 'stray' stands below no name; name its column, or clear it"):
        read_file(path, ["id"])
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 an old .xls")
    with pytest.raises(KitError, match=r"old\.xlsx is no Excel workbook .*save it as \.xlsx"):
        read_file(tmp_path / "old.xlsx", ["id"])
    monkeypatch.setattr(excel, "LARGEST", 100)
    with pytest.raises(KitError, match="bytes unpacked, at most 100; export it as Parquet"):
        read_file(path, ["id"])


def test_a_contract_is_proposed_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["lot", "heat", "bad"], *([n, n * 1.5, n % 2] for n in range(1, 101))]
    found = profile(workbook(tmp_path / "lots.xlsx", rows), "bad")
    assert [(column.name, column.kind) for column in found.columns] == [
        ("lot", "id"),
        ("heat", "numeric"),
        ("bad", "target"),
    ]
