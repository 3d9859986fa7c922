"""Time series: how the history of several series becomes rows, by the hour, the day or the month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from .errors import KitError

if TYPE_CHECKING:
    from .contract import Contract

Step = Literal["hour", "day", "month"]


class _Grid(NamedTuple):
    """How pandas writes a step."""

    frequency: str
    period: str
    """Rows land on the day after the period that they are in."""
    name: str
    """A step in an id."""


_GRIDS: Final[dict[Step, _Grid]] = {
    "hour": _Grid("h", "W", "%Y-%m-%dT%H:%M%z"),
    "day": _Grid("D", "M", "%Y-%m-%d"),
    "month": _Grid("MS", "M", "%Y-%m"),
}


@dataclass(frozen=True)
class History:
    """How the history of several series becomes rows: one value for each series and step.

    `inputs` takes the target with a row for every step and a column for every series, null where it is not
    known. It gives inputs by name: such a table, or one value for each step (a calendar). Steps are
    timestamps: of days and months without a zone, of hours in `zone`.
    """

    series: str
    """Column of a file that names the series; empty where there is one series."""
    time: str
    """Column of the time."""
    back: int
    """How many steps a row looks back."""
    inputs: Callable[[pd.DataFrame], Mapping[str, pd.DataFrame | pd.Series]]
    step: Step = "day"
    zone: str = "UTC"
    """Of hours: the zone whose clocks a file has where its times have no offset."""
    given: tuple[str, ...] = ()
    """Inputs that a file has itself for each series and step (exogenous), such as a price or a plan."""

    def __post_init__(self) -> None:
        if self.step not in _GRIDS:
            raise KitError(f"history: step is {self.step!r}; use one of {', '.join(_GRIDS)}")
        try:
            ZoneInfo(self.zone)
        except (ValueError, ZoneInfoNotFoundError) as error:
            fix = "use a name such as Europe/Paris"
            raise KitError(f"history: zone {self.zone!r} is unknown; {fix}") from error

    def steps(self, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
        """Every step from one to another."""
        return pd.date_range(first, last, freq=_GRIDS[self.step].frequency)

    def ids(self, rows: pd.DataFrame) -> pd.Index[str]:
        """The ids of rows by series and time: hours have their offset, as clocks repeat one."""
        names = pd.DatetimeIndex(rows.index.get_level_values("time")).strftime(_GRIDS[self.step].name)
        return rows.index.get_level_values("series") + "/" + names if self.series else names

    def landing_days(self, rows: pd.DataFrame) -> pd.Series[pd.Timestamp]:
        """When rows land: once the week of their hours is over, or the month of their days and months."""
        times = pd.DatetimeIndex(rows.index.get_level_values("time")).tz_localize(None)
        after = (times.to_period(_GRIDS[self.step].period) + 1).to_timestamp()
        return pd.Series(after, index=rows.index)


def history_rows(contract: Contract, past: pd.DataFrame, given: pd.DataFrame | None = None) -> pd.DataFrame:
    """Rows by series and time, of the steps whose target and baseline are known: the contract's columns.

    `past` is the table that `inputs` is given. `given` has the inputs of a file by series and time.
    """
    history = contract.history
    if history is None:
        raise KitError("contract: there is no history; add history=History(…)")
    wide = {**history.inputs(past), contract.target: past}
    rows = pd.DataFrame({name: _long(values, past) for name, values in wide.items()})
    rows = rows.rename_axis(["series", "time"])
    rows = rows if given is None else rows.join(given)
    missing = next((name for name in contract.inputs if name not in rows), None)
    if missing:
        raise KitError(f"contract: input {missing} is made by no history; make it, or list it in given")
    rows = rows.dropna(subset=[contract.target, *([contract.baseline] if contract.baseline else [])])
    return rows.assign(**{contract.id: history.ids(rows)})[contract.columns]


def _long(values: pd.DataFrame | pd.Series, past: pd.DataFrame) -> pd.Series:
    """Values by series and time; those of a calendar are the same for each series."""
    table = values if isinstance(values, pd.DataFrame) else pd.DataFrame(dict.fromkeys(past, values))
    return table.set_axis(past.columns, axis=1).unstack()  # pyright: ignore[reportReturnType]
