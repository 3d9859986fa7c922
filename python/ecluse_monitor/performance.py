"""How good the model is: by labels where they have come, and estimated from its scores where they have not.

Labels alone see a change of what they mean (concept drift): an estimate goes by what training learnt of them,
and sees only that the scores are other ones.
"""

import math
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final, TypedDict

import numpy as np
import polars as pl
from numpy.random import Generator

from ecluse_monitor.bins import Counts, Floats, count_bins
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import Performance

BINS = 20
DRAWS = 200
LEAST_OF_A_CLASS = 10
MOST_MISSING = 20
"""Labels of the other outcome that may be expected where there is none: of more, chance is below e^-20."""
LATE: Final = {"score": pl.Float64, "label": pl.Float64, "day": pl.Date}


class Reference(TypedDict):
    """What the model reached on the validation rows of its training, and what its scores meant there.

    Per bin of scores (`edges` between them) `counts` are its rows, `loss` is their mean squared error in
    `spread`, the variance of the target, and `expected` their mean label for `roc_auc`, their loss for `r2`.
    `loss_error` is the standard error of the mean loss.
    """

    metric: str
    value: float
    error: float
    rows: int
    edges: list[float]
    counts: list[int]
    expected: list[float]
    loss: list[float]
    loss_error: float
    spread: float


@dataclass(frozen=True)
class Measured:
    """A metric, its standard error, and of how many rows."""

    value: float
    error: float
    rows: int


@dataclass(frozen=True)
class Labelled:
    """The champion's predictions of some days; `label` is null where none has come.

    `others` are predictions without a label that are not among the rows: of many days they would be too many.
    `late` are those of the days before whose label came since the last check, with their day. `former` are
    others of such days, whose label came before: late ones alone may be of one outcome.
    """

    first: date
    last: date
    rows: pl.DataFrame
    others: int = 0
    late: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LATE))
    former: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LATE))

    @property
    def predictions(self) -> int:
        """All of them."""
        return self.rows.height + self.others

    @property
    def known(self) -> pl.DataFrame:
        """Those with a label."""
        return self.rows.drop_nulls(["label", "score"])

    @property
    def late_days(self) -> dict[date, int]:
        """How many labels came late, by the day of their predictions."""
        counts = self.late.drop_nulls("score").group_by("day").len().sort("day")
        return dict(counts.iter_rows())


def reference_of(scores: Floats, labels: Floats, metric: str | None) -> Reference:
    """What is logged of the validation rows; raises MonitorError where the metric does not fit them."""
    is_binary = bool(np.isin(labels, (0, 1)).all())
    if metric == "roc_auc" and not is_binary:
        raise MonitorError("performance.metric is roc_auc, and the labels are not 0 and 1; use r2")
    chosen = metric or ("roc_auc" if is_binary else "r2")
    spread = float(labels.var()) or 1.0
    measured = measure(chosen, scores, labels, spread)
    if measured is None:
        raise MonitorError(f"the {len(labels)} validation rows are too few for {chosen}; land more")
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, scores)
    counts = np.bincount(bins, minlength=len(edges) + 1)
    losses = (labels - scores) ** 2 / spread
    loss, rate = (np.bincount(bins, each, len(counts)) / np.maximum(counts, 1) for each in (losses, labels))
    return {
        "metric": chosen,
        "value": measured.value,
        "error": measured.error,
        "rows": measured.rows,
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "expected": (rate if chosen == "roc_auc" else loss).tolist(),
        "loss": loss.tolist(),
        "loss_error": float((losses - loss[bins]).std() / len(losses) ** 0.5),
        "spread": spread,
    }


def measure(metric: str, scores: Floats, labels: Floats, spread: float) -> Measured | None:
    """The metric on labelled rows; None where they are too few, or of one class."""
    return _roc_auc(scores, labels) if metric == "roc_auc" else _r2(scores, labels, spread)


def _roc_auc(scores: Floats, labels: Floats) -> Measured | None:
    """Area under the curve, with the standard error of DeLong, DeLong and Clarke-Pearson."""
    good, bad = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    if min(len(good), len(bad)) < LEAST_OF_A_CLASS:
        return None
    above, below = _over(good, bad), 1 - _over(bad, good)
    error = (above.var(ddof=1) / len(good) + below.var(ddof=1) / len(bad)) ** 0.5
    return Measured(float(above.mean()), float(error), len(good) + len(bad))


def _over(values: Floats, others: Floats) -> Floats:
    """For each value the share of the others, which are sorted, that it is over; half for an equal one."""
    both = np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right")
    return both / (2 * len(others))


def _r2(scores: Floats, labels: Floats, spread: float) -> Measured | None:
    """Share of the variance explained, of the target's variance at training: a quiet day is no worse."""
    if len(labels) < 2 * LEAST_OF_A_CLASS:
        return None
    loss = (labels - scores) ** 2 / spread
    return Measured(float(1 - loss.mean()), float(loss.std(ddof=1) / len(loss) ** 0.5), len(loss))


def score_counts(reference: Reference, scores: Floats) -> Counts:
    """Rows per bin of the scores."""
    return count_bins(scores, np.asarray(reference["edges"]))


def estimate(reference: Reference, now: Counts, rng: Generator) -> Measured:
    """What the metric would be if scores still meant what they did; the error is that of its fall alone.

    `now` are rows per bin of the scores.
    """
    before = np.asarray(reference["counts"])
    fall = float(_expected(reference, before) - _expected(reference, now))
    errors = [
        _expected(reference, rng.multinomial(each.sum(), each / each.sum(), DRAWS)).std()
        for each in (before, now)
    ]
    return Measured(min(1.0, reference["value"] - fall), float(np.hypot(*errors)), int(now.sum()))


def _expected(reference: Reference, counts: Any) -> Any:
    """The metric that rows per bin of scores come to."""
    shares = counts / counts.sum(axis=-1, keepdims=True)
    expected = np.asarray(reference["expected"])
    if reference["metric"] == "r2":
        return 1 - shares @ expected
    good, bad = shares * expected, shares * (1 - expected)
    over = np.cumsum(bad, axis=-1) - bad / 2
    return (good * over).sum(axis=-1) / np.maximum(good.sum(axis=-1) * bad.sum(axis=-1), 1e-12)


def surprise_of(reference: Reference, scores: Floats, labels: Floats) -> Measured:
    """Squared error beyond what such scores had at training, in the target's variance there.

    A change of what labels mean shows here also where it leaves the order of the scores nearly as it was.
    """
    bins = np.searchsorted(np.asarray(reference["edges"]), scores)
    beyond = (labels - scores) ** 2 / reference["spread"] - np.asarray(reference["loss"])[bins]
    error = math.hypot(float(beyond.std(ddof=1)) / len(beyond) ** 0.5, reference["loss_error"])
    return Measured(float(beyond.mean()), error, len(beyond))


def labelled_findings(
    reference: Reference, labelled: Labelled, settings: Performance
) -> tuple[list[Finding], dict[str, Any]]:
    """A finding where the model has become worse by its labels, and what the report says of it."""
    known = labelled.known
    coverage = known.height / max(labelled.predictions, 1)
    report: dict[str, Any] = {
        "from": labelled.first.isoformat(),
        "to": labelled.last.isoformat(),
        "metric": reference["metric"],
        "reference": {key: reference[key] for key in ("value", "error", "rows")},
        "predictions": labelled.predictions,
        "labels": known.height,
        "coverage": coverage,
        "late": {day.isoformat(): count for day, count in labelled.late_days.items()},
        "one_outcome": [],
        "realised": None,
        "surprise": None,
    }
    late, one_outcome = _late(reference, labelled)
    report["one_outcome"] = [f"{day}" for day in one_outcome]
    # One test of all that is new: a second one would have false alarms of its own.
    judged = pl.concat([each.select(pl.col("score", "label").cast(pl.Float64)) for each in (known, late)])
    scores, labels = (judged[name].to_numpy() for name in ("score", "label"))
    measured = measure(reference["metric"], scores, labels, reference["spread"])
    if measured is None or measured.rows < settings.min_labels:
        return [], report
    surprise = surprise_of(reference, scores, labels)
    report |= {"realised": asdict(measured), "surprise": asdict(surprise)}
    findings = _worse(reference, measured, surprise, _of(labelled, coverage), settings)
    late_days = [count for day, count in labelled.late_days.items() if day not in one_outcome]
    enough = [count for count in (known.height, *late_days) if count >= settings.min_labels]
    return [replace(each, days=max(1, len(enough))) for each in findings], report


def _late(reference: Reference, labelled: Labelled) -> tuple[pl.DataFrame, list[date]]:
    """What came late with what had come of its days, and the days that are left out of it.

    Labels of one outcome alone are no random part of a day: they say nothing of the model until others come.
    """
    each = [table.select("score", "label", "day") for table in (labelled.late, labelled.former)]
    every = pl.concat(each, how="vertical_relaxed").drop_nulls("score")
    days = every.partition_by("day", as_dict=True)
    left_out = sorted(day for (day,), rows in days.items() if _is_one_outcome(reference, rows))
    return every.filter(~pl.col("day").is_in(left_out)), left_out


def _is_one_outcome(reference: Reference, rows: pl.DataFrame) -> bool:
    """Whether the labels of a day are all 0, or all 1, which chance does not explain at such scores."""
    labels = rows["label"].unique().to_list()
    if reference["metric"] != "roc_auc" or len(labels) != 1:
        return False
    bins = np.searchsorted(np.asarray(reference["edges"]), rows["score"].to_numpy())
    ones = float(np.asarray(reference["expected"])[bins].sum())
    return (rows.height - ones if labels[0] else ones) >= MOST_MISSING


def _of(labelled: Labelled, coverage: float) -> str:
    """The labels that a finding is by, in words."""
    height, days = labelled.known.height, list(labelled.late_days)
    of = f"by {height} labels of {labelled.first} to {labelled.last} ({coverage:.0%} of the rows)"
    if not days:
        return of
    return f"{of} and {sum(labelled.late_days.values())} of {days[0]} to {days[-1]} that came late"


def _worse(
    reference: Reference, measured: Measured, surprise: Measured, of: str, settings: Performance
) -> list[Finding]:
    fall = reference["value"] - measured.value
    looks = [
        (
            fall,
            math.hypot(reference["error"], measured.error),
            _change(reference, measured.value, measured.error),
        ),
        (
            surprise.value,
            surprise.error,
            f"squared error over what such scores had at training by {surprise.value:.0%} of the variance",
        ),
    ]
    # Two looks at the same labels share the chance of a false alarm.
    found = [(size, text) for size, error, text in looks if is_fall(size, error, settings, len(looks))]
    if not found:
        return []
    largest, limits = max(size for size, _ in found), settings.max_drop
    severity, limit = (Exit.CRITICAL, limits.crit) if largest >= limits.crit else (Exit.WARNING, limits.warn)
    text = f"{', '.join(text for _, text in found)} {of}"
    return [Finding("performance", severity, text, value=largest, limit=limit)]


def estimated_findings(
    reference: Reference, now: Counts, settings: Performance, rng: Generator
) -> tuple[list[Finding], dict[str, Any]]:
    """A warning where the scores alone say that the model is worse, and what the report says of it."""
    estimated = estimate(reference, now, rng)
    fall = reference["value"] - estimated.value
    error = math.hypot(estimated.error, reference["error"])
    report = {**asdict(estimated), "error": error, "blind_to": "a change of what the labels mean"}
    if not is_fall(fall, estimated.error, settings):
        return [], report
    text = f"{_change(reference, estimated.value, error)} as estimated from the scores, until labels come"
    limit = settings.max_drop.warn
    return [Finding("estimated", Exit.WARNING, text, "score", value=fall, limit=limit)], report


def _change(reference: Reference, value: float, error: float) -> str:
    return f"{reference['metric']} {reference['value']:.3f} → {value:.3f} ± {1.96 * error:.3f}"


def is_fall(fall: float, error: float, settings: Performance, looks: int = 1) -> bool:
    """Whether a fall is large enough, and chance alone explains it too rarely, of so many looks."""
    p_value = math.erfc(fall / max(error, 1e-12) / 2**0.5) / 2
    return fall >= settings.max_drop.warn and p_value <= settings.alpha / looks
