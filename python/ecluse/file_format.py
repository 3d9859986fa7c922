"""How files of text are written: what stands between two cells, in a number, and in a date."""

import re
from codecs import lookup
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import pandas as pd

from .errors import KitError

_TIME: Final = r"\d{4}-\d{2}-\d{2}([T ].*)?"
"""A day, perhaps with a time."""
_OFFSET: Final = r".*:\d{2}.*([zZ]|[+-]\d{2}(:?\d{2})?)"
"""A time that ends with its offset."""


@dataclass(frozen=True)
class FileFormat:
    """How one's own CSV files are written. Of a Parquet file it says how texts hold numbers and dates."""

    separator: str = ","
    """Between two cells."""
    decimal: str = "."
    """Before the fraction of a number."""
    thousands: str = ""
    """Between groups of three digits; empty where there is none."""
    encoding: str = "utf-8"
    """Of the text, by its name in Python."""
    dates: str = ""
    """Of days and times, as `strptime` has it: `%d.%m.%Y`. Empty for YYYY-MM-DD, perhaps with a time."""
    nulls: tuple[str, ...] = ()
    """Texts that mean the same as an empty cell, such as `-` or `?`."""
    sheet: str = ""
    """Of an Excel workbook; empty where it has one sheet."""

    def __post_init__(self) -> None:
        for name, value in (("separator", self.separator), ("decimal", self.decimal)):
            if len(value) != 1:
                raise KitError(f"FileFormat: {name} {value!r} must be one character")
        if len(self.thousands) > 1 or self.thousands == self.decimal:
            raise KitError(f"FileFormat: thousands {self.thousands!r} must be empty, or one character that "
                           f"is not the decimal mark {self.decimal!r}")  # fmt: skip
        try:
            lookup(self.encoding)
        except LookupError as error:
            fix = "use a name of Python, such as utf-8 or cp1252"
            raise KitError(f"FileFormat: encoding {self.encoding!r} is unknown; {fix}") from error

    @property
    def _number(self) -> str:
        digits = r"\d+"
        if self.thousands:
            digits = rf"(?:\d{{1,3}}(?:{re.escape(self.thousands)}\d{{3}})+|\d+)"
        point = re.escape(self.decimal)
        return rf"\s*[+-]?(?:{digits}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?\s*"

    def plain(self, values: pd.Series) -> pd.Series:
        """Numbers as Python writes them; a text that is no number of this format becomes null.

        Read otherwise, `1.234` could be a thousand times too small, and nobody would see it.
        """
        if (self.decimal, self.thousands) == (".", "") or pd.api.types.is_numeric_dtype(values):
            return values
        texts = values.map(str, na_action="ignore").astype("str")
        known = texts.where(texts.str.fullmatch(self._number).fillna(False).astype(bool))
        bare = known.str.replace(self.thousands, "", regex=False) if self.thousands else known
        return bare.str.replace(self.decimal, ".", regex=False)

    def text(self, value: object) -> str:
        """A typed cell, as of Excel, as this format would write it; one that is null is the empty text."""
        if value is None or value in self.nulls:
            return ""
        if isinstance(value, float):
            return repr(int(value) if value.is_integer() else value).replace(".", self.decimal)
        if isinstance(value, datetime):
            bare = value.time() == time()
            return value.strftime(self.dates) if self.dates else str(value.date() if bare else value)
        if isinstance(value, date):
            return value.strftime(self.dates) if self.dates else str(value)
        return str(value)

    def days(self, values: pd.Series) -> "pd.Series[pd.Timestamp]":
        """Days as timestamps at midnight, of a time the day at its own place; null where it is no day."""
        known = values.map(str, na_action="ignore").astype("str")
        if self.dates and not pd.api.types.is_datetime64_any_dtype(values):
            found = pd.to_datetime(known, errors="coerce", format=self.dates)
            return found.dt.tz_localize(None).dt.normalize()
        shape = known.str.fullmatch(_TIME).fillna(False).astype(bool)
        return pd.to_datetime(known.str[:10].where(shape), errors="coerce", format="%Y-%m-%d")

    def hours(self, values: pd.Series, zone: str, series: pd.Series) -> "pd.Series[pd.Timestamp]":
        """Times in a zone, null where it is none; one without an offset is of the zone's clocks.

        Of an hour that clocks repeat, a series has summer time first. One that they leave out is none.
        """
        is_own = bool(self.dates) and not pd.api.types.is_datetime64_any_dtype(values)
        known = values.map(str, na_action="ignore").astype("str")
        if not is_own:
            known = known.where(known.str.fullmatch(_TIME).fillna(False).astype(bool))
        form = self.dates if is_own else "ISO8601"
        read = pd.to_datetime(known, errors="coerce", format=form, utc=True)
        wall = read.dt.tz_localize(None)
        is_first = ~pd.DataFrame({"series": series, "wall": wall}).duplicated()
        local = wall.dt.tz_localize(zone, ambiguous=is_first.to_numpy(), nonexistent="NaT")
        has_offset = known.str.fullmatch(_OFFSET).fillna(False).astype(bool) | (is_own and "%z" in form)
        return read.dt.tz_convert(zone).where(has_offset, local)

    def hint(self, value: object) -> str:
        """What may be wrong with the format, where a refused value looks like a number of another."""
        if isinstance(value, str) and self.decimal == "." and re.fullmatch(r"\s*[+-]?[\d.]*,\d+\s*", value):
            return "; where the comma is the decimal mark, give the contract file=FileFormat(decimal=',')"
        return ""


SEPARATORS: Final = ",;\t|"
"""What usually stands between two cells."""
PLAIN: Final = FileFormat()
"""CSV as most programs write it: UTF-8, commas, and points in numbers."""
