"""Blobs: labels, and the state under ETag compare-and-swap."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from typing import cast

import polars as pl

from ecluse_core.container import Changed, Container, Missing
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.predictions import THREADS
from ecluse_monitor.state import FORMAT, State, empty

ATTEMPTS = 20


def read_labels(inference: Container, use_case: str, since: date, *, is_class: bool = False) -> pl.DataFrame:
    """The newest label of each prediction that came since a day: key, label, and the day it came.

    The key is the prediction's id, or that of `by_id`. A label is a number, or the name of a class.
    """
    kind = pl.String if is_class else pl.Float64
    folder = f"{use_case}/labels"
    days = {name: name.removeprefix(f"{folder}/date=")[:10] for name in inference.etags(folder)}
    names = [name for name, day in days.items() if day >= since.isoformat()]
    with ThreadPoolExecutor(THREADS) as pool:
        frames = list(pool.map(partial(_labels, inference, kind), names, (days[name] for name in names)))
    if not frames:
        return pl.DataFrame(schema={"key": pl.String, "label": kind, "came": pl.String})
    every = pl.concat(frames, how="vertical_relaxed").sort("time", maintain_order=True)
    return every.select("key", "label", "came").unique("key", keep="last", maintain_order=True)


def by_id(day: pl.Expr, identity: pl.Expr) -> pl.Expr:
    """The key of a label that names a prediction by its day and the caller's own id."""
    return pl.concat_str(day.cast(pl.String).str.slice(0, 10), identity.cast(pl.String), separator="/")


def _labels(inference: Container, kind: type[pl.DataType], name: str, came: str) -> pl.DataFrame:
    content = inference.read(name).content
    try:
        table = pl.read_parquet(io.BytesIO(content))
        keys = [pl.col("prediction_id").cast(pl.String)] if "prediction_id" in table.columns else []
        own = [by_id(pl.col("date"), pl.col("id"))] if "id" in table.columns else []
        return table.select(
            pl.coalesce(*keys, *own).alias("key"),
            _label(table.schema["label"], kind),
            pl.col("time"),
            came=pl.lit(came),
        )
    except Exception as error:
        label = "a number" if kind == pl.Float64 else "the name of a class"
        wanted = f"prediction_id, or id and date, and label ({label}) and time"
        raise MonitorError(f"blob {name} must be Parquet with {wanted} ({error}); replace it") from error


def _label(found: pl.DataType, kind: type[pl.DataType]) -> pl.Expr:
    """The label of a file. Names of classes may be whole numbers, which a file may have as 2.0."""
    label = pl.col("label")
    return (label.cast(pl.Int64) if kind == pl.String and found.is_float() else label).cast(kind)


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
