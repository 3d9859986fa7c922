"""Blobs: the day's logged predictions, reports, and the state under ETag compare-and-swap."""

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import polars as pl
from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.state import State, empty

ATTEMPTS = 20


def read_day(inference: ContainerClient, use_case: str, day: date) -> pl.DataFrame:
    """All predictions logged on `day`, perhaps no rows; MonitorError names an unreadable blob."""
    frames: list[pl.DataFrame] = []
    for blob in inference.list_blobs(name_starts_with=f"{use_case}/date={day}/"):
        content = bytes(inference.download_blob(str(blob.name)).readall())
        try:
            frames.append(pl.read_parquet(io.BytesIO(content)))
        except Exception as error:  # polars raises its own and Rust's errors for a damaged file
            raise MonitorError(f"blob {blob.name} is no readable Parquet ({error}); remove it") from error
    # Batches may differ in a column or its type: the schema check tells that, it must not end here.
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()


class StateFile:
    """The state document of one use case, replaced only as it was read."""

    def __init__(self, reports: ContainerClient, name: str) -> None:
        self._blob = reports.get_blob_client(name)

    def read(self) -> tuple[State, str]:
        """The state and its ETag, which is empty when there is none yet."""
        try:
            stream = self._blob.download_blob()
        except ResourceNotFoundError:
            return empty(), ""
        try:
            return cast(State, json.loads(stream.readall())), str(stream.properties.etag)
        except ValueError as error:
            raise MonitorError(
                f"{self._blob.blob_name} is no JSON ({error}); restore or delete it"
            ) from error

    def update(self, change: Callable[[State], State]) -> State:
        """Applies `change` to the newest state until no other run has written in between."""
        for _ in range(ATTEMPTS):
            state, etag = self.read()
            changed = change(state)
            if self._write(changed, etag):
                return changed
        raise MonitorError(f"{self._blob.blob_name} was changed by others {ATTEMPTS} times; run again")

    def _write(self, state: State, etag: str) -> bool:
        condition: dict[str, Any] = (
            {"etag": etag, "match_condition": MatchConditions.IfNotModified, "overwrite": True}
            if etag
            else {"overwrite": False}
        )
        try:
            self._blob.upload_blob(json.dumps(state, indent=1).encode(), **condition)
        except (ResourceModifiedError, ResourceExistsError):
            return False
        return True
