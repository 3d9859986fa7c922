"""The predictions whose labels should have come by a day, with those that have, and labels that came late."""

import json
from datetime import date, timedelta

import polars as pl

from ecluse_monitor.performance import Labelled
from ecluse_monitor.predictions import Logged
from ecluse_monitor.scores import finite
from ecluse_monitor.settings import Check, Performance, Reports
from ecluse_monitor.store import by_id, read_labels

WANTED = ["prediction_id", "model_version", "score"]
KNOWN = {"score": pl.Float64, "label": pl.Float64, "key": pl.String, "day": pl.Date}
DAY = timedelta(days=1)
LONGEST = 31
"""Days after which labels that no check has seen are not looked for any more."""


def read_labelled(
    given: Check, version: str, settings: Performance, as_of: date, since: date | None = None
) -> Labelled:
    """The champion's predictions of the days whose labels should have come, with those that have.

    With `since`, those of the days before too whose label came after that day.
    """
    last = as_of - settings.label_delay
    first = last - timedelta(days=settings.days - 1)
    labels = read_labels(given.inference, given.use_case, min(first, (since or as_of) + DAY))
    days = [first + timedelta(days=number) for number in range(settings.days)]
    found = [_of_day(given, version, labels, day) for day in days]
    known = pl.concat([each for each, _ in found])
    came = pl.col("came")
    new = labels.filter(came > f"{since}", came <= f"{as_of}") if since else labels.head(0)
    before = [first - DAY * (number + 1) for number in range(settings.late_days)]
    late = _late(given, version, _without(new, known), before)
    return Labelled(first, last, known.select("score", "label"), sum(others for _, others in found), late)


def last_judged(given: Reports, as_of: date) -> date:
    """The day of the last report before a day; the day before where there is none of a month."""
    folder = f"{given.use_case}/monitor"
    names = given.reports.etags(folder)
    for day in (as_of - DAY * (number + 1) for number in range(LONGEST)):
        name = f"{folder}/{day}.json"
        # A demonstration judges no labels for good.
        if name in names and not json.loads(given.reports.read(name).content).get("demonstration"):
            return day
    return as_of - DAY


def _late(given: Check, version: str, new: pl.DataFrame, days: list[date]) -> pl.DataFrame:
    """The predictions of new labels, searched in these days until none is left."""
    frames = [pl.DataFrame(schema=KNOWN)]
    for day in days:
        if new.is_empty():
            break
        frames.append(_of_day(given, version, new, day)[0])
        new = _without(new, frames[-1])
    return pl.concat(frames).drop("key")


def _without(labels: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    return labels.join(known, on="key", how="anti")


def _of_day(given: Check, version: str, labels: pl.DataFrame, day: date) -> tuple[pl.DataFrame, int]:
    """The champion's predictions of a day that have a label, and how many have none."""
    batches = Logged(given.inference, given.use_case, day).batches([*WANTED, "id"])
    found = [_labelled(rows, version, labels, day) for rows in batches]
    known = [pl.DataFrame(schema=KNOWN), *(each for each, _ in found)]
    return pl.concat(known), sum(others for _, others in found)


def _labelled(rows: pl.DataFrame, version: str, labels: pl.DataFrame, day: date) -> tuple[pl.DataFrame, int]:
    """The champion's scores that have a label, with it, and how many have none."""
    if not set(WANTED) <= set(rows.columns):
        return pl.DataFrame(schema=KNOWN), 0
    own = rows.filter(pl.col("model_version").cast(pl.String) == version)
    identity = pl.col("id") if "id" in rows.columns else pl.lit(None)
    scores = own.select(
        finite(own["score"]), pl.col("prediction_id").cast(pl.String), own=by_id(pl.lit(day), identity)
    )
    every = scores.join(labels, left_on="prediction_id", right_on="key", how="left").join(
        labels, left_on="own", right_on="key", how="left", suffix="_of_id"
    )
    # What names the prediction itself goes before what names its day and the caller's id.
    key = pl.when(pl.col("label").is_null()).then("own").otherwise("prediction_id")
    known = every.select("score", label=pl.coalesce("label", "label_of_id"), key=key, day=pl.lit(day))
    known = known.drop_nulls("label")
    return known, own.height - known.height
