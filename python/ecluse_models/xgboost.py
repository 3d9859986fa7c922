"""The format of XGBoost: its own JSON, alone or after the steps of a pipeline.

XGBoost follows stored child and feature indices without checking all of them. So it is given no file: what a
file says is read here, checked, and written again.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecluse_core.answer import FEWEST_CLASSES, MOST_CLASSES
from ecluse_models import prepared
from ecluse_models.model import Kind, ModelError
from ecluse_models.prepared import Prepared
from ecluse_models.refusals import refusal
from ecluse_models.trees import require_forward, within

NAME: str = "xgboost-json"
FLAVOR: str = "xgboost"
REQUIREMENTS: tuple[str, ...] = ("scikit-learn", "scipy", "skops", "xgboost-cpu")

_AMOUNTS = (
    *("reg:squarederror", "reg:squaredlogerror", "reg:absoluteerror", "reg:pseudohubererror", "reg:gamma"),
    *("reg:tweedie", "reg:quantileerror", "reg:expectileerror", "count:poisson"),
)
_OBJECTIVES: dict[str, Kind] = {
    "binary:logistic": "classifier",
    "multi:softprob": "multiclass",
    **dict.fromkeys(_AMOUNTS, "regressor"),
}
_ROOT = 2**31 - 1
_NUMBERS = re.compile(r"[\[\]0-9eE+.,-]{1,100}")
_KEY = re.compile(r"[a-z_]{1,60}")


def takes(model: object) -> bool:
    """Models of XGBoost, with its scikit-learn interface or without, and pipelines that end in one."""
    return prepared.is_of("xgboost", model)


def refuse(model: Any) -> None:
    """Refuses what is not stored, or cannot be scored again, and what a preparation may not hold."""
    own = prepared.refuse(model)
    if own is None:
        return
    missing = getattr(own, "missing", None)
    if missing is not None and not math.isnan(missing):
        raise refusal("XGBoost", "missing", repr(missing), "it is not stored; give np.nan in place of it")
    if callable(getattr(own, "objective", None)):
        raise refusal("XGBoost", "objective", "a function", f"use one of {', '.join(_OBJECTIVES)}")
    _checked(bytes(_booster(own).save_raw("json")))


def save(model: Any, path: str, predict: str, **options: Any) -> None:
    """Writes the folder by MLflow's own flavor."""
    from mlflow.models import Model  # a model server has no MLflow
    from mlflow.xgboost import save_model

    preparation, own = prepared.parts(model)
    described: Model = options.setdefault("mlflow_model", Model())
    save_model(own, path, model_format="json", **options)
    prepared.save(preparation, path, FLAVOR, described)


def files(flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The JSON file, and that of the preparation."""
    stored = flavor["model_format"]
    if stored != "json":
        raise ModelError(f"the model is stored as {stored}; log it with model_format='json'")
    return prepared.files(flavor)


def preload() -> None:
    """Imports the library, and has it score a row: it imports more at its first use."""
    leaf = {name: [0] for name in (*_INDICES, *_FLOATS)} | {"left_children": [-1], "right_children": [-1]}
    named = {"name": "reg:squarederror"}
    written = {"learner": _learner(1, [0.5], named, 1, [_tree(leaf, 1)]), "version": [3, 0, 0]}
    _load(written).inplace_predict(np.zeros((1, 1)))


def prepare() -> None:
    """Nothing: a row was scored before."""


def load(files: Mapping[str, bytes], flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
    """Loads what was checked, and written again."""
    preparation = prepared.load(files, flavor)
    written, kind = _checked(files[str(flavor["data"])])
    booster = _load(written)
    return Prepared(preparation, booster.num_features(), booster.inplace_predict), kind


def _booster(model: Any) -> Any:
    return model.get_booster() if hasattr(model, "get_booster") else model


def _load(written: dict[str, Any]) -> Any:
    from xgboost import Booster

    booster = Booster({"nthread": 1})
    booster.load_model(bytearray(json.dumps(written).encode()))
    return booster


def _checked(content: bytes) -> tuple[dict[str, Any], Kind]:
    """What XGBoost may be given of a file, and what it predicts; raises ModelError.

    Any other error of Python says that the file is not of that form, and is a refusal as well.
    """
    described = json.loads(content)
    learner = described["learner"]
    objective = _objective(learner["objective"])
    booster, name = learner["gradient_booster"], learner["gradient_booster"]["name"]
    if name != "gbtree":
        raise refusal("XGBoost", "booster", repr(name), "set booster='gbtree'")
    sizes = learner["learner_model_param"]
    features, together = (
        int(sizes["num_feature"]),
        int(booster["model"]["gbtree_model_param"]["num_parallel_tree"]),
    )
    outputs = _outputs(objective, int(sizes.get("num_class", 0)))
    trees = _trees(booster["model"], learner["attributes"], max(together, 1), outputs)
    start = [float(number) for number in str(sizes["base_score"]).strip("[]").split(",")]
    start = start * outputs if len(start) == 1 else start
    version = [int(number) for number in described["version"]]
    if features < 1 or len(start) != outputs or not all(map(math.isfinite, start)):
        raise refusal("XGBoost", "base_score", repr(start), "train it again, on numbers")
    written = [_tree(tree, features) for tree in trees]
    return {
        "learner": _learner(features, start, objective, max(together, 1), written),
        "version": version,
    }, _OBJECTIVES[objective["name"]]


def _objective(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the loss is, and its numbers."""
    name = found["name"]
    if name not in _OBJECTIVES:
        raise refusal("XGBoost", "objective", repr(name), f"use one of {', '.join(_OBJECTIVES)}")
    for key, numbers in ((key, each) for key, each in found.items() if key != "name"):
        fits = all(_KEY.fullmatch(inner) and _NUMBERS.fullmatch(value) for inner, value in numbers.items())
        if not _KEY.fullmatch(key) or not fits:
            raise refusal("XGBoost", key, repr(numbers), "an objective has numbers only")
    return dict(found)


def _outputs(objective: Mapping[str, Any], classes: int) -> int:
    """How many numbers a row has: one, or that of each class. C goes by the objective's own number too."""
    if _OBJECTIVES[objective["name"]] != "multiclass":
        if classes:
            raise refusal("XGBoost", "num_class", str(classes), "only multi:softprob has several classes")
        return 1
    of_loss = int(objective["softmax_multiclass_param"]["num_class"])
    if classes != of_loss or not FEWEST_CLASSES <= classes <= MOST_CLASSES:
        fix = f"it is {FEWEST_CLASSES} to {MOST_CLASSES}, and the same for the loss, which has {of_loss}"
        raise refusal("XGBoost", "num_class", str(classes), fix)
    return classes


def _trees(model: Mapping[str, Any], attributes: Mapping[str, str], together: int, outputs: int) -> list[Any]:
    """The trees up to the best round, where training stopped early; each round has some for every output."""
    trees: list[Any] = model["trees"]
    each = together * outputs
    rounds = int(attributes.get("best_iteration", len(trees) // each)) + 1
    kept = trees[: max(rounds, 1) * each]
    if not kept or len(kept) % each:
        raise refusal("XGBoost", "trees", str(len(trees)), f"each round needs {each}; train it again")
    if list(model["tree_info"]) != _tree_info(len(trees), together, outputs):
        fix = "the trees of a round are those of the first class, then of the second, and so on"
        raise refusal("XGBoost", "tree_info", repr(model["tree_info"]), fix)
    return kept


def _tree_info(trees: int, together: int, outputs: int) -> list[int]:
    """The output that each tree is for."""
    return [number // together % outputs for number in range(trees)]


_INDICES = ("left_children", "right_children", "split_indices", "default_left", "split_type")
_FLOATS = ("split_conditions", "base_weights", "loss_changes", "sum_hessian")


def _tree(found: Mapping[str, Any], features: int) -> dict[str, Any]:
    """A tree whose every walk ends in a leaf, and stays within the features."""
    nodes = {name: np.asarray(found[name]) for name in (*_INDICES, *_FLOATS)}
    left, right = nodes["left_children"], nodes["right_children"]
    count = len(left)
    numbers = all(each.shape == (count,) and each.dtype.kind in "if" for each in nodes.values())
    whole = all(nodes[name].dtype.kind == "i" for name in _INDICES)
    if not count or not numbers or not whole or not all(np.isfinite(nodes[name]).all() for name in _FLOATS):
        raise ModelError("a tree of the model has not a number for each of its nodes; train it again")
    inner = left != -1
    require_forward(left, right, inner)
    children = np.concatenate([left[inner], right[inner]])
    if len(np.unique(children)) != len(children):
        raise ModelError("a tree of the model has a node with two parents; train it again")
    # Where nodes were pruned, leaves keep numbers that nothing follows.
    split = np.where(inner, nodes["split_indices"], 0)
    if not within(split, features):
        raise ModelError("a tree of the model has a feature index outside of its inputs")
    if nodes["split_type"].any():
        raise refusal("XGBoost", "split_type", "categorical", "encode categories by a step before the trees")
    written = {
        # XGBoost knows a whole number by how it is written.
        **{name: nodes[name].astype(np.float64) for name in _FLOATS},
        "left_children": left,
        "right_children": np.where(inner, right, -1),
        "split_indices": split,
        "default_left": (nodes["default_left"] != 0).astype(int),
        "split_type": nodes["split_type"],
        "parents": _parents(left, right, inner),
    }
    sizes = {"num_deleted": 0, "num_feature": features, "num_nodes": count, "size_leaf_vector": 1}
    empty = ("categories", "categories_nodes", "categories_segments", "categories_sizes")
    return {
        **{name: each.tolist() for name, each in written.items()},
        **{name: [] for name in empty},
        "tree_param": {name: str(size) for name, size in sizes.items()},
    }


def _parents(left: NDArray[Any], right: NDArray[Any], inner: NDArray[np.bool_]) -> NDArray[Any]:
    parents = np.full(len(left), _ROOT)
    for children in (left, right):
        parents[children[inner]] = np.flatnonzero(inner)
    return parents


def _learner(
    features: int, start: list[float], objective: dict[str, Any], together: int, trees: list[dict[str, Any]]
) -> dict[str, Any]:
    """What XGBoost is given: nothing but numbers that were checked. `start` has one for every output."""
    outputs = len(start)
    model = {
        "gbtree_model_param": {"num_parallel_tree": str(together), "num_trees": str(len(trees))},
        "iteration_indptr": list(range(0, len(trees) + 1, together * outputs)),
        "tree_info": _tree_info(len(trees), together, outputs),
        "trees": [{**tree, "id": number} for number, tree in enumerate(trees)],
        "cats": {"enc": [], "feature_segments": [], "sorted_idx": []},
    }
    classes = outputs if outputs > 1 else 0
    sizes = {"num_class": classes, "num_feature": features, "num_target": 1, "boost_from_average": 1}
    return {
        "attributes": {},
        "feature_names": [],
        "feature_types": [],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": {
            **{k: str(v) for k, v in sizes.items()},
            "base_score": f"[{','.join(map(repr, start))}]",
        },
        "objective": objective,
    }
