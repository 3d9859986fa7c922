"""Each estimator of the list loads, as fitted with what scikit-learn sets by default."""

# pyright: reportArgumentType=false

from importlib import import_module
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from ecluse_models.contents import ESTIMATORS
from ecluse_models.skops import TRUSTED_TYPES, refuse

ROWS = np.random.default_rng(3).integers(1, 5, (120, 4)).astype(float)
LABELS = (ROWS[:, 0] > 2).astype(int)
SCALER = StandardScaler()
NEEDED: dict[str, dict[str, Any]] = {
    "ColumnTransformer": {"transformers": [("a", SCALER, [0, 1])], "remainder": "passthrough"},
    "FeatureUnion": {"transformer_list": [("a", SCALER)]},
    "GaussianRandomProjection": {"n_components": 2},
    "Pipeline": {"steps": [("a", SCALER), ("b", Ridge())]},
    "SelectFromModel": {"estimator": Ridge()},
}
FITTED: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("CountVectorizer", "HashingVectorizer", "TfidfVectorizer"), (["a text", "two words"],)),
    **dict.fromkeys(("LabelBinarizer", "LabelEncoder"), (LABELS,)),
    "GammaRegressor": (ROWS, LABELS + 1),
}
# Its sparse matrix is no type that skops trusts.
UNTRUSTED = {"SparseRandomProjection"}
LISTED = [
    (package, name)
    for package, names in ESTIMATORS.items()
    for name in names.split()
    if name not in UNTRUSTED
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("package", "name"), LISTED)
def test_a_listed_estimator_loads(package: str, name: str) -> None:
    module = "feature_extraction.text" if package == "feature_extraction" else package
    kind = getattr(import_module(f"sklearn.{module}"), name)
    estimator = kind(**NEEDED.get(name, {})).fit(*FITTED.get(name, (ROWS, LABELS)))
    refuse(skops.io.loads(skops.io.dumps(estimator), trusted=list(TRUSTED_TYPES)))
