"""What models of scikit-learn may hold: usual ones pass, and each way to files or functions is refused."""

# pyright: reportArgumentType=false

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from mlflow.models import infer_signature
from mlflow.sklearn import save_model as save_by_mlflow
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectFromModel, SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge, RidgeCV, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    StandardScaler,
)
from sklearn.svm import SVC

from ecluse.checks.code import test_model as kit
from ecluse.contract import Contract
from ecluse_models.formats import load_model, save_model
from ecluse_models.model import ModelError
from ecluse_models.skops import TRUSTED_TYPES, refuse
from tests.models.spying import FEATURES, spying, table

RNG = np.random.default_rng(1)
NUMBERS = pd.DataFrame(RNG.uniform(0.1, 5, (80, 3)), columns=["a", "b", "c"])
LABELS = (NUMBERS["a"] > 2.5).astype(int).to_numpy()
WORDS = pd.DataFrame({"words": np.where(LABELS == 1, "win a prize", "minutes of it"), "lang": "de"})


def texts(vectorizer: Any) -> Pipeline:
    columns = ColumnTransformer([("words", vectorizer, "words"), ("lang", OneHotEncoder(), ["lang"])])
    return make_pipeline(columns, LogisticRegression())


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(KNNImputer(), StandardScaler(), PolynomialFeatures(), LogisticRegression()),
        make_pipeline(
            SimpleImputer(),
            QuantileTransformer(n_quantiles=10),
            KBinsDiscretizer(3),
            SGDClassifier(loss="log_loss"),
        ),
        make_pipeline(FeatureUnion([("same", "passthrough"), ("s", StandardScaler())]), RidgeCV()),
        make_pipeline(SelectFromModel(Ridge()), PoissonRegressor()),
        HistGradientBoostingClassifier(max_iter=3, categorical_features=[0], early_stopping=True),
        GradientBoostingClassifier(n_estimators=3),
        RandomForestRegressor(3),
        AdaBoostClassifier(n_estimators=3),
        CalibratedClassifierCV(LogisticRegression()),
        TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
    ],
)
def test_usual_models_pass(tmp_path: Path, estimator: Any) -> None:
    rows = NUMBERS.round() if isinstance(estimator, HistGradientBoostingClassifier) else NUMBERS
    passes(tmp_path, estimator.fit(rows, LABELS), rows)


@pytest.mark.parametrize("vectorizer", [CountVectorizer(), TfidfVectorizer(), HashingVectorizer()])
def test_usual_models_of_texts_pass(tmp_path: Path, vectorizer: Any) -> None:
    passes(tmp_path, texts(vectorizer).fit(WORDS, LABELS), WORDS)


def passes(folder: Path, fitted: Any, rows: pd.DataFrame) -> None:
    """It is stored, loaded, and predicts the same."""
    save_model(fitted, str(folder / "model"), "predict", signature=infer_signature(rows))
    again = load_model(folder / "model").estimator
    assert np.array_equal(again.predict(rows), fitted.predict(rows))


def own(values: Any) -> Any:
    """A function of nobody's list."""
    return values


@pytest.mark.parametrize(
    ("estimator", "reason"),
    [
        (
            texts(CountVectorizer(input="filename")),
            r"CountVectorizer\(input='filename'\).*: .*input='content'",
        ),
        (texts(TfidfVectorizer(input="file")), r"TfidfVectorizer\(input='file'\).*: .*input='content'"),
        (texts(HashingVectorizer(input="filename")), r"HashingVectorizer\(input='filename'\)"),
        (texts(CountVectorizer(tokenizer=own)), r"CountVectorizer\(tokenizer=<function own.*: no function"),
        (texts(CountVectorizer(analyzer=np.load)), r"CountVectorizer\(analyzer=<.*load.*: no function"),
        (
            make_pipeline(Ridge(), memory="/tmp/cache"),
            r"Pipeline\(memory='/tmp/cache'\).*: .*leave memory out",
        ),
        (make_pipeline(FunctionTransformer(np.genfromtxt), Ridge()), r"FunctionTransformer\(func=<function"),
        (
            TransformedTargetRegressor(Ridge(), func=np.fromfile),
            r"Regressor\(func=<.*fromfile.*: no function",
        ),
        (KNNImputer(metric=own), r"KNNImputer\(metric=<function own.*: no function"),
        (SelectKBest(print), r"SelectKBest\(score_func=.*print.*no function or class may be given"),
        (
            make_pipeline(IsolationForest()),
            r"Pipeline\(steps=.*IsolationForest.*: C follows the indices",
        ),
        (GridSearchCV(Ridge(), {"alpha": [1]}), "model.*GridSearchCV.*: it searches while it is fitted"),
        (SVC(), "model.*SVC.*: C follows the indices"),
        (OneHotEncoder(dtype=Path), r"OneHotEncoder\(dtype=<class 'pathlib.Path'>\).*: no function or class"),
    ],
)
def test_files_functions_and_other_estimators_are_refused(estimator: Any, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        refuse(estimator)


def test_a_text_that_stands_elsewhere_too_is_refused() -> None:
    """Equal texts are one object: a parameter is looked at wherever it is held."""
    name = "filename"
    both = [("a", OrdinalEncoder(), [name]), ("b", CountVectorizer(input=name), name)]
    for steps in (both, both[::-1]):
        with pytest.raises(ModelError, match="input='filename'"):
            refuse(ColumnTransformer(steps))


def test_what_reads_a_secret_is_of_trusted_types_and_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("aaaa")
    estimator = spying(secret).fit(table()[FEATURES], table()["churn"])
    assert set(skops.io.get_untrusted_types(data=skops.io.dumps(estimator))) <= set(TRUSTED_TYPES)
    answer = estimator.named_steps["columntransformer"].transform(table()[FEATURES])
    assert 4 in answer[0], "it counts the letters of the secret"
    reason = r"CountVectorizer\(input='filename'\), which the platform does not allow: .*set input='content'"
    contract = Contract("churn", "id", {"country": ("France",)}, dict.fromkeys(FEATURES[:3], (0, 1)))
    with pytest.raises(ModelError, match=reason):
        kit.test_a_release_can_load_it(contract, estimator, table(), tmp_path)
    folder = tmp_path / "stored"
    save_by_mlflow(
        estimator,
        str(folder),
        serialization_format="skops",
        skops_trusted_types=list(TRUSTED_TYPES),
        signature=infer_signature(table()[FEATURES]),
        pip_requirements=["scikit-learn"],
    )
    with pytest.raises(ModelError, match=reason):
        load_model(folder)
