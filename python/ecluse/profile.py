"""What a file of rows seems to hold: its form, and the kind of each column."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from pyarrow import input_stream

from .errors import KitError
from .file_format import PLAIN, SEPARATORS, FileFormat
from .files import files_in, read_file
from .history import Step
from .table import NO_NUMBER, Table

_DAYS: Final = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d")
DATES: Final = ("", *(f"{day}{time}" for time in ("", " %H:%M", " %H:%M:%S") for day in _DAYS), "%Y-%m")
"""Forms of dates, in the order in which they are tried; the first is YYYY-MM-DD, perhaps with a time."""
NULLS: Final = ("-", "--", "?", ".", "\\N", "#N/A", "n/a", "missing")
"""What stands for nothing in a column whose other cells are numbers."""
MOST_CATEGORIES: Final = 50
MOST_CLASSES: Final = 20
ROWS_OF_A_CATEGORY: Final = 10
"""A column of more different texts than one in so many rows is text."""
STEADY: Final = 0.6
"""The least share of a series' rows that are a step after the one before; working days are four of five."""
TWICE: Final = 4_000
"""Of so many hours one may stand twice: clocks repeat one in a year."""

Kind = Literal["id", "target", "date", "series", "categorical", "numeric", "left out"]


@dataclass(frozen=True)
class Axis:
    """What makes a file a time series."""

    time: str
    series: str
    """The column that names each series; empty where there is one."""
    step: Step


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
    axis: Axis | None = None
    """Of a time series."""


def profile(path: Path, target: str, id_column: str = "") -> Profile:
    """Looks at all rows of a file, or of a folder's files; raises KitError with the fix."""
    table = read_file(path, [name for name in (target, id_column) if name], _text(files_in(path)[0]))
    table, notes = _as_written(table)
    identities = [id_column] if id_column else _identities(table, target)
    named = id_column or any(_is_called_id(name) for name in identities)
    axis = None if named else _axis(table, target)
    given: dict[str, Kind] = {target: "target"}
    if axis:
        given |= {axis.time: "date", **({axis.series: "series"} if axis.series else {})}
        notes += _repeated(table, axis)
    else:
        given[_identity(table, identities)] = "id"
    columns = [_column(table, name, given) for name in table.names]
    _check_target(next(column for column in columns if column.kind == "target"), len(table.frame))
    return Profile(len(table.frame), table.written, _one_date(columns), notes, axis)


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
    written = FileFormat(dates=form)
    # Most columns are no dates, as their first cells show.
    parts = (known.head(20), known) if not known.empty else ()
    return bool(parts) and all(written.days(part).notna().all() for part in parts)


def _identities(table: Table, target: str) -> list[str]:
    """The columns that are another in each row, those that are called an id before others."""
    found = [name for name in table.names if name != target and _is_identity(table, name)]
    return sorted(found, key=lambda name: not _is_called_id(name))


def _is_called_id(name: str) -> bool:
    return bool(re.search(r"(^|_)(id|key|number|no|uuid)$", name.lower()))


def _is_identity(table: Table, name: str) -> bool:
    texts = table.texts(name)
    if texts.isna().any() or not texts.is_unique or _is_date(table, name, table.written.dates):
        return False
    fraction = _is_number(table, name, table.written) and texts.str.contains(r"[.,]").any()
    return not fraction


def _identity(table: Table, identities: list[str]) -> str:
    if identities:
        return identities[0]
    raise KitError(
        f"{table.file}: no column is another one in each row; name the id with --id, or add one to the file. "
        "A time series needs none: it has a row for each series and hour, day or month"
    )


def _axis(table: Table, target: str) -> Axis | None:
    """The time that the rows of each series go by, in steps; None where the file is no time series."""
    fits = (name for name in table.names if name != target and _is_date(table, name, table.written.dates))
    time = next(fits, None)
    if time is None or table.texts(time).isna().any() or not _is_amount(table, target):
        return None
    for name in ("", *(name for name in table.names if name not in (time, target))):
        series = table.texts(name) if name else pd.Series("", index=table.frame.index)
        is_few = series.notna().all() and series.nunique() * ROWS_OF_A_CATEGORY <= len(series)
        step = _step(table, time, series) if is_few else None
        if step:
            return Axis(time, name, step)
    return None


def _is_amount(table: Table, target: str) -> bool:
    return _is_number(table, target, table.written) and not table.texts(target).isin(["0", "1"]).all()


def _step(table: Table, time: str, series: pd.Series) -> Step | None:
    """The step of rows that have a time of their own in each series."""
    times, days = table.written.hours(table.frame[time], "UTC", series), table.written.days(table.frame[time])
    # Pandas' types know no quotient of two durations.
    rows: Any = pd.DataFrame({"series": series, "time": times, "day": days})
    rows = rows.sort_values(["series", "time", "day"])
    is_same = rows["series"] == rows["series"].shift()
    steps: tuple[tuple[Step, pd.Series, int], ...] = (
        ("month", (rows["day"].dt.year * 12 + rows["day"].dt.month).diff(), 0),
        ("day", rows["day"].diff() / pd.Timedelta(days=1), 0),
        ("hour", rows["time"].diff() / pd.Timedelta(hours=1), len(rows) // TWICE + 1),
    )
    for step, counts, twice in steps:
        own = counts[is_same]
        if len(own) and (own == 1).mean() >= STEADY and (own < 1).sum() <= twice:
            return step
    return None


def _repeated(table: Table, axis: Axis) -> list[str]:
    by = [axis.time, *([axis.series] if axis.series else [])]
    twice = int(table.frame.duplicated(by).sum()) if axis.step == "hour" else 0
    fix = "set zone of the history to that of the clocks, such as Europe/Paris"
    return [f"hours that stand twice, as where clocks are changed: {twice}; {fix}"] if twice else []


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
