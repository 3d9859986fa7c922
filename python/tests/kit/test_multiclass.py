"""A target of several classes: its contract, its landing, what training logs, and how it is measured."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ecluse.contract import Contract
from ecluse.errors import KitError
from ecluse.land import Stores
from ecluse.limits import bounds
from ecluse.multiclass import Multiclass
from ecluse.quality import Classification
from ecluse.source import read_source
from ecluse.tasks import task
from ecluse.traffic import Traffic, outcomes
from ecluse.train import require_labels, train
from ecluse.usecase import UseCase
from ecluse_models.download import download_model
from ecluse_models.formats import load_model

from .conftest import write_limits

NAMES = ("barolo", "grignolino", "barbera")
INPUTS = ("alcohol", "hue", "proline")
CONTRACT = Contract(target="grape", id="wine", numeric=dict.fromkeys(INPUTS, (0.0, 2000.0)), classes=NAMES)


def wines(rows: int, seed: int) -> pd.DataFrame:
    """Real wines, drawn with replacement."""
    found = cast(Any, load_wine(as_frame=True)).frame.sample(rows, replace=True, random_state=seed)
    grape = np.array(NAMES, dtype=object)[found["target"]]
    ids = [f"{seed}-{row}" for row in range(rows)]
    return found[list(INPUTS)].assign(wine=ids, grape=grape)[CONTRACT.columns].reset_index(drop=True)


def model() -> Any:
    """A pipeline that is not fitted yet."""
    return make_pipeline(StandardScaler(), LogisticRegression())


def test_the_task_and_the_bounds_are_of_classes() -> None:
    found = task(CONTRACT)
    assert isinstance(found, Multiclass) and found.predict == "predict_proba"
    assert {"loss_to_rate", "calibration"} <= set(bounds(CONTRACT))


@pytest.mark.parametrize(
    ("classes", "more", "message"),
    [
        (("a", "b"), {}, "there are 2 classes, and 3 to 100"),
        (("a", "b", "b"), {}, "the class 'b' stands twice"),
        (NAMES, {"target_range": (0.0, 1.0)}, "has classes and a range"),
    ],
)
def test_a_wrong_contract_is_refused(classes: tuple[str, ...], more: Any, message: str) -> None:
    with pytest.raises(KitError, match=message):
        Contract(target="grape", id="wine", numeric={"hue": (0, 1)}, classes=classes, **more)


def test_names_and_whole_numbers_land_as_text(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    wines(40, 1).to_csv(path, index=False)
    landed = pd.concat(read_source(path, CONTRACT, [date(2026, 1, 1)]).values())
    assert set(landed["grape"]) <= set(NAMES)
    wines(40, 1).assign(grape="merlot").to_csv(path, index=False)
    with pytest.raises(KitError, match=r"column grape, row 1: 'merlot' .*use one of barolo, grignolino"):
        read_source(path, CONTRACT, [date(2026, 1, 1)])
    numbered = Contract(target="grade", id="who", numeric={"hue": (0, 9)}, classes=("0", "1", "2"))
    pd.DataFrame({"who": ["a", "b", "c"], "hue": 1.0, "grade": [2, 0, 1]}).to_parquet(tmp_path / "n.parquet")
    landed = pd.concat(read_source(tmp_path / "n.parquet", numbered, [date(2026, 1, 1)]).values())
    assert landed["grade"].tolist() == ["2", "0", "1"]


def test_drawn_rows_have_every_class() -> None:
    drawn = CONTRACT.draw(30, np.random.default_rng(1))
    assert drawn["grape"].value_counts().to_dict() == dict.fromkeys(NAMES, 10)


def test_measures_are_those_of_scikit_learn() -> None:
    labels, rng = wines(300, 3)["grape"], np.random.default_rng(1)
    kind = Multiclass(NAMES)
    scores = rng.dirichlet([1, 1, 1], 300) * 0.7 + 0.3 * np.eye(3)[kind.targets(labels)]
    numbers = kind.targets(labels)
    found = kind.metrics(labels, scores)
    assert found["holdout_roc_auc_ovr"] == pytest.approx(roc_auc_score(numbers, scores, multi_class="ovr"))
    assert found["holdout_log_loss"] == pytest.approx(log_loss(numbers, scores))
    assert found["holdout_accuracy"] == pytest.approx((scores.argmax(axis=1) == numbers).mean())
    assert kind.quality(labels, scores) < kind.upper_bound(labels, scores)
    shares = np.bincount(numbers) / 300
    assert kind.loss_to_rate(labels, np.tile(shares, (300, 1))) == pytest.approx(1)
    happened, said = kind.event(labels, scores)
    assert (happened.mean(), said.mean()) == (found["holdout_accuracy"], scores.max(axis=1).mean())
    assert (kind.scores_of(pd.DataFrame(kind.columns(scores))) == scores).all()


def test_a_class_that_is_not_there_is_left_out_of_the_mean() -> None:
    labels = pd.Series(["barolo", "barbera"] * 20)
    scores = np.tile([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], (20, 1))
    assert Multiclass(NAMES).quality(labels, scores) == 1
    one = pd.Series(["barolo"] * 10)
    assert np.isnan(Multiclass(NAMES).quality(one, scores[:10]))
    assert Multiclass(NAMES).upper_bound(one, scores[:10]) == 1


def test_labels_that_teach_nothing_are_refused() -> None:
    every = pd.Series([*NAMES, *NAMES])
    require_labels(CONTRACT, every, every.head(2))
    with pytest.raises(KitError, match="the training rows have no grape barbera; land rows of each class"):
        require_labels(CONTRACT, every.head(2), every)
    with pytest.raises(KitError, match="which landed last, have grape barolo everywhere"):
        require_labels(CONTRACT, every, every.head(1))
    binary = Contract(target="left", id="who", numeric={"age": (0, 120)})
    with pytest.raises(KitError, match="the training rows have left 1 everywhere"):
        require_labels(binary, pd.Series([1, 1]), pd.Series([0, 1]))
    assert Classification().targets(pd.Series([0, 1])).tolist() == [0, 1]


def test_training_logs_names_metrics_and_the_reference(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/runs.db")
    files = {f"2026-0{month}-01": BytesIO() for month in (1, 2, 3)}
    for month, file in enumerate(files.values()):
        wines(150, month).to_parquet(file, index=False)
    stores.data.replace({day: file.getvalue() for day, file in files.items()}, {})
    limits = write_limits(CONTRACT, tmp_path / "limits.yaml", one_input=0.99)
    found = train(UseCase("some_case", limits, CONTRACT, model, {}, None, None), stores.data)
    assert found["metrics"]["holdout_roc_auc_ovr"] > 0.9
    stored = download_model(mlflow.MlflowClient(), found["model_id"], tmp_path / "stored")
    assert load_model(stored).classes == NAMES
    reference = pd.read_parquet("build/reference.parquet")
    held = reference.dropna(subset=["label"])
    assert (len(reference), len(held)) == (450, 150)
    assert (held["class"] == held["label"]).mean() == pytest.approx(found["metrics"]["holdout_accuracy"])
    sums = held[[f"probability_{name}" for name in NAMES]].sum(axis=1)
    assert sums.to_numpy() == pytest.approx(1) and reference["score"].notna().sum() == 150
    assert sum(json.loads(Path("build/importance.json").read_text()).values()) == pytest.approx(1)


def test_labels_of_a_demonstration_are_names() -> None:
    sent = outcomes(Traffic(date(2026, 1, 1)), CONTRACT, wines(3, 1))
    assert {each["label"] for each in sent} <= set(NAMES)
