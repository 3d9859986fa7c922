"""Each estimator of the list loads and scores, as fitted with what scikit-learn sets by default."""

# pyright: reportArgumentType=false

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators

from ecluse_models.contents import ESTIMATORS
from ecluse_models.skops import read, refuse
from ecluse_models.unlisted import UNLISTED
from tests.processes import python_environment

ROWS = np.random.default_rng(3).integers(1, 5, (120, 4)).astype(float)
LABELS = (ROWS[:, 0] > 2).astype(int)
SCALER = StandardScaler()
SELECTIONS = ("RFE", "RFECV", "SelectFromModel", "SequentialFeatureSelector")
NEEDED: dict[str, dict[str, Any]] = {
    "ColumnTransformer": {"transformers": [("a", SCALER, [0, 1])], "remainder": "passthrough"},
    "FeatureUnion": {"transformer_list": [("a", SCALER)]},
    "GaussianRandomProjection": {"n_components": 2},
    "Pipeline": {"steps": [("a", SCALER), ("b", Ridge())]},
    **{key: {"algorithm": "brute"} for key in ("KNeighborsClassifier", "KNeighborsRegressor")},
    **{key: {"estimator": Ridge()} for key in SELECTIONS},
    **{f"{key}Classifier": {"estimators": [("a", LogisticRegression())]} for key in ("Stacking", "Voting")},
    **{f"{key}Regressor": {"estimators": [("a", Ridge())]} for key in ("Stacking", "Voting")},
}
FITTED: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("CountVectorizer", "HashingVectorizer", "TfidfVectorizer"), (["a text", "two words"],)),
    **dict.fromkeys(("LabelBinarizer", "LabelEncoder"), (LABELS,)),
    "GammaRegressor": (ROWS, LABELS + 1),
}
LISTED = [(package, name) for package, names in ESTIMATORS.items() for name in names.split()]


def fitted(package: str, name: str) -> Any:
    module = "feature_extraction.text" if package == "feature_extraction" else package
    kind = getattr(import_module(f"sklearn.{module}"), name)
    return kind(**NEEDED.get(name, {})).fit(*FITTED.get(name, (ROWS, LABELS)))


def test_every_estimator_is_listed_or_breaks_a_rule() -> None:
    every = {f"{kind.__module__.split('.')[1]}.{name}" for name, kind in all_estimators()}
    listed = {f"{package}.{name}" for package, name in LISTED}
    refused = [name for names in UNLISTED.values() for name in names.split()]
    assert listed <= every
    assert sorted(refused) == sorted(name.split(".")[1] for name in every - listed)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("package", "name"), LISTED)
def test_a_listed_estimator_loads(package: str, name: str) -> None:
    refuse(read(skops.io.dumps(fitted(package, name))))


@pytest.mark.filterwarnings("ignore")
def test_listed_estimators_are_used_where_nothing_can_be_opened(tmp_path: Path) -> None:
    """What scikit-learn imports at its first use has to be there before."""
    for package, name in LISTED:
        skops.io.dump(fitted(package, name), tmp_path / f"{name}.skops")
    words = [sys.executable, "-m", "tests.models.locked_estimators", str(tmp_path)]
    environment = python_environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    answer = json.loads(subprocess.check_output(words, env=environment, timeout=120))
    assert answer == {"used": len(LISTED), "failed": {}}
