"""Blobs: the day's logged predictions, reports, and the state under ETag compare-and-swap."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import cast

import polars as pl

from ecluse_core.container import Changed, Container, Missing
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.state import FORMAT, State, empty

ATTEMPTS = 20


@dataclass(frozen=True)
class Logged:
    """A day's predictions, each once, and how many rows repeated one."""

    rows: pl.DataFrame
    duplicates: int


def read_day(inference: Container, use_case: str, day: date) -> Logged:
    """All predictions logged on `day`, perhaps no rows; MonitorError names an unreadable blob."""
    frames: list[pl.DataFrame] = []
    for name in inference.etags(f"{use_case}/date={day}"):
        content = inference.read(name).content
        try:
            frames.append(pl.read_parquet(io.BytesIO(content)))
        except Exception as error:  # polars raises its own and Rust's errors for a damaged file
            raise MonitorError(f"blob {name} is no readable Parquet ({error}); remove it") from error
    # Batches may differ in a column or its type: the schema check reports that, it must not end here.
    rows = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
    if "prediction_id" not in rows.columns:
        return Logged(rows, 0)
    # A caller that had no answer sends its batch again: the same prediction is no further evidence.
    each = rows.unique("prediction_id", keep="first", maintain_order=True)
    return Logged(each, rows.height - each.height)


def read_labels(inference: Container, use_case: str, since: date) -> pl.DataFrame:
    """The newest label of each prediction that came since a day: prediction_id and label, perhaps no rows."""
    folder = f"{use_case}/labels"
    columns = pl.col("prediction_id").cast(pl.String), pl.col("label").cast(pl.Float64), pl.col("time")
    frames: list[pl.DataFrame] = []
    for name in inference.etags(folder):
        if name.removeprefix(f"{folder}/date=")[:10] < since.isoformat():
            continue
        content = inference.read(name).content
        try:
            frames.append(pl.read_parquet(io.BytesIO(content)).select(*columns))
        except Exception as error:
            wanted = "prediction_id, label (a number) and time"
            raise MonitorError(f"blob {name} must be Parquet with {wanted} ({error}); replace it") from error
    if not frames:
        return pl.DataFrame(schema={"prediction_id": pl.String, "label": pl.Float64})
    every = pl.concat(frames, how="vertical_relaxed").sort("time", maintain_order=True)
    return every.select("prediction_id", "label").unique("prediction_id", keep="last", maintain_order=True)


class StateFile:
    """The state document of one use case, replaced only as it was read."""

    def __init__(self, reports: Container, name: str) -> None:
        self._reports = reports
        self._name = name

    def read(self) -> tuple[State, str]:
        """The state and its ETag, which is empty when there is none yet."""
        try:
            blob = self._reports.read(self._name)
            found = cast(State, json.loads(blob.content))
            # Nothing of a former format is read: the days that follow raise their alerts again.
            # What a version since then has added is as in an empty one.
            return ({**empty(), **found} if found["format"] == FORMAT else empty()), blob.etag
        except Missing:
            return empty(), ""
        except ValueError as error:
            raise MonitorError(f"{self._name} is no JSON ({error}); restore or delete it") from error

    def update(self, change: Callable[[State], State]) -> State:
        """Applies `change` to the newest state until no other run has written in between."""
        for _ in range(ATTEMPTS):
            state, etag = self.read()
            changed = change(state)
            with suppress(Changed):
                self._reports.write(self._name, json.dumps(changed, indent=1).encode(), replacing=etag)
                return changed
        raise MonitorError(f"{self._name} was changed by others {ATTEMPTS} times; run again")
