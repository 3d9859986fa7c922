"""The predictions whose labels should have come by a day, with those that have."""

from datetime import date, timedelta

import polars as pl

from ecluse_monitor.performance import Labelled
from ecluse_monitor.settings import Check, Performance
from ecluse_monitor.store import read_day, read_labels


def read_labelled(given: Check, version: str, settings: Performance, as_of: date) -> Labelled:
    """The champion's predictions of the days whose labels should have come, with those that have."""
    last = as_of - settings.label_delay
    first = last - timedelta(days=settings.days - 1)
    wanted = pl.DataFrame(schema={"prediction_id": pl.String, "score": pl.Float64})
    frames = [wanted]
    for number in range(settings.days):
        rows = read_day(given.inference, given.use_case, first + timedelta(days=number)).rows
        if {"prediction_id", "model_version", "score"} <= set(rows.columns):
            own = rows.filter(pl.col("model_version").cast(pl.String) == version)
            scores = pl.col("score").cast(pl.Float64, strict=False)
            frames.append(own.select(pl.col("prediction_id").cast(pl.String), scores))
    labels = read_labels(given.inference, given.use_case, first)
    return Labelled(first, last, pl.concat(frames).join(labels, on="prediction_id", how="left"))
