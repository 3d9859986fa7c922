"""What a model of scikit-learn may hold: the list of estimators, and what their parameters may be.

A trusted type is not harmless with every parameter: `CountVectorizer(input="filename")` answers with counts
of what stands in files of the process that scores. So what is not on these lists is refused. What C follows
without checking is checked in trees.py and indices.py, at the estimator that uses it: objects may be shared.
"""

# scikit-learn has no public name for what it stores.
# pyright: reportPrivateUsage=false

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import StackingClassifier, StackingRegressor
from sklearn.ensemble._gb import BaseGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.binning import _BinMapper
from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import (
    chi2,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
    r_regression,
)
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures
from sklearn.tree import BaseDecisionTree
from sklearn.tree._tree import Tree
from sklearn.utils.validation import check_array

from ecluse_models.indices import check_one_hot, check_polynomial, check_vocabulary
from ecluse_models.model import ModelError
from ecluse_models.neighbours import check_neighbours
from ecluse_models.refusals import AGAIN, refusal
from ecluse_models.stacks import check_stack
from ecluse_models.trees import check_boosting, check_decision_tree, check_gradient_boosting
from ecluse_models.unlisted import reason_of

# By package of scikit-learn. What is left out stands in unlisted.py, by the rule that it breaks.
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
        "RandomForestRegressor StackingClassifier StackingRegressor VotingClassifier VotingRegressor"
    ),
    "feature_extraction": "CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer",
    "feature_selection": (
        "GenericUnivariateSelect RFE RFECV SelectFdr SelectFpr SelectFromModel SelectFwe SelectKBest "
        "SelectPercentile SequentialFeatureSelector VarianceThreshold"
    ),
    "impute": "KNNImputer MissingIndicator SimpleImputer",
    "kernel_approximation": "AdditiveChi2Sampler Nystroem RBFSampler SkewedChi2Sampler",
    "kernel_ridge": "KernelRidge",
    "linear_model": (
        "ARDRegression BayesianRidge ElasticNet ElasticNetCV GammaRegressor HuberRegressor Lars LarsCV "
        "Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC LinearRegression LogisticRegression "
        "LogisticRegressionCV OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV "
        "PassiveAggressiveRegressor PoissonRegressor QuantileRegressor RANSACRegressor Ridge RidgeCV "
        "RidgeClassifier RidgeClassifierCV SGDClassifier SGDRegressor TheilSenRegressor TweedieRegressor"
    ),
    "naive_bayes": "BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB",
    "neighbors": "KNeighborsClassifier KNeighborsRegressor NearestCentroid",
    "neural_network": "MLPClassifier MLPRegressor",
    "pipeline": "FeatureUnion Pipeline",
    "preprocessing": (
        "Binarizer FunctionTransformer KBinsDiscretizer LabelBinarizer LabelEncoder MaxAbsScaler "
        "MinMaxScaler Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures PowerTransformer "
        "QuantileTransformer RobustScaler StandardScaler TargetEncoder"
    ),
    "random_projection": "GaussianRandomProjection",
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
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.utils._bunch.Bunch",
    }
)
_PLAIN = (type(None), bool, int, float, str, bytes, slice, np.ndarray, dict, list, tuple, set)
_NUMBERS = (np.generic, np.dtype, np.random.RandomState, np.random.Generator, sparse.spmatrix, sparse.sparray)
_TYPES = (bool, int, float, str, object)
_FUNCTIONS = (
    *(np.abs, np.cbrt, np.exp, np.exp2, np.expm1, np.log, np.log10, np.log1p, np.log2),
    *(np.negative, np.reciprocal, np.sqrt, np.square),
    check_array,  # histogram boosting's, on categories
    # Of selections, whose scores are stored: none is called any more.
    *(chi2, f_classif, f_regression, mutual_info_classif, mutual_info_regression, r_regression),
)


@dataclass(frozen=True)
class _Parameter:
    """One of these values, or numbers up to the limit."""

    allowed: tuple[object, ...]
    fix: str
    limit: int = 0

    def allows(self, value: object) -> bool:
        """Of exact types, so that nothing of the model compares itself."""
        if type(value) in (type(None), str, int) and value in self.allowed:
            return True
        numbers = np.asarray(value)
        return numbers.dtype.kind in "iu" and bool((numbers <= self.limit).all()) and self.limit > 0


_MANY = _Parameter((), "it sizes an array for each row, at most 10000; fit the model again", 10_000)
_ROUNDS = _Parameter((), "more rounds take time without bound; set at most 1000", 1000)
_PARAMETERS = {
    "input": _Parameter(("content",), "anything else reads the files that rows name; set input='content'"),
    "memory": _Parameter((None,), "a cache reads and writes files; leave memory out"),
    "_fit_method": _Parameter(("brute",), "only by it are no stored indices followed; fit it again"),
    "token_pattern": _Parameter(
        (None, r"(?u)\b\w\w+\b"),
        "an expression may take hours for one text; leave token_pattern out",
    ),
    "n_jobs": _Parameter(
        (None, 1), "it starts processes where it scores; set n_jobs=None before it is logged"
    ),
    "n_features": _Parameter((), "more columns take memory without bound; set at most 1048576", 2**20),
    "ngram_range": _Parameter((), "longer ones take time without bound; set at most 10", 10),
    # Of others, it bounds their training only.
    **dict.fromkeys(("max_doc_update_iter", "NMF.max_iter"), _ROUNDS),
    **dict.fromkeys(("n_classes_", "n_outputs_", "n_trees_per_iteration_"), _MANY),
}

# Estimators of which C, or memory, follows stored numbers.
_CHECKS: tuple[tuple[type, Callable[[Any], None]], ...] = (
    (BaseDecisionTree, check_decision_tree),
    (BaseGradientBoosting, check_gradient_boosting),
    (BaseHistGradientBoosting, check_boosting),
    (CountVectorizer, check_vocabulary),
    (KNeighborsClassifier, check_neighbours),
    (KNeighborsRegressor, check_neighbours),
    (OneHotEncoder, check_one_hot),
    (PolynomialFeatures, check_polynomial),
    (StackingClassifier, check_stack),
    (StackingRegressor, check_stack),
)

# Where these may stand: elsewhere, as a step of a pipeline, nobody checks their inputs.
_BOOSTINGS = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
_PLACES = {
    Tree: ("tree_", tuple(ESTIMATORS["tree"].split())),
    TreePredictor: ("_predictors", _BOOSTINGS),
    _BinMapper: ("_bin_mapper", _BOOSTINGS),
}


@dataclass(frozen=True)
class _Held:
    """A value, the class that holds it, and by which attribute."""

    value: Any
    owner: str
    name: str

    def refused(self, fix: str) -> ModelError:
        """As `CountVectorizer(input='filename')`, and what to do instead."""
        shown = str(type(self.value)) if isinstance(self.value, BaseEstimator) else repr(self.value)
        return refusal(self.owner, self.name, shown, fix)


def check_contents(model: object) -> None:
    """Walks everything that a model holds; raises ModelError at the first thing that is not allowed."""
    seen: set[int] = set()
    waiting = [_Held(model, "model", "")]
    while waiting:
        held = waiting.pop()
        # First, since equal texts are one object, wherever they are held.
        _refuse_parameter(held)
        _refuse_place(held)
        if id(held.value) in seen:
            continue
        seen.add(id(held.value))
        _refuse_type(held)
        waiting.extend(_parts(held))
        _refuse_numbers(held)


def _refuse_parameter(held: _Held) -> None:
    rule = _PARAMETERS.get(held.name) or _PARAMETERS.get(f"{held.owner}.{held.name}")
    if rule and not rule.allows(held.value):
        raise held.refused(rule.fix)


def _refuse_place(held: _Held) -> None:
    name, owners = _PLACES.get(type(held.value), (held.name, (held.owner,)))
    if held.name != name or held.owner not in owners:
        raise held.refused(f"its place is {name} of {' or '.join(owners)}")


def _refuse_type(held: _Held) -> None:
    value = held.value
    if type(value) in _PLACES or _is_plain(value) or _is_of_scikit(type(value)):
        return
    raise held.refused(_fix_of(value))


def _fix_of(value: object) -> str:
    """What to do instead, by the rule that the value breaks."""
    if type(value).__module__.partition(".")[0] in ("lightgbm", "xgboost"):
        return "give it as the last step of a pipeline, or alone"
    if type(value).__name__ in ("BallTree", "KDTree"):
        return "C follows the indices of a tree of neighbours; set algorithm='brute'"
    if callable(value) and not isinstance(value, BaseEstimator):
        return "no function or class may be given, but a few of NumPy's; leave it out"
    return reason_of(value) or "use an estimator that python/ecluse_models/contents.py lists"


def _refuse_numbers(held: _Held) -> None:
    """What C follows; a stored value of an unexpected kind is refused like one outside of its bounds."""
    try:
        for kind, check in _CHECKS:
            if isinstance(held.value, kind):
                check(held.value)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise held.refused(f"it stores {type(error).__name__}: {str(error)[:200]}; {AGAIN}") from error


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
    value, owner, name = held.value, held.owner, held.name
    if isinstance(value, dict):
        inner = [*cast(dict[object, object], value), *cast(dict[object, object], value).values()]
    elif isinstance(value, list | tuple | set):
        inner = list(cast(list[object], value))
    elif isinstance(value, np.ndarray):
        inner = cast(list[object], value.ravel().tolist()) if value.dtype == object else []
    elif isinstance(value, partial):
        inner = [value.func, value.args, value.keywords]
    else:
        yield from _attributes(value)
        return
    yield from (_Held(each, owner, f"{name}[]" if name in _PARAMETERS else name) for each in inner)


def _attributes(value: object) -> Iterator[_Held]:
    """What an estimator stores; a value in place of a method would do another thing, as check nothing."""
    if not _is_of_scikit(type(value)):
        return
    for key, each in cast(dict[str, object], getattr(value, "__dict__", {})).items():
        held = _Held(each, type(value).__name__, key)
        if callable(getattr(type(value), key, None)):
            raise held.refused(f"it stands in place of a method; {AGAIN}")
        yield held
