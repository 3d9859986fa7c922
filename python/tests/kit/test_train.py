"""What training decides before it logs: the split and the lineage."""

import json

import numpy as np
import pytest
from mlflow.models import infer_signature

from ecluse.errors import KitError
from ecluse.landed import Landed
from ecluse.train import example_of, split_dates, tags

from .conftest import CONTRACT
from .test_source import SERIES


@pytest.mark.parametrize(("days", "held"), [(2, 1), (4, 1), (5, 1), (10, 2), (24, 5)])
def test_the_newest_dates_are_kept_for_tests(days: int, held: int) -> None:
    names = [f"2026-01-{day:02}" for day in range(1, days + 1)]
    training, validation = split_dates(names[::-1])
    assert (training, validation) == (names[:-held], names[-held:])


def test_one_date_cannot_be_split() -> None:
    with pytest.raises(KitError, match="at least 2 landing dates"):
        split_dates(["2026-01-01"])


def test_lineage_is_tagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.setenv("CI_COMMIT_SHA", "abc")
    monkeypatch.delenv("CI_JOB_ID", raising=False)
    found = tags(CONTRACT, Landed({}, "v1"), ["2026-01-01"], ["2026-02-01"])
    assert found["ecluse.commit"] == "abc" and "ecluse.job" not in found
    assert json.loads(found["ecluse.validation"]) == ["2026-02-01"]
    assert (found["ecluse.data_version"], found["ecluse.target"]) == ("v1", "left")
    assert found["ecluse.id_column"] == "who" and "ecluse.baseline_column" not in found
    assert tags(SERIES, Landed({}, "v1"), [], [])["ecluse.baseline_column"] == "lag"


def test_a_column_that_had_nulls_may_be_null_when_scored() -> None:
    inputs = CONTRACT.draw(200, np.random.default_rng(1))[CONTRACT.inputs]
    inputs.loc[150, "age"], inputs.loc[180, "country"] = np.nan, None
    signature = infer_signature(example_of(inputs))
    assert {column.name: column.required for column in signature.inputs} == {
        "country": False, "plan": True, "age": False, "balance": True,
    }  # fmt: skip
