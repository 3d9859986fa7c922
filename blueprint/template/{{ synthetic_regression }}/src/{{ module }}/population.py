"""Synthetic buildings: the use case runs before data of yours is there. Land your own file in their place.

Draws are keyed by (seed, environment, date): dev and prod never hold the same building.
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
DEGREE_DAYS: Final = np.array([2_600.0, 3_200.0, 1_700.0])
"""By region, in the order of `features.py`."""
EFFICIENCY: Final = np.array([0.95, 0.9, 3.2])
"""Heat per unit of energy, by kind of heating."""


def generator(seed: int, environment: str, *purpose: object) -> Generator:
    """A random stream of this seed, environment and purpose alone."""
    words = [zlib.crc32(str(part).encode()) for part in (environment, *purpose)]
    return np.random.default_rng([seed, *words])


def draw_day(rows: int, seed: int, environment: str, day: date, purpose: str = "landing") -> pd.DataFrame:
    """The buildings that `environment` sees on `day`; another purpose draws other buildings of that day."""
    return draw(rows, generator(seed, environment, day.isoformat(), purpose))


def draw(rows: int, rng: Generator) -> pd.DataFrame:
    """`rows` buildings: the contract's columns."""
    region, heating = rng.choice(3, rows, p=[0.4, 0.35, 0.25]), rng.choice(3, rows, p=[0.2, 0.55, 0.25])
    area = np.round(np.clip(rng.lognormal(4.8, 0.4, rows), 20, 600))
    built = np.round(np.clip(rng.normal(1978, 28, rows), 1880, 2025))
    u_value = np.round(np.clip(2.2 - 0.014 * (built - 1900) + rng.normal(0, 0.2, rows), 0.1, 3), 2)
    frame = pd.DataFrame(
        {
            CONTRACT.id: [f"b{n:016x}" for n in rng.integers(0, 2**63, rows)],
            "region": np.array(CONTRACT.categorical["region"], dtype=object)[region],
            "heating": np.array(CONTRACT.categorical["heating"], dtype=object)[heating],
            "floor_area": area,
            "year_built": built,
            "u_value": u_value,
            "occupants": np.round(1 + area / 45 + rng.gamma(1, 0.5, rows)),
            "degree_days": np.round(DEGREE_DAYS[region] * rng.normal(1, 0.08, rows)),
        }
    )
    # Heat lost through 1.3 m² of wall and roof per m² of floor all day, and noise that no column explains.
    lost = 1.3 * area * u_value * frame["degree_days"] * 24 / 1_000 / EFFICIENCY[heating]
    frame[CONTRACT.target] = np.round(lost * rng.lognormal(0, 0.15, rows))
    return frame[CONTRACT.columns]
