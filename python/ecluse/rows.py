"""Rows to look at and to test with: those that have landed, or where none can be reached, made-up ones."""

import os
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from .landed import read_landed, training_data
from .usecase import UseCase, load

DAY: Final = date(2026, 1, 1)


def sample(rows: int = 2_000, use_case: UseCase | None = None) -> pd.DataFrame:
    """So many rows in the order of their dates, always the same.

    Of the landed data where ECLUSE_DATA_URL is set, as in a job of an environment. Else of the synthetic
    population, and without one random rows that keep the contract.
    """
    found = use_case or load()
    if os.environ.get("ECLUSE_DATA_URL"):
        landed = pd.concat(read_landed(training_data()).frames.values(), ignore_index=True)
        return landed.sample(min(rows, len(landed)), random_state=7).sort_index().reset_index(drop=True)
    if found.population:
        return found.population.draw_day(rows, 7, "sample", DAY)
    return found.contract.draw(rows, np.random.default_rng(7))
