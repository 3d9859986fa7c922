"""Brings rows that are in no file of this machine into one: what a query gives, and blobs.

`.sql` is a query for the database of ECLUSE_SOURCE_DATABASE, a URL of SQLAlchemy. `blob:<name>` is a blob, or
a folder of blobs, of the container of ECLUSE_SOURCE_URL (`ecluse_core.opening` has its forms). Both variables
may hold a secret, and are shown nowhere.
"""

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
from pyarrow import parquet

from ecluse_core.opening import open_container

from .errors import KitError
from .files import SUFFIXES

DATABASE: Final = "ECLUSE_SOURCE_DATABASE"
CONTAINER: Final = "ECLUSE_SOURCE_URL"
BLOB: Final = "blob:"
SECONDS: Final = 600
"""A blob may take so long."""


def fetch(source: str, folder: Path) -> Path:
    """The file, or the folder of files, that has the rows of a source; fetched ones go into `folder`.

    Raises KitError or BlobError.
    """
    if source.startswith(BLOB):
        return _blobs(source.removeprefix(BLOB).strip("/"), folder)
    if source.endswith(".sql"):
        return _query(Path(source), folder)
    return Path(source)


def _blobs(name: str, folder: Path) -> Path:
    container = open_container(CONTAINER, os.environ, SECONDS)
    if name.endswith(SUFFIXES):
        found = folder / PurePosixPath(name).name
        found.write_bytes(container.read(name).content)
        return found
    blobs = [blob for blob in container.sizes(name) if blob.endswith(SUFFIXES)]
    if not blobs:
        raise KitError(f"{BLOB}{name}: no blob in it ends with {', '.join(SUFFIXES)}")
    into = folder / "blobs"
    into.mkdir()
    for blob in blobs:
        # One folder: a blob's own place is in its name.
        (into / blob.removeprefix(f"{name}/").replace("/", "-")).write_bytes(container.read(blob).content)
    return into


def _query(path: Path, folder: Path) -> Path:
    try:
        from sqlalchemy import create_engine, text
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise KitError(
            f"{path} needs sqlalchemy and the database's driver; add both to requirements.in, and lock"
        ) from None
    url, query = os.environ.get(DATABASE, ""), _text(path)
    if not url:
        raise KitError(
            f"{DATABASE} is not set; give it the database's URL: postgresql+psycopg2://user@host/name"
        )
    try:
        engine = create_engine(url)
        with engine.connect() as connection:
            result = connection.execute(text(query))
            names, rows = list(result.keys()), [tuple(row) for row in result]
    except (ImportError, SQLAlchemyError, ValueError) as error:
        raise KitError(f"{path}: {_reason(error, url)}") from None
    found = folder / f"{path.name}.parquet"
    columns = [_column(name, [row[at] for row in rows]) for at, name in enumerate(names)]
    parquet.write_table(pa.table(columns, names=names), found)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise KitError(f"{path} cannot be read: {error}; it must hold one query, as UTF-8") from error


def _reason(error: Exception, url: str) -> str:
    """The database's own words without the URL, which may hold a password."""
    said = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
    if type(error).__name__ == "ArgumentError" or url in said:
        return f"{DATABASE} is no URL of SQLAlchemy; write it as postgresql+psycopg2://user@host/name"
    return f"the query failed ({type(error).__name__}): {said}"


def _column(name: str, values: list[Any]) -> Any:
    try:
        return pa.array([_plain(name, value) for value in values])
    except (pa.ArrowException, OverflowError) as error:
        raise KitError(f"column {name} of the query: {error}; cast it to one type") from error


def _plain(name: str, value: Any) -> Any:
    """A value as Parquet holds it for the contract: numbers, text, truth, and points in time."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value
        case date():
            return datetime(value.year, value.month, value.day)
        case UUID():
            return str(value)
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise KitError(
                f"column {name} of the query holds {type(value).__name__}; cast it to text or a number"
            )
