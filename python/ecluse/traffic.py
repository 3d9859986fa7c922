"""Sends a day of rows to the model server in batches, for demonstrations. A null travels as JSON null.

With a module `scenarios` the rows are made up by it. Without one they are landed rows under new ids: as they
are (`clean`), or with large values favoured (`drifted`).
"""

import argparse
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from .contract import Contract
from .errors import KitError
from .landed import read_landed, training_data
from .server import ask
from .usecase import UseCase

BATCH: Final = 500


@dataclass(frozen=True)
class Traffic:
    """The rows to send: of which day, of which scenario, and how many."""

    date: date
    scenario: str = "clean"
    rows: int = 5_000
    seed: int = 7


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of the command."""
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument(
        "--scenario", default="clean", help="clean, drifted, or names of scenarios.py, joined by +"
    )
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=7)
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--to", type=Path, metavar="FILE", help="write the records, and send nothing")
    files.add_argument("--from", dest="read", type=Path, metavar="FILE", help="send records that --to wrote")
    files.add_argument(
        "--labels", type=Path, metavar="FILE", help="write what the rows turn out to be, as .json"
    )


def day(asked: Traffic, use_case: UseCase, environment: str) -> pd.DataFrame:
    """The rows of a day; raises KitError for a scenario that is not known."""
    if asked.rows < 1:
        raise KitError(f"--rows must be at least 1, got {asked.rows}")
    if use_case.scenarios is None:
        return replay(asked, use_case.contract, environment)
    return use_case.made_up(asked.rows, asked.seed, environment, asked.date, asked.scenario)


def replay(asked: Traffic, contract: Contract, environment: str) -> pd.DataFrame:
    """Landed rows, drawn with replacement, under ids of that day."""
    if asked.scenario not in ("clean", "drifted"):
        raise KitError(
            f"--scenario must be clean or drifted where there is no scenarios.py, got {asked.scenario}"
        )
    landed = pd.concat(read_landed(training_data()).frames.values(), ignore_index=True)
    words = [zlib.crc32(part.encode()) for part in (environment, asked.date.isoformat(), asked.scenario)]
    rng = np.random.default_rng([asked.seed, *words])
    weights = favoured(landed, contract) if asked.scenario == "drifted" else None
    found = landed.iloc[rng.choice(len(landed), asked.rows, p=weights)].reset_index(drop=True)
    return found.assign(**{contract.id: [f"{asked.date}-{row}" for row in range(asked.rows)]})


def favoured(rows: pd.DataFrame, contract: Contract) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Weights that favour one half of the rows nine to one, by the input that has the most values."""
    compared = [*contract.numeric] or [*contract.categorical]
    if not compared:
        raise KitError("a contract of texts alone has nothing that drifts; use --scenario clean")
    by = max(compared, key=lambda name: int(rows[name].nunique()))
    upper = rows[by].rank(method="first", pct=True, na_option="bottom").to_numpy() > 0.5
    weights = np.where(upper, 9.0, 1.0)
    return weights / weights.sum()


def records(contract: Contract, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One record per row: `id` and the inputs, nulls as None."""
    renamed = frame[[contract.id, *contract.inputs]].rename(columns={contract.id: "id"}).astype(object)
    return cast(list[dict[str, Any]], renamed.where(renamed.notna(), None).to_dict("records"))


def send(batch: list[dict[str, Any]], moment: datetime | None) -> dict[str, Any]:
    """Scores one batch as of `moment`, None being now; raises KitError with the server's answer."""
    return ask("/score", {"time": moment and moment.isoformat(), "records": batch})


def outcomes(asked: Traffic, contract: Contract, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """What the rows of a day turn out to be, as labels by the day and the rows' own ids."""
    found = frame[contract.target].astype(str if contract.classes else float)
    pairs = zip(frame[contract.id].astype(str), found, strict=True)
    return [{"id": name, "date": asked.date.isoformat(), "label": label} for name, label in pairs]


def moment_of(day: date, share: float) -> datetime | None:
    """The moment when a share of a past day was over; None for today, whose clock is the server's."""
    today = datetime.now(UTC).date()
    if day > today:
        raise KitError(f"--date must not be after today, {today}, got {day}")
    return None if day == today else datetime.combine(day, clock(), tzinfo=UTC) + share * timedelta(days=1)


def play(asked: Traffic, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sends a whole day's records, their batches spread evenly over a past day; returns the summary."""
    if not rows:
        raise KitError("there are no records to send; --rows says how many")
    started, scores, versions = time.perf_counter(), list[float](), set[str]()
    for start in range(0, len(rows), BATCH):
        answer = send(rows[start : start + BATCH], moment_of(asked.date, start / len(rows)))
        scores += [float(prediction["score"]) for prediction in answer["predictions"]]
        versions.add(str(answer["model_version"]))
    return {
        "date": asked.date.isoformat(),
        "scenario": asked.scenario,
        "rows": len(scores),
        "batches": -(-len(rows) // BATCH),
        "model_versions": sorted(versions),
        "mean_score": round(sum(scores) / len(scores), 4),
        "seconds": round(time.perf_counter() - started, 2),
    }
