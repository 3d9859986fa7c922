"""Daily demand, for tests of a use case whose model predicts a number: a forecast from lagged columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.release.training import Data

DEMAND_DATES = ("2025-01-01", "2025-02-01", "2025-03-01")
DEMAND_RULES: Mapping[str, Any] = {
    "metric": "r2",
    "floor": 0.6,
    "baseline_margin": 0.05,
    "non_inferiority_margin": 0.02,
    "max_bias": 0.1,
    "risk": 0.05,
    "undecided": "refuse",
    "max_size_mb": 100,
    "max_latency_ms": 1000,
    "segments": [{"column": "region", "floor": 0.4, "min_rows": 100}],
}


def demand(day: str, rows: int = 1000) -> pl.DataFrame:
    """Demand by last week's and the temperature, by a rule that no straight line finds; far from 0 to 1."""
    random = np.random.default_rng([DEMAND_DATES.index(day), 7])
    temperature, level = random.uniform(-10, 35, rows), random.normal(4000, 500, rows)
    comfort = 60 * abs(temperature - 15)
    columns = {
        "meter": [f"{day}-{n}" for n in range(rows)],
        "lag_7": level + 600 + random.normal(0, 200, rows),
        "temperature": temperature,
        "region": random.choice(["north", "south"], rows),
        "demand": level + comfort + random.normal(0, 100, rows),
    }
    return pl.DataFrame(columns)


DEMAND = Data(demand, DEMAND_DATES, ["lag_7", "temperature"], "demand", "meter")


def forecaster() -> Pipeline:
    """A pipeline of the kind that such use cases train."""
    return make_pipeline(StandardScaler(), HistGradientBoostingRegressor(max_iter=60, random_state=0))
