"""Lands rows as Parquet by date: the user's own file, or the synthetic population where there is one.

A landing that is complete with the same parameters is left alone.
"""

import argparse
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ecluse_core.landing import Landing, sha256_of

from .contract import Contract, landing_dates
from .errors import KitError
from .files import digest_of
from .landed import newest
from .source import read_source
from .usecase import UseCase, setting

MONTHS: Final = 10
"""How many monthly landing dates rows without a date are spread over."""
FEWEST_DATES: Final = 3
FEWEST_ROWS: Final = 50
FEWEST_OF_A_CLASS: Final = 5
"""So that training, its validation and the hold-out may each have one."""


@dataclass(frozen=True)
class Asked:
    """What to land. Without `source`, `rows` of the synthetic population."""

    as_of: date
    rows: int = 10_000
    seed: int = 7
    source: Path | None = None
    sample: int | None = None
    """Of the own file, so many rows."""
    replace: bool = False
    """Whether a landing of other parameters may be replaced."""
    scenario: str | None = None
    """What has happened to the synthetic population, as a name of `scenarios.py`."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the command."""
    parser.add_argument("--as-of", type=date.fromisoformat, default=date.today(), metavar="YYYY-MM-DD")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the synthetic population")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--source", help="your own file or folder of files, a query (.sql), or blob:<name> of a container"
    )
    parser.add_argument("--sample", type=int, help="of your own file, so many rows")
    parser.add_argument("--replace", action="store_true", help="replace a landing of other parameters")
    parser.add_argument("--scenario", help="what happened to the synthetic population, of scenarios.py")


@dataclass(frozen=True)
class Stores:
    """Where rows land: the older ones for training, the newest for the release alone."""

    data: Landing
    holdout: Landing

    def is_complete(self, parameters: Mapping[str, Any]) -> bool:
        """Whether all of a landing of these parameters is here, as it was written."""
        return self.data.is_complete(parameters) and self.holdout.is_complete(parameters)

    @property
    def version(self) -> str:
        """The version of what training reads, of a complete landing."""
        return str((self.data.manifest() or {})["version"])

    def digests(self) -> dict[str, str]:
        """The sha256 of each file that has landed, by date in its order, as the manifests say."""
        manifests = self.data.manifest(), self.holdout.manifest()
        return dict(
            sorted((day, digest) for each in manifests if each for day, digest in each["dates"].items())
        )

    def replace(self, contents: Mapping[str, bytes], parameters: Mapping[str, Any]) -> str:
        """Puts files, by date (ISO), in the place of what has landed; returns the data version.

        The newest fifth of the dates is held out. Raises KitError, and then has changed nothing.
        """
        held = self._held(contents)
        # First: where this breaks off, a date that goes on to training is in neither, never in both.
        self.holdout.replace({day: contents[day] for day in held}, parameters)
        return self.data.replace({day: contents[day] for day in contents if day not in held}, parameters)

    def _held(self, contents: Mapping[str, bytes]) -> list[str]:
        if len(contents) < FEWEST_DATES:
            raise KitError(
                f"there are rows of {', '.join(contents)} only; land {FEWEST_DATES} dates or more: "
                "one is held out for the release, and one for the tests of the model"
            )
        held, digests = newest(contents), sha256_of(contents)
        trained = (self.data.manifest() or {"dates": {}})["dates"]
        seen = [day for day in held if trained.get(day) == digests[day]]
        if seen:
            raise KitError(
                f"{', '.join(seen)} would be held out, and training has read the same rows; "
                "land newer dates too"
            )
        return held


def land(asked: Asked, use_case: UseCase, stores: Stores) -> str:
    """Lands what is asked for; returns the line for the user. Raises KitError and then lands nothing."""
    parameters = _parameters(asked, use_case)
    if stores.is_complete(parameters):
        return f"already landed, nothing to do: data version {stores.version}"
    for manifest in (stores.data.manifest(), stores.holdout.manifest()):
        if manifest and manifest["parameters"] != parameters and not asked.replace:
            raise KitError(
                f"{stores.data.folder} holds a landing with {json.dumps(manifest['parameters'])}, asked for "
                f"{json.dumps(parameters)}; add --replace to put the new one in its place"
            )
    frames = _frames(asked, use_case)
    version = stores.replace({str(day): _parquet(frame) for day, frame in frames.items()}, parameters)
    rows = sum(len(frame) for frame in frames.values())
    return f"landed {rows} rows on {len(frames)} dates: data version {version}"


def _months(use_case: UseCase) -> int:
    return use_case.population.MONTHS if use_case.population else MONTHS


def _parameters(asked: Asked, use_case: UseCase) -> dict[str, str | int]:
    if asked.source is None:
        span = landing_dates(asked.as_of, _months(use_case))
        found = {"rows": asked.rows, "seed": asked.seed, "from": str(span[0]), "to": str(span[-1])}
        return {**found, "scenario": asked.scenario} if asked.scenario else found
    return {"source": digest_of(asked.source), "sample": asked.sample or "all", "to": str(asked.as_of)}


def _frames(asked: Asked, use_case: UseCase) -> dict[date, pd.DataFrame]:
    days = landing_dates(asked.as_of, _months(use_case))
    if asked.source is not None:
        frames = read_source(asked.source, use_case.contract, days, asked.as_of)
        return enough(sampled(frames, asked.sample, asked.seed), use_case.contract)
    if use_case.population is None:
        raise KitError("there is no synthetic population: give your own file with --source, or `source` "
                       "of the use case in the environment's stack file")  # fmt: skip
    if asked.rows < len(days):
        raise KitError(f"--rows must be at least {len(days)}, one per landing date, got {asked.rows}")
    environment, name = setting("ECLUSE_ENVIRONMENT"), asked.scenario
    draw = partial(use_case.made_up, scenario=name) if name else use_case.population.draw_day
    sizes = [asked.rows // len(days) + (index < asked.rows % len(days)) for index in range(len(days))]
    return {day: draw(size, asked.seed, environment, day) for day, size in zip(days, sizes, strict=True)}


def enough(frames: dict[date, pd.DataFrame], contract: Contract) -> dict[date, pd.DataFrame]:
    """The rows, where a model can be trained and tested on them; else raises KitError."""
    rows = pd.concat(frames.values())
    if len(rows) < FEWEST_ROWS:
        raise KitError(f"there are {len(rows)} rows; land {FEWEST_ROWS} or more, a fifth is held out")
    for name in contract.inputs:
        if (rows[name].isna() | (rows[name] == "")).all():
            raise KitError(f"column {name} is empty in every row; export it, or take it out of the contract")
    for outcome in contract.classes or ((0, 1) if contract.is_classification else ()):
        count = int((rows[contract.target] == outcome).sum())
        if count < FEWEST_OF_A_CLASS:
            raise KitError(
                f"column {contract.target} is {outcome} in {count} of {len(rows)} rows; land "
                f"{FEWEST_OF_A_CLASS} or more: export more rows, or raise `rows` of the environment's sample"
            )
    return frames


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


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
