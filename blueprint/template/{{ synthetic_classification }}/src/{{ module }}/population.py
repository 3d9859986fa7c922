"""Synthetic machines: the use case runs before data of yours is there. Land your own file in their place.

Draws are keyed by (seed, environment, date): dev and prod never hold the same machine.
"""

import zlib
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.random import Generator

from .features import CONTRACT

MONTHS: Final = 10
"""How many monthly landing dates a history has."""


def generator(seed: int, environment: str, *purpose: object) -> Generator:
    """A random stream of this seed, environment and purpose alone."""
    words = [zlib.crc32(str(part).encode()) for part in (environment, *purpose)]
    return np.random.default_rng([seed, *words])


def draw_day(rows: int, seed: int, environment: str, day: date, purpose: str = "landing") -> pd.DataFrame:
    """The machines that `environment` sees on `day`; another purpose draws other machines of that day."""
    return draw(rows, generator(seed, environment, day.isoformat(), purpose))


def draw(rows: int, rng: Generator) -> pd.DataFrame:
    """`rows` machines: the contract's columns."""
    sites, machines = (np.array(CONTRACT.categorical[name], dtype=object) for name in ("site", "machine"))
    frame = pd.DataFrame(
        {
            CONTRACT.id: [f"m{n:016x}" for n in rng.integers(0, 2**63, rows)],
            "site": rng.choice(sites, rows, p=[0.2, 0.3, 0.5]),
            "machine": rng.choice(machines, rows, p=[0.4, 0.35, 0.25]),
            "age_years": np.round(np.clip(rng.gamma(2, 4, rows), 0, 40), 1),
            "service_days": np.round(np.clip(rng.exponential(90, rows), 0, 730)),
            "load": np.round(1.2 * rng.beta(5, 3, rows), 3),
        }
    )
    press = (frame["machine"] == "press").to_numpy()
    frame["temperature"] = np.round(45 + 25 * frame["load"] + 4 * press + rng.normal(0, 7, rows), 1)
    wear = 0.02 * frame["age_years"] + 0.003 * frame["service_days"]
    frame["vibration"] = np.round(np.exp(wear + rng.normal(0, 0.3, rows)), 2)
    # Wear counts under load alone, and too cold is as bad as too hot: no linear model finds that.
    strain = np.abs(frame["temperature"] - 64) / 7 + 3 * wear * (frame["load"] > 0.8)
    log_odds = -5.7 + 2.3 * strain + 0.3 * frame["vibration"]
    frame[CONTRACT.target] = (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    return frame[CONTRACT.columns]
