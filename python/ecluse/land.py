"""Lands rows as Parquet by date: the user's own file, or the synthetic population where there is one.

A landing that is complete with the same parameters is left alone.
"""

import argparse
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from ecluse_core.container import Container

from .contract import landing_dates
from .errors import KitError
from .landed import data_version, folder, landed_etags, landed_names, read_manifest, write_manifest
from .source import read_source
from .usecase import UseCase, setting

MONTHS: Final = 10
"""How many monthly landing dates rows without a date are spread over."""


@dataclass(frozen=True)
class Landing:
    """What to land. Without `source`, `rows` of the synthetic population."""

    as_of: date
    rows: int = 10_000
    seed: int = 7
    source: Path | None = None
    sample: int | None = None
    """Of the own file, so many rows."""
    replace: bool = False
    """Whether a landing of other parameters may be replaced."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the command."""
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the synthetic population")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--source", type=Path, help="your own .csv or .parquet file")
    parser.add_argument("--sample", type=int, help="of your own file, so many rows")
    parser.add_argument("--replace", action="store_true", help="replace a landing of other parameters")


def land(asked: Landing, use_case: UseCase, blobs: Container) -> str:
    """Lands what is asked for; returns the line for the user. Raises KitError and then lands nothing."""
    parameters = _parameters(asked, use_case)
    manifest = read_manifest(blobs)
    if manifest and manifest["parameters"] == parameters and landed_etags(blobs) == manifest["etags"]:
        return f"already landed, nothing to do: data version {manifest['version']}"
    if manifest and manifest["parameters"] != parameters and not asked.replace:
        raise KitError(
            f"{folder()} holds a landing with {json.dumps(manifest['parameters'])}, asked for "
            f"{json.dumps(parameters)}; add --replace to put the new one in its place"
        )
    frames = _frames(asked, use_case)
    version = store(blobs, {str(day): _parquet(frame) for day, frame in frames.items()}, parameters)
    rows = sum(len(frame) for frame in frames.values())
    return f"landed {rows} rows on {len(frames)} dates: data version {version}"


def _months(use_case: UseCase) -> int:
    return use_case.population.MONTHS if use_case.population else MONTHS


def _parameters(asked: Landing, use_case: UseCase) -> dict[str, str | int]:
    if asked.source is None:
        span = landing_dates(asked.as_of, _months(use_case))
        return {"rows": asked.rows, "seed": asked.seed, "from": str(span[0]), "to": str(span[-1])}
    if not asked.source.is_file():
        raise KitError(f"--source {asked.source}: there is no such file; give a .csv or .parquet file")
    digest = hashlib.sha256(asked.source.read_bytes()).hexdigest()
    return {"source": digest, "sample": asked.sample or "all", "to": str(asked.as_of)}


def _frames(asked: Landing, use_case: UseCase) -> dict[date, pd.DataFrame]:
    days = landing_dates(asked.as_of, _months(use_case))
    if asked.source is not None:
        return sampled(read_source(asked.source, use_case.contract, days), asked.sample, asked.seed)
    if use_case.population is None:
        raise KitError("there is no synthetic population: give your own file with --source, or `source` "
                       "of the use case in the environment's stack file")  # fmt: skip
    if asked.rows < len(days):
        raise KitError(f"--rows must be at least {len(days)}, one per landing date, got {asked.rows}")
    environment, draw = setting("ECLUSE_ENVIRONMENT"), use_case.population.draw_day
    sizes = [asked.rows // len(days) + (index < asked.rows % len(days)) for index in range(len(days))]
    return {day: draw(size, asked.seed, environment, day) for day, size in zip(days, sizes, strict=True)}


def sampled(frames: dict[date, pd.DataFrame], rows: int | None, seed: int) -> dict[date, pd.DataFrame]:
    """Exactly `rows` rows, of each date its share; a date whose share is none is left out."""
    total = sum(len(frame) for frame in frames.values())
    if rows is None or rows >= total:
        return frames
    if rows < 1:
        raise KitError(f"--sample must be at least 1, got {rows}")
    found: dict[date, pd.DataFrame] = {}
    seen = taken = 0
    for day, frame in sorted(frames.items()):
        seen += len(frame)
        # What rounding took from one date goes to the next: the sum is exact.
        share = seen * rows // total - taken
        taken += share
        if share:
            found[day] = frame.sample(share, random_state=seed)
    return found


def store(blobs: Container, contents: dict[str, bytes], parameters: dict[str, str | int]) -> str:
    """Puts Parquet files, by date (ISO), in the place of what has landed; returns the data version."""
    digests = {day: hashlib.sha256(content).hexdigest() for day, content in sorted(contents.items())}
    etags: dict[str, str] = {}
    version = data_version(digests)
    manifest = {"parameters": parameters, "version": version, "dates": digests, "etags": etags}
    # The manifest goes first without etags: a landing that dies here is neither complete nor readable.
    write_manifest(blobs, manifest)
    for day, name in landed_names(blobs).items():
        if day not in contents:
            blobs.delete(name)
    for day, content in contents.items():
        name = f"{folder()}/date={day}/part-0.parquet"
        etags[name] = blobs.write(name, content)
    write_manifest(blobs, manifest)
    return version


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
