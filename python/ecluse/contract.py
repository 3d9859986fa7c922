"""The data contract: target, inputs and permitted values. Landing, training and all tests go by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.random import Generator

from ecluse_core.answer import wrong_classes

from .errors import KitError
from .file_format import PLAIN, FileFormat
from .history import History

Range = tuple[float, float]


@dataclass(frozen=True)
class Contract:
    """The columns of a row, and what each may hold. Every input may be null, the target may not.

    Numeric ranges are closed at both ends. With `classes` the target is the name of one of them, as text.
    With `target_range` it is an amount (regression), and without either 0 or 1 (classification). Text columns
    hold any text; the monitor does not compare them.
    """

    target: str
    id: str
    categorical: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    numeric: Mapping[str, Range] = field(default_factory=dict[str, Range])
    text: tuple[str, ...] = ()
    target_range: Range | None = None
    classes: tuple[str, ...] = ()
    """Of a target with three classes or more: their names, in the order in which models have them."""
    outcomes: tuple[str, str] = ("0", "1")
    """Of a target that is 0 or 1: what a file has in their place, such as `no` and `yes`."""
    redacted: tuple[str, ...] = ()
    """Inputs that models are given and the log of predictions never has; the monitor cannot judge them."""
    date: str = "date"
    """Column of the landing date, YYYY-MM-DD; a file may lack it."""
    baseline: str | None = None
    """Input that is a forecast by itself; a model must be better."""
    history: History | None = None
    file: FileFormat = PLAIN
    """How one's own CSV files are written."""
    earliest: str = "1990-01-01"
    """The day before which no row can have landed: an older date is a mistake."""

    def __post_init__(self) -> None:
        names = [self.target, self.id, self.date, *self.inputs]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise KitError(f"contract: {twice} stands twice among target, id, date and inputs; rename one")
        if not self.inputs:
            raise KitError("contract: there is no input; name a column in categorical, numeric or text")
        if self.baseline and self.baseline not in self.numeric:
            raise KitError(f"contract: baseline {self.baseline} is no numeric input; name one")
        try:
            date.fromisoformat(self.earliest)
        except ValueError as error:
            raise KitError(f"contract: earliest is {self.earliest!r}; use YYYY-MM-DD") from error
        self._check_redacted()
        self._check_classes()
        given = self.history.given if self.history else ()
        unknown = next((name for name in given if name not in self.inputs), None)
        if unknown is not None:
            raise KitError(f"contract: given {unknown} is no input; name it in categorical, numeric or text")
        for name, categories in self.categorical.items():
            if not categories:
                raise KitError(f"contract: {name} has no category; list its values, or make it text")
        for name, (low, high) in self.ranges.items():
            if not low < high:
                raise KitError(f"contract: {name} is {low:g} to {high:g}; the first must be the smaller")

    def _check_redacted(self) -> None:
        unknown = next((name for name in self.redacted if name not in self.inputs), None)
        if unknown is not None:
            raise KitError(f"contract: redacted {unknown} is no input; name inputs, or leave it out")
        if self.redacted and not self.compared:
            raise KitError("contract: every input that the monitor could judge is redacted; leave one out")

    def _check_classes(self) -> None:
        wrong = wrong_classes(self.classes) if self.classes else ""
        if wrong:
            raise KitError(f"contract: {wrong}")
        if len(set(self.outcomes)) != 2 or "" in self.outcomes:
            raise KitError(f"contract: outcomes are {self.outcomes}; name the texts of 0 and of 1")
        if self.classes and (self.target_range or self.history):
            raise KitError("contract: the target has classes and a range or history; leave out one")

    @property
    def inputs(self) -> list[str]:
        """The inputs in the order in which a model is given them."""
        return [*self.categorical, *self.numeric, *self.text]

    @property
    def compared(self) -> list[str]:
        """The inputs that the monitor compares: the log has them, and they are no texts."""
        return [name for name in (*self.categorical, *self.numeric) if name not in self.redacted]

    @property
    def described(self) -> dict[str, list[str]] | None:
        """What a stored model says of it, beside its signature; None where there is nothing."""
        found = {"classes": [*self.classes], "redacted": [*self.redacted]}
        return {name: names for name, names in found.items() if names} or None

    @property
    def columns(self) -> list[str]:
        """The columns of a landed row."""
        return [self.id, *self.inputs, self.target]

    @property
    def ranges(self) -> dict[str, Range]:
        """The range of each number, an amount as target among them."""
        return {**self.numeric, **({self.target: self.target_range} if self.target_range else {})}

    @property
    def is_classification(self) -> bool:
        """Whether the target is 0 or 1, or one of several classes, and no amount."""
        return self.target_range is None

    def draw(self, rows: int, rng: Generator) -> pd.DataFrame:
        """Random rows that keep the contract and have no other meaning, for tests without data."""
        columns: dict[str, object] = {self.id: [f"r{number:08}" for number in range(rows)]}
        for name, categories in self.categorical.items():
            columns[name] = rng.choice(np.array(categories, dtype=object), rows)
        for name, (low, high) in self.numeric.items():
            columns[name] = rng.uniform(low, high, rows)
        words = np.array(["one", "two", "three", "four"], dtype=object)
        for name in self.text:
            columns[name] = [" ".join(rng.choice(words, 5)) for _ in range(rows)]
        columns[self.target] = self._targets(rows, rng)
        return pd.DataFrame(columns)

    def _targets(self, rows: int, rng: Generator) -> object:
        if self.target_range:
            return rng.uniform(*self.target_range, rows)
        # Every class, in every sample of more rows than there are classes.
        numbers = rng.permutation(np.arange(rows, dtype=np.int64) % (len(self.classes) or 2))
        return np.array(self.classes, dtype=object)[numbers] if self.classes else numbers

    def example(self, row: pd.DataFrame) -> pd.DataFrame:
        """The row's inputs with every value null, texts apart, in the types that a server gives."""
        nulls = row[self.inputs].head(1).astype(object)
        nulls[[*self.categorical, *self.numeric]] = None
        return nulls.astype(dict.fromkeys(self.numeric, np.float64))


def landing_dates(as_of: date, months: int) -> list[date]:
    """The first days of the `months` months up to and including that of `as_of`, oldest first."""
    last = as_of.year * 12 + as_of.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - months + 1, last + 1)]
