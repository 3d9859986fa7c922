"""The landed data of an environment: what training reads, and what is held out for the release."""

import io
import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import pandas as pd

from ecluse_core.landing import Landing, LandingError
from ecluse_core.opening import open_container

from .errors import KitError
from .usecase import name as use_case_name

HELD_SHARE: Final = 0.2


@dataclass(frozen=True)
class Landed:
    """All landed rows by date (ISO, ascending), and the version of exactly these bytes."""

    frames: dict[str, pd.DataFrame]
    version: str


def training_data() -> Landing:
    """The landing that training reads, in the container of ECLUSE_DATA_URL; raises BlobError."""
    return Landing(open_container("ECLUSE_DATA_URL", os.environ), use_case_name())


def holdout() -> Landing:
    """The landing that only the release reads, in the container of ECLUSE_HOLDOUT_URL; raises BlobError."""
    return Landing(open_container("ECLUSE_HOLDOUT_URL", os.environ), use_case_name())


def newest(days: Collection[str]) -> list[str]:
    """The newest fifth of the dates (ISO), at least one, ascending."""
    return sorted(days)[-max(1, round(len(days) * HELD_SHARE)) :]


def read_landed(landing: Landing) -> Landed:
    """Every landed date; raises KitError where a landing was interrupted or changed since."""
    try:
        files = landing.files()
    except LandingError as error:
        raise KitError(str(error)) from None
    frames = {day: pd.read_parquet(io.BytesIO(content)) for day, content in files.contents.items()}
    return Landed(frames, files.version)
