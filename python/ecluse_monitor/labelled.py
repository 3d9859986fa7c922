"""The predictions whose labels should have come by a day, with those that have."""

from datetime import date, timedelta

import polars as pl

from ecluse_monitor.performance import Labelled
from ecluse_monitor.predictions import Logged
from ecluse_monitor.scores import finite
from ecluse_monitor.settings import Check, Performance
from ecluse_monitor.store import by_id, read_labels

WANTED = ["prediction_id", "model_version", "score"]


def read_labelled(given: Check, version: str, settings: Performance, as_of: date) -> Labelled:
    """The champion's predictions of the days whose labels should have come, with those that have."""
    last = as_of - settings.label_delay
    first = last - timedelta(days=settings.days - 1)
    labels = read_labels(given.inference, given.use_case, first)
    frames = [pl.DataFrame(schema={"score": pl.Float64, "label": pl.Float64})]
    others = 0
    for number in range(settings.days):
        day = first + timedelta(days=number)
        for rows in Logged(given.inference, given.use_case, day).batches([*WANTED, "id"]):
            known, unknown = _labelled(rows, version, labels, day)
            frames.append(known)
            others += unknown
    return Labelled(first, last, pl.concat(frames), others)


def _labelled(rows: pl.DataFrame, version: str, labels: pl.DataFrame, day: date) -> tuple[pl.DataFrame, int]:
    """The champion's scores that have a label, with it, and how many have none."""
    if not set(WANTED) <= set(rows.columns):
        return pl.DataFrame(schema={"score": pl.Float64, "label": pl.Float64}), 0
    own = rows.filter(pl.col("model_version").cast(pl.String) == version)
    identity = pl.col("id") if "id" in rows.columns else pl.lit(None)
    scores = own.select(
        finite(own["score"]), pl.col("prediction_id").cast(pl.String), own=by_id(pl.lit(day), identity)
    )
    every = scores.join(labels, left_on="prediction_id", right_on="key", how="left").join(
        labels, left_on="own", right_on="key", how="left", suffix="_of_id"
    )
    # What names the prediction itself goes before what names its day and the caller's id.
    known = every.select("score", label=pl.coalesce("label", "label_of_id")).drop_nulls("label")
    return known, own.height - known.height
