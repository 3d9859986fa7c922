"""How good the model is: by labels where they have come, and estimated from its scores where they have not.

Labels alone see a change of what they mean (concept drift): an estimate goes by what training learnt of them,
and sees only that the scores are other ones.
"""

import math
from dataclasses import asdict, replace
from typing import Any, NotRequired, TypedDict

import numpy as np
import polars as pl
from numpy.random import Generator

from ecluse_monitor.bins import Counts, Floats, count_bins
from ecluse_monitor.classes import ACCURACY, accuracy, beside, entropy, log_losses
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.finding import Finding
from ecluse_monitor.measured import Measured, alike, mean_of
from ecluse_monitor.settings import Performance

BINS = 20
DRAWS = 200
LEAST_OF_A_CLASS = 10


class Reference(TypedDict):
    """What the model reached on the validation rows of its training, and what its scores meant there.

    Per bin of scores (`edges` between them) `counts` are its rows, `loss` is their mean squared error in
    `spread`, the variance of the target, and `expected` their mean label for `roc_auc`, their loss for `r2`.
    `loss_error` is the standard error of the mean loss. `alike` is how many times standard errors are larger
    than of rows by chance: in a time series errors are like those before.

    Of several classes the metric is `accuracy`, `loss` log loss, `spread` the entropy of the labels, and
    `expected` the share that is wrong; `beside` has more metrics.
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
    alike: NotRequired[float]
    beside: NotRequired[dict[str, dict[str, float]]]


def reference_of(scores: Floats, labels: Floats, metric: str | None) -> Reference:
    """What is logged of the validation rows; raises MonitorError where the metric does not fit them."""
    is_binary = bool(np.isin(labels, (0, 1)).all())
    if metric == "roc_auc" and not is_binary:
        raise MonitorError("performance.metric is roc_auc, and the labels are not 0 and 1; use r2")
    chosen = metric or ("roc_auc" if is_binary else "r2")
    spread = float(labels.var()) or 1.0
    losses = (labels - scores) ** 2 / spread
    expected = labels if chosen == "roc_auc" else losses
    return _reference(chosen, scores, labels, losses, expected, spread)


def reference_of_classes(rows: pl.DataFrame, metric: str | None) -> Reference:
    """The same of predictions with `classes.COLUMNS`."""
    if metric is not None:
        raise MonitorError(
            f"performance.metric is {metric}, and the target has several classes; leave it out"
        )
    spread = entropy(rows) or 1.0
    scores, right = (rows[name].to_numpy() for name in ("score", "label"))
    found = _reference(ACCURACY, scores, right, log_losses(rows) / spread, 1 - right, spread)
    return {**found, "beside": {name: asdict(each) for name, each in beside(rows).items()}}


def _reference(
    metric: str, scores: Floats, labels: Floats, losses: Floats, expected: Floats, spread: float
) -> Reference:
    measured = measure(metric, scores, labels, spread)
    if measured is None:
        fix = "land more, of each outcome"
        why = lacking(metric, labels)
        raise MonitorError(f"the {len(labels)} validation rows are too few for {metric}: {why}; {fix}")
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, scores)
    counts = np.bincount(bins, minlength=len(edges) + 1)
    loss, per_bin = (
        np.bincount(bins, each, len(counts)) / np.maximum(counts, 1) for each in (losses, expected)
    )
    beyond = losses - loss[bins]
    times = alike(beyond)
    return {
        "metric": metric,
        "value": measured.value,
        "error": measured.error * times,
        "rows": measured.rows,
        "edges": edges.tolist(),
        "counts": counts.tolist(),
        "expected": per_bin.tolist(),
        "loss": loss.tolist(),
        "loss_error": times * float(beyond.std() / len(losses) ** 0.5),
        "spread": spread,
        "alike": times,
    }


def measure(metric: str, scores: Floats, labels: Floats, spread: float) -> Measured | None:
    """The metric on labelled rows; None where they are too few, or of one class."""
    if metric == "roc_auc":
        return _roc_auc(scores, labels)
    if len(labels) < 2 * LEAST_OF_A_CLASS:
        return None
    return accuracy(labels) if metric == ACCURACY else _r2(scores, labels, spread)


def lacking(metric: str, labels: Floats) -> str:
    """Why there is no metric of these labels, in words."""
    if metric != "roc_auc":
        return f"there are {len(labels)} labels, and {metric} needs {2 * LEAST_OF_A_CLASS}"
    good = int((labels == 1).sum())
    counts = f"{len(labels) - good} labels are 0 and {good} are 1"
    return f"{counts}, and {metric} needs {LEAST_OF_A_CLASS} of each"


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


def _r2(scores: Floats, labels: Floats, spread: float) -> Measured:
    """Share of the variance explained, of the target's variance at training: a quiet day is no worse."""
    return mean_of(1 - (labels - scores) ** 2 / spread)


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
    if reference["metric"] != "roc_auc":
        return 1 - shares @ expected
    good, bad = shares * expected, shares * (1 - expected)
    over = np.cumsum(bad, axis=-1) - bad / 2
    return (good * over).sum(axis=-1) / np.maximum(good.sum(axis=-1) * bad.sum(axis=-1), 1e-12)


def surprise_of(reference: Reference, rows: pl.DataFrame) -> Measured:
    """Squared error beyond what such scores had at training, in the target's variance there.

    A change of what labels mean shows here also where it leaves the order of the scores nearly as it was. Of
    several classes it is log loss, in the entropy of the labels there.
    """
    scores, labels = (rows[name].to_numpy() for name in ("score", "label"))
    bins = np.searchsorted(np.asarray(reference["edges"]), scores)
    losses = log_losses(rows) if reference["metric"] == ACCURACY else (labels - scores) ** 2
    beyond = mean_of(losses / reference["spread"] - np.asarray(reference["loss"])[bins])
    found = beyond.by(reference.get("alike", 1.0))
    return replace(found, error=math.hypot(found.error, reference["loss_error"]))


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
    text = f"{change(reference, estimated.value, error)} as estimated from the scores, until labels come"
    limit = settings.max_drop.warn
    return [Finding("estimated", Exit.WARNING, text, "score", value=fall, limit=limit)], report


def change(reference: Reference, value: float, error: float) -> str:
    """From the validation rows' figure to this one, in words, with its 95 % interval."""
    return f"{reference['metric']} {reference['value']:.3f} → {value:.3f} ± {1.96 * error:.3f}"


def is_fall(fall: float, error: float, settings: Performance, looks: int = 1) -> bool:
    """Whether a fall is large enough, and chance alone explains it too rarely, of so many looks."""
    p_value = math.erfc(fall / max(error, 1e-12) / 2**0.5) / 2
    return fall >= settings.max_drop.warn and p_value <= settings.alpha / looks
