"""Scores the rows of a file by the model server: the same model and the same log as for any other caller.

What the server has answered is kept beside the output until all of it is there. A run that ended early goes
on where it was, and each request has a key of its own: a row is logged once, however often it is sent.
"""

import fcntl
import json
import os
import sys
import uuid
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import pandas as pd

from .errors import KitError
from .files import digest_of, read_file
from .server import ask
from .table import Table

BATCH: Final = 2_000
"""Rows of a request, if they fit."""
MOST_CHARACTERS: Final = 2 << 20
"""Of the records of a request: a server takes 8 MiB, and a character may have four bytes."""
TRUE: Final = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}


@dataclass(frozen=True)
class Scored:
    """What became of a file; `model_versions` in the order in which they scored."""

    rows: int
    model_versions: list[str]
    output: str


def score_file(read: Path, write: Path, id_column: str = "id") -> Scored:
    """Scores each row of a .csv or .parquet file, and writes such a file; raises KitError.

    The output has a row for each of the input, in its order: id, prediction_id, model_version, and what the
    model says of it.
    """
    _check_output(write)
    records = read_records(read, model_inputs(), id_column)
    with answers(write.with_name(f"{write.name}.part"), read) as kept:
        try:
            _ask_the_rest(kept, records)
        except KeyboardInterrupt:
            raise KitError(f"stopped after {kept.rows} rows; the same command goes on from there") from None
        table = kept.table()
        _write(table, write)
        kept.path.unlink()
    return Scored(len(table), [*dict.fromkeys(table["model_version"])], str(write))


def _ask_the_rest(kept: "Answers", records: Sequence[dict[str, Any]]) -> None:
    for batch in batches(records[kept.rows :]):
        kept.add(ask("/score", {"records": batch}, key=f"{kept.run}-{kept.rows}"))
        print(f"{kept.rows} of {len(records)} rows are scored", file=sys.stderr, flush=True)


def model_inputs() -> dict[str, dict[str, Any]]:
    """The inputs of the model that serves by name, each with its schema in OpenAPI; raises KitError."""
    body = ask("/openapi.json")["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    record = body["schema"]["properties"]["records"]["items"]
    return {
        name: {**schema, "required": name in record["required"]}
        for name, schema in record["properties"].items()
        if name != "id"
    }


def read_records(
    path: Path, inputs: dict[str, dict[str, Any]], id_column: str = "id"
) -> list[dict[str, Any]]:
    """The rows of a file as records for the server; raises KitError with column, row, value and fix.

    Columns that are no input are left out. An empty cell is null, or an empty text where a text must be.
    """
    table = read_file(path, [id_column, *inputs])
    ids = table.texts(id_column)
    table.refuse(ids.isna() | ids.duplicated(), id_column, "give each row its own id")
    columns = {name: _values(table, name, schema) for name, schema in inputs.items()}
    rows = zip(ids, *columns.values(), strict=True)
    return [dict(zip(["id", *columns], row, strict=True)) for row in rows]


def batches(records: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The records in their order, in lists that a server takes; one that is too long stands alone."""
    batch, size = list[dict[str, Any]](), 0
    for record in records:
        length = sum(len(str(value)) + len(name) + 8 for name, value in record.items())
        if batch and (len(batch) == BATCH or size + length > MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch


class Answers:
    """What the server has answered to a run, a line each, synced before the next request is sent."""

    def __init__(self, path: Path, file: BinaryIO, digest: str) -> None:
        self.path, self._file = path, file
        self.predictions = list[dict[str, Any]]()
        file.seek(0)
        lines = file.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            # It was never whole: its request is sent again, under the same key.
            file.truncate(sum(map(len, lines[:-1])))
            del lines[-1]
        head = json.loads(lines[0]) if lines else {"run": uuid.uuid4().hex, "input_sha256": digest}
        if head["input_sha256"] != digest:
            raise KitError(f"{path} is of another input; remove it, or give another --output")
        self.run: str = head["run"]
        if not lines:
            self._append(head)
        for line in lines[1:]:
            self._take(json.loads(line))

    @property
    def rows(self) -> int:
        """How many rows are answered."""
        return len(self.predictions)

    def add(self, answer: dict[str, Any]) -> None:
        """Keeps the answer to the next rows."""
        self._append(answer)
        self._take(answer)

    def table(self) -> pd.DataFrame:
        """A row for each prediction."""
        frame = pd.json_normalize(self.predictions, sep="_")
        first = ["id", "prediction_id", "model_version"]
        return frame[[*first, *(name for name in frame.columns if name not in first)]]

    def _take(self, answer: dict[str, Any]) -> None:
        version = answer["model_version"]
        self.predictions += [{**each, "model_version": version} for each in answer["predictions"]]

    def _append(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def answers(path: Path, read: Path) -> Generator[Answers]:
    """The answers that are there for this input, or none; raises KitError where they are another's."""
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KitError(
                f"{path}: another process writes it; wait for it, or give another --output"
            ) from None
        yield Answers(path, file, digest_of(read))


def _check_output(write: Path) -> None:
    if write.suffix not in (".csv", ".parquet"):
        raise KitError(f"--output must be a .csv or .parquet file, got {write.name}")
    if write.exists():
        raise KitError(f"--output {write} is there already; move it, or give another name")
    if not write.parent.is_dir():
        raise KitError(f"--output {write}: there is no folder {write.parent}; make it")


def _values(table: Table, name: str, schema: dict[str, Any]) -> list[Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    found = _typed(table, name, kinds[0])
    if schema["required"] and kinds[0] == "string":
        return found.fillna("").tolist()
    if schema["required"]:
        table.refuse(found.isna(), name, "the model takes no null there; give a value")
    return [None if null else value for value, null in zip(found.tolist(), found.isna(), strict=True)]


def _typed(table: Table, name: str, kind: str) -> pd.Series:
    if kind == "string":
        return table.texts(name)
    if kind == "boolean":
        found = table.texts(name).map(TRUE)
        table.refuse(found.isna() & ~table.is_null(name), name, "use true or false")
        return found
    found = table.numbers(name, (-sys.float_info.max, sys.float_info.max))
    if kind == "number":
        return found
    table.refuse(found.notna() & (found % 1 != 0), name, "use a whole number, or leave it empty")
    # Not by way of a float, which is not exact beyond 2 to the 53rd.
    return table.texts(name).where(found.notna(), None).map(_whole, na_action="ignore")


def _whole(text: str) -> int:
    return int(text) if text.lstrip("+-").isdecimal() else int(float(text))


def _write(table: pd.DataFrame, write: Path) -> None:
    """Writes all or nothing, at the place where the output is wanted."""
    beside = write.with_name(f"{write.name}.new")
    if write.suffix == ".csv":
        table.to_csv(beside, index=False)
    else:
        table.to_parquet(beside, index=False)
    beside.replace(write)
