"""The predictions whose labels should have come by a day, with those that have."""

from datetime import date, timedelta

import polars as pl

from ecluse_monitor.performance import Labelled
from ecluse_monitor.predictions import Logged
from ecluse_monitor.scores import finite
from ecluse_monitor.settings import Check, Performance
from ecluse_monitor.store import read_labels


def read_labelled(given: Check, version: str, settings: Performance, as_of: date) -> Labelled:
    """The champion's predictions of the days whose labels should have come, with those that have."""
    last = as_of - settings.label_delay
    first = last - timedelta(days=settings.days - 1)
    labels = read_labels(given.inference, given.use_case, first)
    frames = [pl.DataFrame(schema={"score": pl.Float64, "label": pl.Float64})]
    others = 0
    for number in range(settings.days):
        logged = Logged(given.inference, given.use_case, first + timedelta(days=number))
        for rows in logged.batches(["prediction_id", "model_version", "score"]):
            known, unknown = _labelled(rows, version, labels)
            frames.append(known)
            others += unknown
    return Labelled(first, last, pl.concat(frames), others)


def _labelled(rows: pl.DataFrame, version: str, labels: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The champion's scores that have a label, with it, and how many have none."""
    if not {"prediction_id", "model_version", "score"} <= set(rows.columns):
        return pl.DataFrame(schema={"score": pl.Float64, "label": pl.Float64}), 0
    own = rows.filter(pl.col("model_version").cast(pl.String) == version)
    scores = own.select(pl.col("prediction_id").cast(pl.String), finite(own["score"]))
    known = scores.join(labels, on="prediction_id").select("score", "label")
    return known, own.height - known.height
