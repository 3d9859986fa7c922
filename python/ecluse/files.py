"""Files of rows: CSV and Excel, read as text since the contract alone says what a value is, and Parquet.

A CSV file is read strictly: a row with more or fewer cells than the header has is refused, by its number.
"""

import hashlib
from pathlib import Path
from typing import Final, cast

import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from .errors import KitError
from .excel import read_excel
from .file_format import PLAIN, SEPARATORS, FileFormat
from .table import Table

SUFFIXES: Final = (".csv", ".csv.gz", ".csv.bz2", ".csv.zst", ".parquet", ".xlsx")
"""The ends of the names of files that can be read."""
MOST_NAMES: Final = 20
"""Columns that a message shows."""
MOST_OF_A_ROW: Final = 16 * 2**20
"""Bytes that a row of a CSV file may have."""


def files_in(path: Path) -> list[Path]:
    """The files of a source: itself, or those of a folder in the order of their names. Raises KitError."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise KitError(f"{path}: there is no such file or folder; correct the path")
    found = sorted(file for file in path.iterdir() if file.name.endswith(SUFFIXES))
    if not found:
        raise KitError(f"{path}: no file in it ends with {', '.join(SUFFIXES)}")
    return found


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, or of the names and contents of a folder's files."""
    found = hashlib.sha256()
    for file in files_in(path):
        with file.open("rb") as opened:
            own = hashlib.file_digest(opened, "sha256").hexdigest()
        if path.is_file():
            return own
        found.update(f"{file.name} {own}\n".encode())
    return found.hexdigest()


def read_file(path: Path, wanted: list[str], written: FileFormat = PLAIN) -> Table:
    """The rows of a file or of a folder's files, which must have the `wanted` columns; raises KitError."""
    files = files_in(path)
    frames = [_one(file, wanted, written) for file in files]
    found = frames[0] if path.is_file() else pd.concat(frames, keys=[file.name for file in files])
    if found.empty:
        raise KitError(f"{path.name}: there are no rows; export at least one date")
    return Table(found, path.name, written)


def _one(path: Path, wanted: list[str], written: FileFormat) -> pd.DataFrame:
    if not path.name.endswith(SUFFIXES):
        raise KitError(f"{path}: its name must end with one of {', '.join(SUFFIXES)}")
    kind = next(suffix for suffix in SUFFIXES if path.name.endswith(suffix))[1:]
    try:
        frame = _READERS.get(kind, _csv)(path, written)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise KitError(f"{path}: it cannot be read as {kind}: {error}{_fix(error)}") from error
    _require(path, frame, wanted, written)
    return frame


def _fix(error: Exception) -> str:
    """Of text in another encoding; the null character is what UTF-16 looks like."""
    wrong = isinstance(error, UnicodeDecodeError) or any(mark in str(error) for mark in ("UTF8", "\0"))
    return "; save it as UTF-8, or set encoding in the contract's FileFormat" if wrong else ""


def _require(path: Path, frame: pd.DataFrame, wanted: list[str], written: FileFormat) -> None:
    names = list(map(str, frame.columns))
    twice = next((name for name in wanted if names.count(name) > 1), None)
    if twice:
        raise KitError(f"{path.name}: {names.count(twice)} columns are called {twice}; rename all but one")
    missing = [name for name in wanted if name not in names]
    if not missing:
        return
    shown = ", ".join(map(repr, names[:MOST_NAMES])) + (", …" if len(names) > MOST_NAMES else "")
    other = next((mark for mark in SEPARATORS if len(names) == 1 and mark in names[0]), None)
    hint = f"; it looks separated by {other!r}, not by {written.separator!r}: set separator" if other else ""
    raise KitError(
        f"{path.name}: column {missing[0]} is missing; it must have {', '.join(wanted)}, "
        f"and has {shown}{hint}"
    )


def _parquet(path: Path, _written: FileFormat) -> pd.DataFrame:
    # Whole numbers stay so beside a null: as an id, 7 must not become 7.0.
    found = parquet.read_table(path).to_pandas(ignore_metadata=True, integer_object_nulls=True)
    return cast(pd.DataFrame, found)


def _csv(path: Path, written: FileFormat) -> pd.DataFrame:
    """The cells of a CSV file as text, an empty one as the empty text; its first row has the names."""
    parse = csv.ParseOptions(delimiter=written.separator, newlines_in_values=True)
    # One thread: only then an error names the row.
    read = csv.ReadOptions(encoding=written.encoding, use_threads=False, block_size=MOST_OF_A_ROW)
    with csv.open_csv(path, read, parse) as opened:
        names = opened.schema.names
    texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    frame = csv.read_csv(path, read, parse, texts).to_pandas()
    return frame.replace(list(written.nulls), "") if written.nulls else frame


_READERS: Final = {"parquet": _parquet, "xlsx": read_excel}
"""By the end of a file's name; any other is CSV."""
