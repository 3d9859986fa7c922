"""The format of scikit-learn's own estimators: skops, which runs no code of a file that it loads."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import skops.io
from sklearn.base import BaseEstimator, is_regressor
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder

from ecluse_models.contents import ESTIMATORS, check_contents
from ecluse_models.model import Kind, ModelError

NAME: str = "skops"
FLAVOR: str = "sklearn"
REQUIREMENTS: tuple[str, ...] = ("scikit-learn", "scipy", "skops")

# Private parts of scikit-learn's own estimators that skops asks about. Each is a plain holder of numbers;
# contents.py checks what it holds. A name is added here by the platform, never taken from a model.
TRUSTED_TYPES = (
    "functools.partial",  # of a function that must be trusted too: categories in histogram boosting
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    *(f"sklearn._loss.loss.{name}" for name in ("HalfTweedieLoss", "HalfTweedieLossIdentity")),
    *(
        f"sklearn.feature_selection._univariate_selection.{name}"
        for name in ("chi2", "f_classif", "f_regression", "r_regression")
    ),
    *(
        f"sklearn.feature_selection._mutual_info.{name}"
        for name in ("mutual_info_classif", "mutual_info_regression")
    ),
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils.validation.check_array",
)


def takes(model: object) -> bool:
    """Estimators of scikit-learn, but no classes of others that are derived from one."""
    return isinstance(model, BaseEstimator) and type(model).__module__.startswith("sklearn.")


def refuse(model: Any) -> None:
    """Refuses estimators and parameters that are not listed, and trees that point outside of themselves."""
    check_contents(model)


def save(model: Any, path: str, predict: str, **options: Any) -> None:
    """Writes the folder by MLflow's own flavor."""
    from mlflow.sklearn import save_model  # a model server has no MLflow

    written(model)
    stored = {"serialization_format": NAME, "skops_trusted_types": list(TRUSTED_TYPES)}
    save_model(model, path, pyfunc_predict_fn=predict, **stored, **options)


def written(model: Any) -> bytes:
    """A file of skops, of trusted types only; raises ModelError."""
    content = skops.io.dumps(model)
    _require_trusted(skops.io.get_untrusted_types(data=content))
    return content


def files(flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The one file of the estimator."""
    stored = flavor["serialization_format"]
    if stored != NAME:
        raise ModelError(f"the model is stored as {stored}; log it with serialization_format={NAME!r}")
    return (str(flavor["pickled_model"]),)


def preload() -> None:
    """Imports the packages of all listed estimators."""
    for package in ESTIMATORS:
        import_module(f"sklearn.{package}")


def prepare() -> None:
    """Rehearses: much is imported at its first use."""
    import polars as pl

    rows = pl.DataFrame({"number": [1.0, 2.0], "text": ["a", None]})
    columns = make_column_transformer((OneHotEncoder(sparse_output=False), ["text"]), remainder="passthrough")
    columns.set_output(transform="polars").fit(rows)
    read(skops.io.dumps(columns)).transform(rows)


def load(files: Mapping[str, bytes], flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
    """Loads trusted types only."""
    estimator = read(files[str(flavor["pickled_model"])])
    return estimator, _kind(estimator)


def read(content: bytes) -> Any:
    """What a file of skops holds, of trusted types only; raises ModelError."""
    _require_trusted(skops.io.get_untrusted_types(data=content))
    return skops.io.loads(content, trusted=list(TRUSTED_TYPES))


def _require_trusted(found: list[str]) -> None:
    untrusted = sorted(set(found) - set(TRUSTED_TYPES))
    if untrusted:
        raise ModelError(
            f"the model holds types that the platform does not trust: {', '.join(untrusted)}; "
            "use scikit-learn's own estimators, without a function or class of yours"
        )


def _kind(estimator: Any) -> Kind:
    if isinstance(estimator, BaseEstimator) and is_regressor(estimator):
        return "regressor"
    classes = len(getattr(estimator, "classes_", ()))
    if classes >= 2 and hasattr(estimator, "predict_proba"):
        return "classifier" if classes == 2 else "multiclass"
    raise ModelError("the model is neither a classifier with probabilities nor a regressor")
