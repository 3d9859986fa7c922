"""Erases a person's predictions from the log, with their labels, and nothing else.

It may be killed at any moment and run again. Labels go first: without its prediction nobody could find one. A
blob is written again without the rows under a new name, and only then deleted; in between readers take each
prediction once. What stays is a record of who erased how many and when, which names nobody.
"""

import io
import json
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

import polars as pl

from ecluse_core.container import Container, Missing
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.store import by_id

_T = TypeVar("_T")
ATTEMPTS: Final = 5
THREADS: Final = 4
"""Fewer than readers have: each holds a whole blob."""
GROUP_ROWS: Final = 16_384
"""Rows that the reader of a part passes over as one, as in compacted blobs."""


@dataclass(frozen=True)
class Wanted:
    """Whose predictions: all of a caller's own `id`, or the one of a `prediction_id`."""

    id: str = ""
    prediction_id: str = ""

    def __post_init__(self) -> None:
        if bool(self.id) == bool(self.prediction_id):
            raise MonitorError("give either --id or --prediction, and no empty text")

    @property
    def condition(self) -> pl.Expr:
        """Holds for the predictions that are erased."""
        name, value = ("id", self.id) if self.id else ("prediction_id", self.prediction_id)
        return pl.col(name).cast(pl.String).eq_missing(pl.lit(value))


@dataclass
class Erased:
    """Who erased how many predictions and labels, and when (UTC); `ended` is null until all is done."""

    by: str
    at: str
    ended: str | None = None
    searches: int = 0
    predictions: int = 0
    labels: int = 0

    def as_json(self) -> bytes:
        """The record that stays."""
        return json.dumps(asdict(self), indent=1).encode()


@dataclass
class _Found:
    """The predictions to erase, the blobs that have them, and the keys by which labels name them.

    `gone` says that others took blobs away while they were read.
    """

    blobs: list[str] = field(default_factory=list[str])
    ids: set[str] = field(default_factory=set[str])
    keys: set[str] = field(default_factory=set[str])
    gone: bool = False


def erase(inference: Container, use_case: str, wanted: Wanted, by: str) -> Erased:
    """Erases what the log has by now; raises MonitorError for a blob that nobody can read."""
    if not by.strip():
        raise MonitorError("--by is empty; name who erases: the record keeps it")
    now, ids = datetime.now(UTC), set[str]()
    done = Erased(by, now.isoformat(timespec="seconds"))
    name = f"{erasures(use_case)}/{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4()}.json"
    for number in range(1, ATTEMPTS + 1):
        # Before each search: a compaction that holds rows already sees the change once it has written them.
        done.searches = number
        inference.write(name, done.as_json())
        found = _find(inference, use_case, wanted)
        ids |= found.ids
        done.labels += _erase_labels(inference, use_case, wanted, found)
        if not found.blobs and not found.gone:
            break
        _map(partial(_rewrite, inference, wanted.condition), found.blobs)
    else:
        raise MonitorError(f"others changed the log {ATTEMPTS} times meanwhile; run again")
    done.predictions, done.ended = len(ids), datetime.now(UTC).isoformat(timespec="seconds")
    inference.write(name, done.as_json())
    return done


def erasures(use_case: str) -> str:
    """The folder of the records."""
    return f"{use_case}/erasures"


def _find(inference: Container, use_case: str, wanted: Wanted) -> _Found:
    """What there is to erase. A day and id is a key of labels where none of its predictions stays."""
    names, found, others = _names(inference, f"{use_case}/date="), _Found(), set[str]()
    for name, rows in zip(names, _map(partial(_matching, inference, wanted), names), strict=True):
        found.gone |= rows is None
        if rows is None or rows.is_empty():
            continue
        found.blobs.append(name)
        found.ids |= set(rows["prediction_id"])
        found.keys |= set(rows["key"])
    if wanted.prediction_id and found.keys:
        others = _others(inference, use_case, wanted, found.keys)
    found.keys -= others
    return found


def _others(inference: Container, use_case: str, wanted: Wanted, keys: set[str]) -> set[str]:
    """The keys of them that other predictions have too, which stay."""
    (day,) = {key[:10] for key in keys}
    names = _names(inference, f"{use_case}/date={day}/")
    of_day = [rows for rows in _map(partial(_keyed, inference), names) if rows is not None]
    return {
        key for rows in of_day for key in rows.filter(~wanted.condition, pl.col("key").is_in(keys))["key"]
    }


def _matching(inference: Container, wanted: Wanted, name: str) -> pl.DataFrame | None:
    rows = _keyed(inference, name)
    return rows if rows is None else rows.filter(wanted.condition)


def _keyed(inference: Container, name: str) -> pl.DataFrame | None:
    """The ids of a blob's predictions, and the key that a label may name each by; None where it is gone."""
    content = _content(inference, name)
    if content is None:
        return None
    day = name.split("/date=")[1][:10]
    try:
        rows = pl.read_parquet(content, columns=["prediction_id", "id"]).cast(pl.String)
    except Exception as error:  # polars raises its own and Rust's errors for a damaged file
        raise _unreadable(name, "prediction_id and id", error) from error
    return rows.with_columns(key=by_id(pl.lit(day), pl.col("id")))


def _erase_labels(inference: Container, use_case: str, wanted: Wanted, found: _Found) -> int:
    ids = found.ids | ({wanted.prediction_id} if wanted.prediction_id else set())
    names = _names(inference, f"{use_case}/labels/")
    return sum(_map(partial(_label_rewritten, inference, wanted, ids, found.keys), names))


def _label_rewritten(inference: Container, wanted: Wanted, ids: set[str], keys: set[str], name: str) -> int:
    content = _content(inference, name)
    if content is None:
        return 0
    try:
        columns = pl.read_parquet_schema(content)
        named = [pl.col("prediction_id").cast(pl.String).is_in(ids)] if "prediction_id" in columns else []
        if "id" in columns:
            named += [by_id(pl.col("date"), pl.col("id")).is_in(keys)]
            named += [pl.col("id").cast(pl.String) == wanted.id] if wanted.id else []
        return _rewrite(inference, pl.any_horizontal(named).fill_null(False), name)
    except pl.exceptions.PolarsError as error:
        raise _unreadable(name, "prediction_id, or id and date", error) from error


def _rewrite(inference: Container, condition: pl.Expr, name: str) -> int:
    """Writes a blob again without some rows, then deletes it; how many these were."""
    content = _content(inference, name)
    if content is None:
        return 0
    rows = pl.read_parquet(content)
    rest = rows.filter(~condition)
    if rest.height == rows.height:
        return 0
    if rest.height:
        buffer = io.BytesIO()
        rest.write_parquet(buffer, row_group_size=GROUP_ROWS)
        inference.write(f"{name.rpartition('/')[0]}/kept-{uuid.uuid4()}.parquet", buffer.getvalue())
    with suppress(Missing):
        inference.delete(name)
    return rows.height - rest.height


def _names(inference: Container, begin: str) -> list[str]:
    return [name for name in inference.sizes(begin.partition("/")[0]) if name.startswith(begin)]


def _content(inference: Container, name: str) -> io.BytesIO | None:
    """A blob's bytes; None where a compaction took it, whose own blob the next search has."""
    try:
        return io.BytesIO(inference.read(name).content)
    except Missing:
        return None


def _unreadable(name: str, columns: str, error: Exception) -> MonitorError:
    return MonitorError(
        f"blob {name} is no Parquet with {columns} ({error}), and may have what is erased; remove it"
    )


def _map(work: "partial[_T]", names: Sequence[str]) -> "list[_T]":
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, names))
