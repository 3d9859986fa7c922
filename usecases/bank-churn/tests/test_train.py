"""What training decides before it logs: the split, the pipeline, the lineage."""

import json
from datetime import date

import numpy as np
import pytest
import skops.io

from bank_churn.blobs import DataError, Landed, data_version
from bank_churn.features import INPUTS, TARGET
from bank_churn.pipeline import TRUSTED_TYPES, build_pipeline
from bank_churn.population import draw_day
from bank_churn.quality import metrics, predictions
from bank_churn.train import split_dates, tags

DAY = date(2026, 1, 1)


@pytest.mark.parametrize(("days", "held"), [(2, 1), (4, 1), (5, 1), (10, 2), (24, 5)])
def test_the_newest_dates_are_held_out(days: int, held: int) -> None:
    names = [f"2026-01-{day:02}" for day in range(1, days + 1)]
    training, holdout = split_dates(names[::-1])
    assert (training, holdout) == (names[:-held], names[-held:])


def test_one_date_cannot_be_split() -> None:
    with pytest.raises(DataError, match="at least 2 landing dates"):
        split_dates(["2026-01-01"])


def test_the_pipeline_is_stored_without_own_code() -> None:
    frame = draw_day(2_000, 1, "test", DAY)
    model = build_pipeline().fit(frame[list(INPUTS)], frame[TARGET])
    stored = skops.io.dumps(model)
    assert set(skops.io.get_untrusted_types(data=stored)) == set(TRUSTED_TYPES)
    again = skops.io.loads(stored, trusted=list(TRUSTED_TYPES))
    inputs = frame[list(INPUTS)]
    np.testing.assert_array_equal(predictions(again, inputs), predictions(model, inputs))


def test_metrics_of_a_perfect_and_a_useless_model() -> None:
    labels = draw_day(500, 1, "test", DAY)[TARGET]
    perfect = metrics(labels, labels.to_numpy(dtype=np.float64))
    assert (perfect["holdout_roc_auc"], perfect["holdout_brier"]) == (1, 0)
    assert metrics(labels, np.full(500, 0.2))["holdout_roc_auc"] == 0.5


def test_lineage_is_tagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.setenv("CI_COMMIT_SHA", "abc")
    monkeypatch.delenv("CI_JOB_ID", raising=False)
    found = tags(Landed({}, "v1"), ["2026-01-01"], ["2026-02-01"])
    assert found["ecluse.commit"] == "abc" and "ecluse.job" not in found
    assert json.loads(found["ecluse.holdout"]) == ["2026-02-01"]
    assert (found["ecluse.data_version"], found["ecluse.target"]) == ("v1", TARGET)


def test_the_data_version_depends_on_content_alone() -> None:
    assert data_version({"a": "1", "b": "2"}) == data_version({"b": "2", "a": "1"})
    assert data_version({"a": "1"}) != data_version({"a": "2"})
