"""The landed data in the blob container: paths, manifest, data version."""

import hashlib
import io
import json
import os
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from .container import Container, Missing
from .opening import open_container


class DataError(Exception):
    """The landed data is absent, incomplete or not what its manifest says; the message holds the fix."""


@dataclass(frozen=True)
class Landed:
    """All landed rows by date (ISO, ascending), and the version of exactly these bytes."""

    frames: dict[str, pd.DataFrame]
    version: str


def container() -> Container:
    """The container of ECLUSE_DATA_URL; it and its methods raise BlobError."""
    return open_container("ECLUSE_DATA_URL", os.environ)


def setting(name: str) -> str:
    """An environment variable that must be there."""
    value = os.environ.get(name, "")
    if not value:
        raise DataError(f"{name} is not set: the environment's CI variables provide it")
    return value


def use_case() -> str:
    """The name of the use case: its data, experiment and model are named so."""
    return os.environ.get("ECLUSE_USE_CASE") or __name__.partition(".")[0].replace("_", "-")


def folder() -> str:
    """Where this use case's rows land in the container; the release reads them there."""
    return f"{use_case()}/customers"


def data_version(digests: dict[str, str]) -> str:
    """One hash over the sha256 of each landing date: equal data has an equal version, wherever it lies."""
    return hashlib.sha256(json.dumps(sorted(digests.items())).encode()).hexdigest()


def read_manifest(blobs: Container) -> dict[str, Any] | None:
    """What the last landing wrote, or None where nothing was landed by `land`."""
    try:
        return cast(dict[str, Any], json.loads(blobs.read(f"{folder()}/_landing.json").content))
    except Missing:
        return None


def write_manifest(blobs: Container, manifest: dict[str, Any]) -> None:
    """Replaces the manifest."""
    blobs.write(f"{folder()}/_landing.json", json.dumps(manifest, indent=1).encode())


def landed_names(blobs: Container) -> dict[str, str]:
    """Blob name by landing date (ISO, ascending)."""
    prefix = f"{folder()}/date="
    return {name.removeprefix(prefix).split("/")[0]: name for name in landed_etags(blobs)}


def landed_etags(blobs: Container) -> dict[str, str]:
    """ETag by name of every landed blob, the manifest apart."""
    prefix = f"{folder()}/date="
    return {name: etag for name, etag in blobs.etags(folder()).items() if name.startswith(prefix)}


def read_landed(blobs: Container) -> Landed:
    """Every landed date; raises DataError where a landing was interrupted or changed since."""
    names = landed_names(blobs)
    if not names:
        raise DataError(f"nothing has landed under {folder()}: run python -m {__package__}.land")
    contents = {day: blobs.read(name).content for day, name in names.items()}
    digests = {day: hashlib.sha256(content).hexdigest() for day, content in contents.items()}
    manifest = read_manifest(blobs)
    if manifest is not None and manifest["dates"] != digests:
        raise DataError(
            f"the landed blobs differ from _landing.json: run python -m {__package__}.land --replace"
        )
    frames = {day: pd.read_parquet(io.BytesIO(content)) for day, content in contents.items()}
    return Landed(frames, data_version(digests))
