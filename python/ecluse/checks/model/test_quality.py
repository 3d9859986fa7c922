"""How good a model must be before it may be released; `limits.yaml` has every bound."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecluse.contract import Contract
from ecluse.limits import Limits
from ecluse.multiclass import Multiclass
from ecluse.quality import Classification, Regression, Z, bias, calibration_error
from ecluse.tasks import task


def test_quality_floor(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    kind = task(contract)
    reached = kind.quality(scored[contract.target], kind.scores_of(scored))
    limits.check("quality_floor", reached, kind.measure)


def test_better_than_the_overall_rate(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    kind = _classifier(contract, "an amount has no rate")
    limits.check("loss_to_rate", kind.loss_to_rate(scored[contract.target], kind.scores_of(scored)))


def test_better_than_the_baseline(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    if contract.baseline is None:
        pytest.skip("the contract names no baseline")
    rows = scored.dropna(subset=[contract.baseline])
    quality = task(contract).quality
    reached, naive = (quality(rows[contract.target], rows[name]) for name in ("score", contract.baseline))
    limits.check("baseline_gain", reached - naive)


def test_calibration(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    kind = _classifier(contract, "an amount has no calibration")
    error, chance = calibration_error(*kind.event(scored[contract.target], kind.scores_of(scored)))
    limits.check("calibration", error - chance)


def test_no_bias(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    _only(not contract.is_classification, "a probability is held to its calibration")
    error, chance = bias(scored[contract.target], scored["score"])
    limits.check("bias", (error - chance) / float(scored[contract.target].std()))


def test_fair_to_every_segment(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    """A segment fails only when even the upper confidence bound of its quality is below the floor."""
    _only(bool(limits.segments), "there is no column of segments")
    least, kind = int(limits.values["segment_rows"]), task(contract)
    for column in limits.segments:
        groups = {str(segment): rows for segment, rows in scored.groupby(column)}
        limits.check("segment_rows", max((len(rows) for rows in groups.values()), default=0), column)
        for segment, rows in groups.items():
            if len(rows) >= least:
                bound = kind.upper_bound(rows[contract.target], kind.scores_of(rows))
                limits.check("segment_floor", bound, f"{column} {segment}")


def test_no_segment_is_over_or_understated(contract: Contract, limits: Limits, scored: pd.DataFrame) -> None:
    _only(bool(limits.segments), "there is no column of segments")
    kind = task(contract)
    for column in limits.segments:
        for segment, rows in scored.groupby(column):
            labels, scores = rows[contract.target], kind.scores_of(rows)
            if isinstance(kind, Regression):
                error, chance = bias(labels, scores)
                spread = float(scored[contract.target].std())
                limits.check("bias", (error - chance) / spread, f"{column} {segment}")
            else:
                happened, said = kind.event(labels, scores)
                rate = float(said.mean())
                beyond = abs(float(happened.mean()) - rate) - Z * (rate * (1 - rate) / len(rows)) ** 0.5
                limits.check("calibration", beyond, f"{column} {segment}")


def test_robust_to_nulls(contract: Contract, limits: Limits, model: Any, scored: pd.DataFrame) -> None:
    inputs = scored[contract.inputs].copy()
    nullable = [*contract.categorical, *contract.numeric]
    lost = np.random.default_rng(7).random((len(inputs), len(nullable))) < 0.1
    inputs[nullable] = inputs[nullable].mask(lost)
    kind, labels = task(contract), scored[contract.target]
    after = kind.quality(labels, kind.predictions(model, inputs))
    limits.check("null_loss", kind.quality(labels, kind.scores_of(scored)) - after)


def test_robust_to_unseen_categories(
    contract: Contract, limits: Limits, model: Any, scored: pd.DataFrame
) -> None:
    _only(contract.is_classification and bool(contract.categorical), "there is no category to change")
    kind = task(contract)
    for column in contract.categorical:
        scores = kind.predictions(model, scored[contract.inputs].assign(**{column: "Atlantis"}))
        assert ((scores >= 0) & (scores <= 1)).all(), column
        limits.check("unseen_floor", kind.quality(scored[contract.target], scores), column)


def _classifier(contract: Contract, reason: str) -> Classification | Multiclass:
    kind = task(contract)
    if isinstance(kind, Regression):
        pytest.skip(reason)
    return kind


def _only(holds: bool, reason: str) -> None:
    if not holds:
        pytest.skip(reason)
