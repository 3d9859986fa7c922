"""A made-up population of any number of columns and classes: what a model logs of it, and its labels."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray

from ecluse_core.answer import columns_of_scores
from ecluse_monitor.classes import classes_of, with_truth
from ecluse_monitor.late import Labelled

CATEGORIES = np.array(list("abcdefghijkl"))
SHARES = np.array([0.5, 0.25, 0.2, *[0.05 / 9] * 9])


def draw(rows: int, columns: int, rng: Generator, classes: int = 0) -> pl.DataFrame:
    """Rows of a population, with scores and labels; of so many classes, of which the later are rarer.

    The model knows the chance of each outcome, so that its scores mean what they say.
    """
    hidden = rng.normal(size=rows)
    found: dict[str, Any] = {}
    for number in range(columns):
        own = 0.5 * hidden + rng.normal(size=rows)
        found[f"input_x{number}"] = (
            own,
            np.exp(own),
            np.floor(np.abs(2 * own)),
            np.where(rng.random(rows) < 0.1, np.nan, rng.standard_t(3, rows)),
            CATEGORIES[np.searchsorted(np.cumsum(SHARES)[:-1], rng.random(rows))],
        )[number % 5]
    size = hidden + 0.5 * found["input_x0"]
    answers = _of_classes(size, classes, rng) if classes else _of_two(size, rng)
    return pl.DataFrame({**found, **answers, "model_version": ["1"] * rows})


def _of_two(size: NDArray[np.float64], rng: Generator) -> dict[str, Any]:
    score = 1 / (1 + np.exp(-size))
    return {"score": score, "label": (rng.random(len(size)) < score).astype(float)}


def _of_classes(size: NDArray[np.float64], classes: int, rng: Generator) -> dict[str, Any]:
    """Each class has a direction in which it is likely; the later ones are rarer."""
    angles = np.linspace(-2, 2, classes)
    weights = np.exp(np.outer(size, angles) - np.linspace(0, 2.3, classes) - angles**2)
    shares = weights / weights.sum(axis=1, keepdims=True)
    right = (np.cumsum(shares, axis=1) < rng.random((len(size), 1))).sum(axis=1).clip(max=classes - 1)
    names = [f"class {number}" for number in range(classes)]
    return {**columns_of_scores(shares, names), "label": np.array(names, dtype=object)[right]}


def labels_of(rows: pl.DataFrame, day: date) -> Labelled:
    """The labels of a day's rows, which are all there."""
    classes = classes_of(rows.columns)
    return Labelled(day, day, with_truth(rows, classes) if classes else rows.select("score", "label"))
