"""Inputs that the contract redacts: models are given them, and nothing that is kept shows them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
import pandas as pd
import polars as pl
import pytest
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse_models.confined import confined_model
from ecluse_models.formats import load_model, save_model
from ecluse_models.model import Column, ModelError
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.contract import schema
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.lacks import lacks
from ecluse_monitor.settings import Settings
from ecluse_monitor.sketch import from_json, sketch_of
from ecluse_serving.batching import Batcher
from ecluse_serving.champion import Champion
from ecluse_serving.log import prediction_ids
from ecluse_serving.records import Batch, parse_batch

INPUTS = (Column("age", "double", True), Column("income", "double", True))


@dataclass(frozen=True)
class Adding:
    """A model that goes by both."""

    inputs: ClassVar[tuple[Column, ...]] = INPUTS
    classes: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ("income",)
    given: list[list[str]] = field(default_factory=list[list[str]])

    def score(self, table: pl.DataFrame) -> Any:
        """A number per row."""
        self.given.append(table.columns)
        return (table["age"] + table["income"]).to_numpy()


def batch(*incomes: float, key: str | None = None) -> Batch:
    records = [{"id": "c-1", "age": 40, "income": income} for income in incomes]
    return parse_batch(json.dumps({"records": records}).encode(), INPUTS, key=key)


def test_the_model_is_given_it_and_the_servers_disk_is_not() -> None:
    kept, model = list[pl.DataFrame](), Adding()
    champion = Champion("3", "a" * 40, "v1", cast(Any, model), "m-1")
    scored = Batcher(kept.append).ask(champion, batch(1.5, 2.5)).result(30)
    assert scored.scores == [41.5, 42.5] and model.given == [["age", "income"]]
    (table,) = kept
    assert [name for name in table.columns if name.startswith("input_")] == ["input_age"]
    assert table["prediction_id"].to_list() == scored.ids and len({*scored.ids}) == 2


def test_no_id_can_be_tried_for_a_value() -> None:
    """Two values of one score have one id: whoever has the log knows the score already."""

    def ids(income: float, score: float, key: str | None = None) -> list[str]:
        return prediction_ids(batch(income, key=key), "3", [score], ["income"])

    assert ids(1, 0.5) == ids(2, 0.5) and ids(1, 0.5) != ids(1, 0.75)
    assert ids(1, 0.5, "ana k") == ids(2, 0.75, "ana k") != ids(1, 0.5, "ana l")
    both = prediction_ids(batch(1, 2, key="ana k"), "3", [0.5, 0.5], ["income"])
    assert len({*both}) == 2
    assert prediction_ids(batch(1), "3") != prediction_ids(batch(2), "3")


ROWS = pd.DataFrame({"age": [20.0, 40.0, 60.0], "income": [1.0, 2.0, 1.0]})


def stored(folder: Path, redacted: Any) -> Path:
    model = LinearRegression().fit(ROWS, [1, 2, 3])
    metadata = {"redacted": redacted}
    save_model(model, str(folder / "model"), "predict", signature=infer_signature(ROWS), metadata=metadata)
    return folder / "model"


def test_the_stored_model_says_so_in_its_own_process_too(tmp_path: Path) -> None:
    folder = stored(tmp_path, ["income"])
    assert load_model(folder).redacted == ("income",) == confined_model(folder).redacted


@pytest.mark.parametrize("redacted", [["Income"], "income", [1], None, {"income": 1}])
def test_a_model_with_a_wrong_list_does_not_serve(tmp_path: Path, redacted: Any) -> None:
    folder = stored(tmp_path, redacted)
    for load in (load_model, confined_model):
        with pytest.raises(ModelError, match="redacted must be a list of inputs"):
            load(folder)


@pytest.mark.parametrize(
    ("redacted", "message"),
    [(("Income",), "redacted Income is no input"), (("age", "income"), "could judge is redacted")],
)
def test_a_wrong_contract_is_refused(redacted: tuple[str, ...], message: str) -> None:
    with pytest.raises(KitError, match=message):
        Contract("target", "id", numeric={"age": (0, 99), "income": (0, 1)}, redacted=redacted)


def baseline() -> Baseline:
    rng = np.random.default_rng(7)
    reference = pl.DataFrame({"input_age": rng.normal(40, 9, 500), "score": rng.random(500)})
    return build_baseline(reference, {}, {"age": 0.4, "income": 0.6}, ["income"])


def test_the_monitor_says_what_it_cannot_see() -> None:
    (said,) = [text for text in lacks(baseline(), Settings()) if "income" in text]
    assert said == "income (redacted by the contract: the log has no values of it)"
    assert [*baseline()["columns"]] == ["age"]


def test_a_log_that_has_it_all_the_same_is_a_broken_contract() -> None:
    day = pl.DataFrame({"input_age": [40.0, 41.0], "score": [0.5, 0.5], "model_version": ["1", "1"]})
    assert [each.column for each in schema(sketch_of(day, "1", baseline()), baseline())[0]] == []
    leaking = day.with_columns(input_income=pl.Series([1.0, None]))
    half = sketch_of(leaking, "1", baseline())
    found, subjects = schema(half + from_json(half.as_json()), baseline())
    assert [(each.column, each.severity, each.value) for each in found] == [("income", Exit.BROKEN, 2)]
    assert [subject.name for subject in subjects] == ["age", "score"]
    # What another version logged is no fault of this one's.
    assert sketch_of(leaking, "2", baseline()).leaked == {}


def test_a_reference_that_has_it_is_refused() -> None:
    with pytest.raises(MonitorError, match=r"the reference has .*income.*, which the contract redacts"):
        build_baseline(
            pl.DataFrame({"input_age": [1.0], "input_income": [1.0], "score": [0.5]}), {}, None, ["income"]
        )
