"""What a file of rows seems to hold: its form, and the kind of each column."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from pyarrow import input_stream

from .errors import KitError
from .file_format import PLAIN, SEPARATORS, FileFormat
from .files import files_in, read_file
from .table import NO_NUMBER, Table

DATES: Final = ("", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d")
"""Forms of dates, in the order in which they are tried; the first is YYYY-MM-DD."""
NULLS: Final = ("-", "--", "?", ".", "\\N", "#N/A", "n/a", "missing")
"""What stands for nothing in a column whose other cells are numbers."""
MOST_CATEGORIES: Final = 50
MOST_CLASSES: Final = 20
ROWS_OF_A_CATEGORY: Final = 10
"""A column of more different texts than one in so many rows is text."""

Kind = Literal["id", "target", "date", "categorical", "numeric", "left out"]


@dataclass(frozen=True)
class Column:
    """What a column seems to be."""

    name: str
    kind: Kind
    why: str = ""
    """Of one that is left out."""
    nulls: float = 0.0
    """Share of the rows."""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    """The different ones, most frequent first, where they are few."""


@dataclass(frozen=True)
class Profile:
    """What a file seems to hold."""

    rows: int
    written: FileFormat
    columns: list[Column]
    notes: list[str] = field(default_factory=list[str])
    """What a person should look at."""


def profile(path: Path, target: str, id_column: str = "") -> Profile:
    """Looks at all rows of a file, or of a folder's files; raises KitError with the fix."""
    table = read_file(path, [name for name in (target, id_column) if name], _text(files_in(path)[0]))
    table, notes = _as_written(table)
    identity = id_column or _identity(table, target)
    columns = [_column(table, name, {target: "target", identity: "id"}) for name in table.names]
    _check_target(next(column for column in columns if column.kind == "target"), len(table.frame))
    return Profile(len(table.frame), table.written, _one_date(columns), notes)


def _text(path: Path) -> FileFormat:
    """Encoding and separator of a CSV file."""
    if path.suffix in (".parquet", ".xlsx"):
        return PLAIN
    with input_stream(path) as opened:
        content = bytes(opened.read())
    marks = (b"\xff\xfe", b"\xfe\xff")
    encodings = ("utf-16",) if content.startswith(marks) else ("utf-8", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            first = content.decode(encoding).split("\n", 1)[0]
        except UnicodeDecodeError:
            continue
        return FileFormat(separator=max(SEPARATORS, key=first.count), encoding=encoding)
    raise KitError(f"{path}: its encoding is not known; save it as UTF-8")


def _as_written(table: Table) -> tuple[Table, list[str]]:
    """The table in the form of numbers and dates that most columns keep, and what to look at."""
    numbers = [FileFormat(decimal=decimal, thousands=mark)
               for decimal, mark in ((".", ""), (",", ""), (",", "."), (".", ","))]  # fmt: skip
    best = max(numbers, key=lambda form: sum(_is_number(table, name, form) for name in table.names))
    fitting = [form for form in DATES if _dates(table, form)]
    notes = [f"dates fit {' and '.join(fitting)}: check which it is"] if len(fitting) > 1 else []
    nulls = sorted({text for name in table.names if _is_number(table, name, best)
                    for text in set(NULLS) & set(table.frame[name].dropna().astype(str))})  # fmt: skip
    written = replace(table.written, decimal=best.decimal, thousands=best.thousands,
                      dates=fitting[0] if fitting else "", nulls=tuple(nulls))  # fmt: skip
    return Table(table.frame.replace(nulls, "") if nulls else table.frame, table.file, written), notes


def _is_number(table: Table, name: str, written: FileFormat) -> bool:
    known = _known(table, name, NULLS)
    if known.empty or pd.api.types.is_bool_dtype(known):
        return False
    if known.dtype == object or pd.api.types.is_string_dtype(known):
        # A code: as a number it would lose its zeros.
        if known.astype(str).str.fullmatch(r"0\d+").any():
            return False
    elif not pd.api.types.is_numeric_dtype(known):
        return False
    return bool(np.isfinite(pd.to_numeric(written.plain(known), errors="coerce").astype(float)).all())


def _known(table: Table, name: str, nulls: tuple[str, ...] = ()) -> pd.Series:
    values = table.frame[name]
    return values[values.notna() & ~values.isin([*NO_NUMBER, *nulls])]


def _dates(table: Table, form: str) -> list[str]:
    """The columns whose every value is a day of a form."""
    return [name for name in table.names if _is_date(table, name, form)]


def _is_date(table: Table, name: str, form: str) -> bool:
    known = _known(table, name)
    return not known.empty and bool(FileFormat(dates=form).days(known).notna().all())


def _identity(table: Table, target: str) -> str:
    """The first column that is another in each row, one that is called so before others."""
    names = [name for name in table.names if name != target]
    for name in sorted(names, key=lambda name: not re.search(r"(^|_)(id|key|number|no|uuid)$", name.lower())):
        texts = table.texts(name)
        fraction = _is_number(table, name, table.written) and texts.str.contains(r"[.,]").any()
        if texts.notna().all() and texts.is_unique and not fraction and not _is_date(table, name, ""):
            return name
    raise KitError(
        f"{table.file}: no column is another one in each row; name the id with --id, or add one to the file"
    )


def _column(table: Table, name: str, given: dict[str, Kind]) -> Column:
    texts = table.texts(name)
    different = texts.value_counts()
    few = tuple(map(str, different.index)) if len(different) <= MOST_CATEGORIES else ()
    nulls = round(float(texts.isna().mean()), 4)
    if name in given or not len(different):
        kind = given.get(name, "left out")
        found = Column(name, kind, "it is empty" if kind == "left out" else "", nulls, values=few)
    elif len(different) == 1 and nulls == 0:
        return Column(name, "left out", f'it is "{different.index[0]}" in each row', values=few)
    elif _is_date(table, name, table.written.dates):
        return Column(name, "date", nulls=nulls)
    else:
        return _input(table, Column(name, "categorical", nulls=nulls, values=few), len(different))
    return _with_range(table, found) if found.kind == "target" else found


def _input(table: Table, column: Column, different: int) -> Column:
    if _is_number(table, column.name, table.written):
        return _with_range(table, replace(column, kind="numeric", values=()))
    if column.values and different * ROWS_OF_A_CATEGORY <= len(table.frame):
        return replace(column, kind="categorical")
    why = "it is text; list it in text=(…) where the model reads words"
    return replace(column, kind="left out", why=why, values=())


def _with_range(table: Table, column: Column) -> Column:
    if not _is_number(table, column.name, table.written):
        return column
    numbers = table.numbers(column.name, (-np.inf, np.inf))
    return replace(column, low=float(numbers.min()), high=float(numbers.max()))


def _one_date(columns: list[Column]) -> list[Column]:
    """The first date is when a row landed; a model takes none."""
    dates = [column.name for column in columns if column.kind == "date"]
    why = "it is a date; give the model a number that follows from it, such as days since"
    return [
        replace(column, kind="left out", why=why) if column.name in dates[1:] else column
        for column in columns
    ]


def _check_target(column: Column, rows: int) -> None:
    if column.nulls:
        raise KitError(
            f"column {column.name} is empty in {column.nulls:.1%} of {rows} rows; leave those rows out"
        )
    many = column.low is None and not 2 <= len(column.values) <= MOST_CLASSES
    if many or len(column.values) == 1:
        found = len(column.values) or f"more than {MOST_CATEGORIES}"
        raise KitError(f"column {column.name} has {found} different texts; a target is a number, "
                       f"or one of 2 to {MOST_CLASSES} texts")  # fmt: skip
