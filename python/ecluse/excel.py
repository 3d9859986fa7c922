"""Excel workbooks (.xlsx): a sheet's rows as text, each cell as the contract's FileFormat would write it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import pandas as pd

from .errors import KitError
from .file_format import FileFormat

LARGEST: Final = 2 << 30
"""Bytes of a workbook, unpacked: a small file can hold any number of them."""


def read_excel(path: Path, written: FileFormat) -> pd.DataFrame:
    """The cells of a sheet, an empty one as the empty text; its first row has the names. Raises KitError."""
    openpyxl = _library(path)
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(file.file_size for file in packed.infolist())
        if size > LARGEST:
            raise KitError(f"{path.name} has {size} bytes unpacked, at most {LARGEST}; export it as Parquet")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (KeyError, zipfile.BadZipFile) as error:
        raise KitError(f"{path.name} is no Excel workbook ({error}); save it as .xlsx") from error
    try:
        return _frame(path, _rows(book[_sheet(path, book.sheetnames, written)], written))
    finally:
        book.close()


def _library(path: Path) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise KitError(f"{path.name} needs openpyxl; add it to requirements.in, and lock") from None
    return openpyxl


def _sheet(path: Path, names: list[str], written: FileFormat) -> str:
    if written.sheet in names:
        return written.sheet
    if not written.sheet and len(names) == 1:
        return names[0]
    wanted = f"there is no sheet {written.sheet!r}" if written.sheet else "it has several sheets"
    raise KitError(
        f"{path.name}: {wanted}; set sheet in the contract's FileFormat to one of {', '.join(names)}"
    )


def _rows(sheet: Any, written: FileFormat) -> Iterator[list[str]]:
    for cells in cast(Iterator[tuple[Any, ...]], sheet.iter_rows(values_only=True)):
        yield [written.text(cell) for cell in cells]


def _frame(path: Path, rows: Iterator[list[str]]) -> pd.DataFrame:
    names = next(rows, [])
    # Excel keeps cells that were once used: columns without a name, and rows without a value.
    used = [position for position, name in enumerate(names) if name]
    found = list[list[str]]()
    for number, row in enumerate(rows, 1):
        extra = [value for position, value in enumerate(row) if value and position not in used]
        if extra:
            fix = "name its column, or clear it"
            raise KitError(f"{path.name}: row {number}: {extra[0]!r} stands below no name; {fix}")
        found.append([row[position] if position < len(row) else "" for position in used])
    while found and not any(found[-1]):
        found.pop()
    return pd.DataFrame(found, columns=[names[position] for position in used], dtype=object)
