"""The landed data in the blob container: paths, manifest, data version."""

import hashlib
import io
import json
import os
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from ecluse_core.container import Container, Missing
from ecluse_core.opening import open_container

from .errors import KitError
from .usecase import name as use_case_name


@dataclass(frozen=True)
class Landed:
    """All landed rows by date (ISO, ascending), and the version of exactly these bytes."""

    frames: dict[str, pd.DataFrame]
    version: str


def container() -> Container:
    """The container of ECLUSE_DATA_URL; it and its methods raise BlobError."""
    return open_container("ECLUSE_DATA_URL", os.environ)


def folder() -> str:
    """Where this use case's rows land in the container; the release reads them there."""
    return f"{use_case_name()}/customers"


def data_version(digests: dict[str, str]) -> str:
    """One hash over the sha256 of each landing date: equal data has an equal version, wherever it is."""
    return hashlib.sha256(json.dumps(sorted(digests.items())).encode()).hexdigest()


def read_manifest(blobs: Container) -> dict[str, Any] | None:
    """What the last landing wrote, or None where nothing was landed."""
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
    """Every landed date; raises KitError where a landing was interrupted or changed since."""
    names = landed_names(blobs)
    if not names:
        raise KitError(f"nothing has landed under {folder()}: run python -m ecluse land")
    contents = {day: blobs.read(name).content for day, name in names.items()}
    digests = {day: hashlib.sha256(content).hexdigest() for day, content in contents.items()}
    manifest = read_manifest(blobs)
    if manifest is not None and manifest["dates"] != digests:
        raise KitError("the landed blobs differ from _landing.json: run python -m ecluse land --replace")
    frames = {day: pd.read_parquet(io.BytesIO(content)) for day, content in contents.items()}
    return Landed(frames, data_version(digests))
