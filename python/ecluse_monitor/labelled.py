"""The predictions whose labels should have come by a day, with those that have, and labels that came late."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ecluse_monitor.classes import COLUMNS, answer_columns, with_truth
from ecluse_monitor.late import Labelled
from ecluse_monitor.predictions import Logged
from ecluse_monitor.scores import finite
from ecluse_monitor.settings import Check, Performance
from ecluse_monitor.store import by_id, read_labels
from ecluse_monitor.tracking import Champion

WANTED = ["prediction_id", "model_version", "score"]
DAY = timedelta(days=1)


def read_labelled(
    given: Check, current: Champion, settings: Performance, as_of: date, since: date | None = None
) -> Labelled:
    """The champion's predictions of the days whose labels should have come, with those that have.

    With `since`, those of the days before too whose label came after that day.
    """
    last = as_of - settings.label_delay
    first = last - timedelta(days=settings.days - 1)
    labels = _labels_since(given, current, min(first, (since or as_of) + DAY))
    days = [first + timedelta(days=number) for number in range(settings.days)]
    found = [_of_day(given, current, labels, day) for day in days]
    known = pl.concat([each for each, _ in found])
    came = pl.col("came")
    new = labels.filter(came > f"{since}", came <= f"{as_of}") if since else labels.head(0)
    oldest = max(current.since, first - DAY * settings.late_days)
    late = _late(given, current, _without(new, known), Searched(oldest, first, last, as_of))
    former = _former(given, current, late, settings.min_labels, as_of)
    others = sum(others for _, others in found)
    return Labelled(first, last, known.drop("key", "day"), others, late.drop("key"), former)


def _known(current: Champion) -> dict[str, type[pl.DataType]]:
    """The columns of a prediction with its label."""
    more = COLUMNS if current.classes else {}
    return {"score": pl.Float64, "label": pl.Float64, **more, "key": pl.String, "day": pl.Date}


def _labels_since(given: Check, current: Champion, since: date) -> pl.DataFrame:
    return read_labels(given.inference, given.use_case, since, is_class=bool(current.classes))


@dataclass(frozen=True)
class Searched:
    """Where the predictions of new labels are searched, beside the days from `first` to `last` that are due.

    They are late back to `oldest`, and early up to `as_of`: these are judged when they are due.
    """

    oldest: date
    first: date
    last: date
    as_of: date

    @property
    def days(self) -> list[date]:
        """The nearest first: there most of them are."""
        before = [self.first - DAY * number for number in range(1, (self.first - self.oldest).days + 1)]
        after = [self.last + DAY * number for number in range(1, (self.as_of - self.last).days + 1)]
        return sorted([*before, *after] if before else [], key=self._away)

    def _away(self, day: date) -> int:
        return max((self.first - day).days, (day - self.last).days)


def _late(given: Check, current: Champion, new: pl.DataFrame, where: Searched) -> pl.DataFrame:
    """The predictions of new labels that came late, searched until none is left."""
    frames = [pl.DataFrame(schema=_known(current))]
    # A label by the caller's own id names its day.
    named = pl.col("key").str.extract(r"^(\d{4}-\d\d-\d\d)/")
    is_before = (named >= f"{where.oldest}") & (named < f"{where.first}")
    new = new.filter(named.is_null() | is_before)
    for day in where.days:
        if new.is_empty():
            break
        found = _of_day(given, current, new, day)[0]
        frames += [found] if day < where.first else []
        new = _without(new, found)
    return pl.concat(frames)


def _former(given: Check, current: Champion, late: pl.DataFrame, least: int, as_of: date) -> pl.DataFrame:
    """Labels that came before, of days of which so many came late: those alone may be of one outcome."""
    days = late["day"].value_counts().filter(pl.col("count") >= least)["day"].sort().to_list()
    frames = [pl.DataFrame(schema=_known(current))]
    if days:
        labels = _labels_since(given, current, days[0]).filter(pl.col("came") <= f"{as_of}")
        frames += [_of_day(given, current, _without(labels, late), day)[0] for day in days]
    return pl.concat(frames).drop("key")


def _without(labels: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    return labels.join(known, on="key", how="anti")


def _of_day(given: Check, current: Champion, labels: pl.DataFrame, day: date) -> tuple[pl.DataFrame, int]:
    """The champion's predictions of a day that have a label, and how many have none."""
    wanted = [*WANTED, *answer_columns(current.classes)]
    batches = Logged(given.inference, given.use_case, day).batches([*wanted, "id"])
    found = [_labelled(rows, current, labels, day) for rows in batches if set(wanted) <= set(rows.columns)]
    known = [pl.DataFrame(schema=_known(current)), *(each for each, _ in found)]
    return pl.concat(known), sum(others for _, others in found)


def _labelled(
    rows: pl.DataFrame, current: Champion, labels: pl.DataFrame, day: date
) -> tuple[pl.DataFrame, int]:
    """The champion's scores that have a label, with it, and how many have none."""
    own, more = (
        rows.filter(pl.col("model_version").cast(pl.String) == current.version),
        answer_columns(current.classes),
    )
    identity = pl.col("id") if "id" in rows.columns else pl.lit(None)
    scores = own.select(
        finite(own["score"]),
        pl.col("prediction_id").cast(pl.String),
        *more,
        own=by_id(pl.lit(day), identity),
    )
    every = scores.join(labels, left_on="prediction_id", right_on="key", how="left").join(
        labels, left_on="own", right_on="key", how="left", suffix="_of_id"
    )
    # What names the prediction itself goes before what names its day and the caller's id.
    key = pl.when(pl.col("label").is_null()).then("own").otherwise("prediction_id")
    label = pl.coalesce("label", "label_of_id")
    known = every.select("score", *more, label=label, key=key, day=pl.lit(day)).drop_nulls("label")
    found = with_truth(known, current.classes) if current.classes else known
    return found.select(list(_known(current))), own.height - known.height
