"""The rows of a file as it was read, and its columns as the contract wants them."""

from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from .contract import Range
from .errors import KitError
from .file_format import FileFormat

NO_NUMBER: Final = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""What a CSV file may have in the place of a number; elsewhere only an empty cell is null."""


@dataclass(frozen=True)
class Table:
    """Rows whose index says where they stand: the number from 0, or the name of a folder's file and that."""

    frame: pd.DataFrame
    file: str
    written: FileFormat

    def __contains__(self, name: str) -> bool:
        return name in self.frame

    @property
    def names(self) -> list[str]:
        """The columns."""
        return [str(name) for name in self.frame]

    def is_null(self, name: str) -> "pd.Series[bool]":
        """Which cells hold no number on purpose."""
        return self.frame[name].isna() | self.frame[name].isin(NO_NUMBER)

    def texts(self, name: str) -> "pd.Series[str]":
        """A column as text, an empty cell as null."""
        found = self.frame[name].map(str, na_action="ignore").astype(object)
        return cast("pd.Series[str]", found.mask(found == "", None))

    def numbers(self, name: str, limits: Range) -> "pd.Series[float]":
        """A column as float64, each value in the closed range or null; raises KitError."""
        low, high = limits
        found = pd.to_numeric(self.written.plain(self.frame[name]), errors="coerce").astype(np.float64)
        wrong = ~self.is_null(name) & ~found.between(low, high)
        self.refuse(wrong, name, f"use a number from {low:g} to {high:g}")
        return found

    def days(self, name: str) -> "pd.Series[pd.Timestamp]":
        """A column as timestamps at midnight, of a time the day at its own place; raises KitError."""
        found = self.written.days(self.frame[name])
        self.refuse(found.isna(), name, f"use {self.written.dates or 'YYYY-MM-DD'}")
        return found

    def hours(self, name: str, zone: str, series: pd.Series) -> "pd.Series[pd.Timestamp]":
        """A column as full hours in a zone (`FileFormat.hours`); raises KitError."""
        found = self.written.hours(self.frame[name], zone, series)
        self.refuse(found.isna(), name, f"use {self.written.dates or 'YYYY-MM-DDTHH:00'}, as {zone} has it")
        broken = (found.dt.minute != 0) | (found.dt.second != 0)
        self.refuse(broken, name, "use full hours: sum up what is shorter")
        return found

    def refuse(self, wrong: "pd.Series[bool]", name: str, fix: str) -> None:
        """Raises KitError with the first of the `wrong` rows, where there is any."""
        if not wrong.any():
            return
        position, count = int(np.argmax(wrong.to_numpy())), int(wrong.sum())
        value: Any = self.frame[name].tolist()[position]
        at: Any = self.frame.index[position]
        file, row = (f"{self.file}/{at[0]}", at[1]) if isinstance(at, tuple) else (self.file, at)
        raise KitError(
            f"{file}: column {name}, row {row + 1}: {value!r} ({count} such rows); "
            f"{fix}{self.written.hint(value)}"
        )
