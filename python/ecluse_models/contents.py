"""What a model of scikit-learn may hold: the list of estimators, and what their parameters may be.

A trusted type is not harmless with every parameter: `CountVectorizer(input="filename")` answers with counts
of what stands in files of the process that scores. So what is not on these lists is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.tree._tree import Tree
from sklearn.utils.validation import check_array

from ecluse_models.model import ModelError
from ecluse_models.trees import check_predictor, check_tree

# By package of scikit-learn. Left out is what calls functions (searches), and what follows stored indices in
# C without checking them (neighbours' trees, kernel machines).
ESTIMATORS = {
    "calibration": "CalibratedClassifierCV",
    "compose": "ColumnTransformer TransformedTargetRegressor",
    "decomposition": "FactorAnalysis FastICA IncrementalPCA LatentDirichletAllocation NMF PCA TruncatedSVD",
    "discriminant_analysis": "LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis",
    "dummy": "DummyClassifier DummyRegressor",
    "ensemble": (
        "AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor ExtraTreesClassifier "
        "ExtraTreesRegressor GradientBoostingClassifier GradientBoostingRegressor "
        "HistGradientBoostingClassifier HistGradientBoostingRegressor RandomForestClassifier "
        "RandomForestRegressor"
    ),
    "feature_extraction": "CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer",
    "feature_selection": "SelectFromModel VarianceThreshold",
    "impute": "KNNImputer MissingIndicator SimpleImputer",
    "kernel_approximation": "Nystroem RBFSampler",
    "linear_model": (
        "ARDRegression BayesianRidge ElasticNet ElasticNetCV GammaRegressor HuberRegressor Lars LarsCV "
        "Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC LinearRegression LogisticRegression "
        "LogisticRegressionCV OrthogonalMatchingPursuit PoissonRegressor QuantileRegressor Ridge RidgeCV "
        "SGDClassifier SGDRegressor TheilSenRegressor"
    ),
    "naive_bayes": "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB",
    "pipeline": "FeatureUnion Pipeline",
    "preprocessing": (
        "Binarizer FunctionTransformer KBinsDiscretizer LabelBinarizer LabelEncoder MaxAbsScaler "
        "MinMaxScaler Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures PowerTransformer "
        "QuantileTransformer RobustScaler StandardScaler TargetEncoder"
    ),
    "random_projection": "GaussianRandomProjection SparseRandomProjection",
    "svm": "LinearSVC LinearSVR",
    "tree": "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor",
}
_NAMES = frozenset(f"{package}.{name}" for package, names in ESTIMATORS.items() for name in names.split())

# What the estimators are made of: losses and links, and holders of numbers.
_PARTS = ("sklearn._loss.", "sklearn.linear_model._sgd_fast.")
_HOLDERS = frozenset(
    {
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.calibration._TemperatureScaling",
        "sklearn.compose._column_transformer._RemainderColsList",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    }
)
_PLAIN = (type(None), bool, int, float, str, bytes, slice, np.ndarray, dict, list, tuple, set)
_NUMBERS = (np.generic, np.dtype, np.random.RandomState, np.random.Generator, sparse.spmatrix, sparse.sparray)
_TYPES = (bool, int, float, str, object)
_FUNCTIONS = (
    *(np.abs, np.cbrt, np.exp, np.exp2, np.expm1, np.log, np.log10, np.log1p, np.log2),
    *(np.negative, np.reciprocal, np.sqrt, np.square),
    check_array,  # histogram boosting's, on categories
)


@dataclass(frozen=True)
class _Parameter:
    allowed: object
    fix: str


_PARAMETERS = {
    "input": _Parameter("content", "anything else reads the files that rows name; set input='content'"),
    "memory": _Parameter(None, "a cache reads and writes files; leave memory out"),
}


@dataclass(frozen=True)
class _Held:
    """A value, the class that holds it, by which attribute, and how many features it is given."""

    value: Any
    owner: str
    name: str
    features: int

    def __str__(self) -> str:
        """As `CountVectorizer(input='filename')`, short enough for a message."""
        shown = str(type(self.value)) if isinstance(self.value, BaseEstimator) else repr(self.value)
        return f"{self.owner}({self.name}={shown[:120]})"


def check_contents(model: object) -> None:
    """Walks everything that a model holds; raises ModelError at the first thing that is not allowed."""
    seen: set[int] = set()
    waiting = [_Held(model, "model", "", 0)]
    while waiting:
        held = waiting.pop()
        # First, since equal texts are one object, wherever they are held.
        _refuse_parameter(held)
        if id(held.value) in seen:
            continue
        seen.add(id(held.value))
        _refuse_type(held)
        waiting.extend(_parts(held))


def _refuse_parameter(held: _Held) -> None:
    rule = _PARAMETERS.get(held.name)
    if rule and held.value != rule.allowed:
        raise ModelError(f"the model has {held}, which the platform does not allow: {rule.fix}")


def _refuse_type(held: _Held) -> None:
    value = held.value
    if isinstance(value, TreePredictor):
        check_predictor(value, held.features)
    elif isinstance(value, Tree):
        check_tree(value)
    elif not _is_plain(value) and not _is_of_scikit(type(value)):
        fix = (
            "no function or class may be given, but a few of NumPy's; leave it out"
            if callable(value) and not isinstance(value, BaseEstimator)
            else "use an estimator that python/ecluse_models/contents.py lists"
        )
        raise ModelError(f"the model has {held}, which the platform does not allow: {fix}")


def _is_plain(value: object) -> bool:
    if isinstance(value, type):
        return value in _TYPES or issubclass(value, np.generic)
    known = type(value) in _PLAIN or type(value) is partial or isinstance(value, _NUMBERS)
    return known or any(value is function for function in _FUNCTIONS)


def _is_of_scikit(kind: type) -> bool:
    name = f"{kind.__module__}.{kind.__qualname__}"
    top, package = (*kind.__module__.split("."), "")[:2]
    listed = top == "sklearn" and f"{package}.{kind.__qualname__}" in _NAMES
    return listed or name in _HOLDERS or name.startswith(_PARTS)


def _parts(held: _Held) -> Iterator[_Held]:
    """What an estimator, a container, an array of objects or a partial holds directly."""
    value, owner, name, features = held.value, held.owner, held.name, held.features
    if isinstance(value, dict):
        inner = [*cast(dict[object, object], value), *cast(dict[object, object], value).values()]
    elif isinstance(value, list | tuple | set):
        inner = list(cast(list[object], value))
    elif isinstance(value, np.ndarray):
        inner = cast(list[object], value.ravel().tolist()) if value.dtype == object else []
    elif isinstance(value, partial):
        inner = [value.func, value.args, value.keywords]
    elif _is_of_scikit(type(value)):
        features = int(getattr(value, "_n_features", 0) or features)
        owner, attributes = type(value).__name__, cast(dict[str, object], getattr(value, "__dict__", {}))
        yield from (_Held(each, owner, key, features) for key, each in attributes.items())
        return
    else:
        return
    yield from (_Held(each, owner, f"{name}[]" if name in _PARAMETERS else name, features) for each in inner)
