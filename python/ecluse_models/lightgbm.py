"""The format of LightGBM: its own text, alone or after the steps of a pipeline.

LightGBM follows stored sizes, child and feature indices without checking them. So it is given no file: what a
file says is read here, checked, and written again.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ecluse_core.answer import FEWEST_CLASSES, MOST_CLASSES
from ecluse_models import prepared
from ecluse_models.model import Kind, ModelError
from ecluse_models.prepared import Prepared
from ecluse_models.refusals import refusal
from ecluse_models.trees import require_forward, within

NAME: str = "lightgbm-text"
FLAVOR: str = "lightgbm"
REQUIREMENTS: tuple[str, ...] = ("lightgbm", "scikit-learn", "scipy", "skops")

_AMOUNTS = (
    *("regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie"),
)
_OBJECTIVES: dict[str, Kind] = {
    "binary": "classifier",
    "multiclass": "multiclass",
    **dict.fromkeys(_AMOUNTS, "regressor"),
}
# What follows the name of an objective, as `sigmoid:1` and `sqrt`.
_OPTION = re.compile(r"sqrt|[a-z_]{1,40}:-?[0-9][0-9.e+-]{0,30}")
_CATEGORICAL, _MOST_DECISION = 1, 15


def takes(model: object) -> bool:
    """Models of LightGBM, with its scikit-learn interface or without, and pipelines that end in one."""
    return prepared.is_of("lightgbm", model)


def refuse(model: Any) -> None:
    """Refuses what cannot be scored again, and what a preparation may not hold."""
    own = prepared.refuse(model)
    if own is None:
        return
    _checked(_booster(own).model_to_string())


def save(model: Any, path: str, predict: str, **options: Any) -> None:
    """Writes the folder by MLflow's own flavor, of the trees alone: with more it would store no text."""
    from mlflow.lightgbm import save_model  # a model server has no MLflow
    from mlflow.models import Model

    preparation, own = prepared.parts(model)
    described: Model = options.setdefault("mlflow_model", Model())
    save_model(_booster(own), path, **options)
    prepared.save(preparation, path, FLAVOR, described)


def files(flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The text, and the file of the preparation."""
    if not str(flavor["data"]).endswith(".lgb"):
        raise ModelError(f"the model is stored as {flavor['data']}; log it by the kit, or its booster_")
    return prepared.files(flavor)


def preload() -> None:
    """Imports the library, and has it score a row: it imports more at its first use."""
    written = _header(1, 1, ["regression"], False, 1) + _tree(0, {"num_leaves": "1", "leaf_value": "0"}, 1)
    _load(written).predict(np.zeros((1, 1)), num_threads=1)


def prepare() -> None:
    """Nothing: a row was scored before."""


def load(files: Mapping[str, bytes], flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
    """Loads what was checked, and written again."""
    preparation = prepared.load(files, flavor)
    written, kind = _checked(files[str(flavor["data"])].decode("ascii", "replace"))
    booster = _load(written)

    def scores(matrix: prepared.Matrix) -> Any:
        return booster.predict(matrix, num_threads=1)

    return Prepared(preparation, booster.num_feature(), scores), kind


def _booster(model: Any) -> Any:
    return getattr(model, "booster_", model)


def _load(written: str) -> Any:
    try:
        from lightgbm import Booster
    except (ImportError, OSError) as error:
        fix = "install libgomp1 and start again"
        raise ModelError(f"LightGBM cannot be loaded on this machine: {error}; {fix}") from None
    return Booster(model_str=written + "\nend of trees\n")


def _checked(text: str) -> tuple[str, Kind]:
    """What LightGBM may be given of a file, and what it predicts; raises ModelError.

    Any other error of Python says that the file is not of that form, and is a refusal as well.
    """
    whole, end, _ = text.partition("\nend of trees\n")
    if not end:
        raise ModelError("the model's text has no line `end of trees`: it was cut off; log it again")
    blocks = whole.split("\nTree=")
    top = _pairs(blocks[0])
    objective = top.get("objective", "none of its own").split(" ")
    if objective[0] not in _OBJECTIVES:
        fix = f"use one of {', '.join(_OBJECTIVES)}"
        raise refusal("LightGBM", "objective", repr(objective[0]), fix)
    if not all(_OPTION.fullmatch(option) for option in objective[1:]):
        raise refusal("LightGBM", "objective", repr(objective), "an objective has numbers only")
    outputs = _outputs(top, objective)
    features = int(top["max_feature_idx"]) + 1
    if not 0 < features <= len(top["feature_names"].split(" ")):
        raise refusal("LightGBM", "max_feature_idx", str(features - 1), "each feature has a name")
    trees = [_tree(number, _pairs(block), features) for number, block in enumerate(blocks[1:])]
    if len(trees) % outputs:
        raise refusal("LightGBM", "trees", str(len(trees)), f"each round needs {outputs}; train it again")
    averaged = "average_output" in blocks[0].split("\n")
    header = _header(features, len(trees), objective, averaged, outputs)
    return header + "".join(trees), _OBJECTIVES[objective[0]]


def _outputs(top: Mapping[str, str], objective: list[str]) -> int:
    """How many numbers a row has: one, or that of each class. C goes by the objective's own number too."""
    classes, together = top["num_class"], top["num_tree_per_iteration"]
    if _OBJECTIVES[objective[0]] != "multiclass":
        if (classes, together) != ("1", "1"):
            raise refusal("LightGBM", "num_class", classes, "only multiclass has several classes")
        return 1
    fits = together == classes and objective[1:] == [f"num_class:{classes}"]
    if not fits or not FEWEST_CLASSES <= int(classes) <= MOST_CLASSES:
        fix = f"it is {FEWEST_CLASSES} to {MOST_CLASSES}, and the same for the loss and the trees of a round"
        raise refusal("LightGBM", "num_class", classes, fix)
    return int(classes)


def _pairs(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.split("\n") if "=" in line)


def _header(features: int, trees: int, objective: list[str], averaged: bool, outputs: int) -> str:
    """Without the sizes of the trees, by which it would read them at once."""
    if not trees:
        raise ModelError("the model has no trees; train it again")
    names = " ".join(f"f{number}" for number in range(features))
    lines = ["tree", "version=v4", f"num_class={outputs}", f"num_tree_per_iteration={outputs}"]
    lines += ["label_index=0", f"max_feature_idx={features - 1}", f"objective={' '.join(objective)}"]
    lines += ["average_output"] if averaged else []
    return "\n".join([*lines, f"feature_names={names}", f"feature_infos={' '.join(['none'] * features)}", ""])


def _tree(number: int, found: Mapping[str, str], features: int) -> str:
    """A tree whose every walk ends in a leaf, and stays within the features."""
    leaves = int(found["num_leaves"])
    if int(found.get("num_cat", "0")) or int(found.get("is_linear", "0")):
        raise refusal("LightGBM", "trees", "categorical or linear", "encode categories by a step before them")
    if leaves < 1:
        raise ModelError("a tree of the model has no leaf; train it again")
    numbers = [*_leaves(found, leaves), *(_splits(found, leaves, features) if leaves > 1 else ())]
    lines = [
        f"\nTree={number}",
        f"num_leaves={leaves}",
        "num_cat=0",
        *numbers,
        "is_linear=0",
        "shrinkage=1",
        "\n",
    ]
    return "\n".join(lines)


def _leaves(found: Mapping[str, str], leaves: int) -> Iterator[str]:
    values = _numbers(found, "leaf_value", leaves, float)
    if not all(map(math.isfinite, values)):
        raise refusal("LightGBM", "leaf_value", str(values), "each has to be a number")
    yield "leaf_value=" + " ".join(map(repr, values))


def _splits(found: Mapping[str, str], leaves: int, features: int) -> Iterator[str]:
    splits = leaves - 1
    names = ("split_feature", "decision_type", "left_child", "right_child")
    split, decision, left, right = (np.array(_numbers(found, name, splits, int)) for name in names)
    if not within(split, features):
        raise ModelError("a tree of the model has a feature index outside of its inputs")
    if not within(decision, _MOST_DECISION + 1) or (decision & _CATEGORICAL).any():
        raise refusal(
            "LightGBM", "decision_type", str(decision), "encode categories by a step before the trees"
        )
    # A child below 0 is a leaf: -1 is the first.
    if not within(-1 - np.minimum(left, -1), leaves) or not within(-1 - np.minimum(right, -1), leaves):
        raise ModelError("a tree of the model has a leaf outside of its leaves")
    for children in (left, right):
        inner = children >= 0
        require_forward(children, children, inner)
    thresholds = _numbers(found, "threshold", splits, float)
    for name, numbers in zip(names, (split, decision, left, right), strict=True):
        yield f"{name}=" + " ".join(map(str, numbers.tolist()))
    yield "threshold=" + " ".join(map(repr, thresholds))
    yield "split_gain=" + " ".join(["0"] * splits)


def _numbers(found: Mapping[str, str], name: str, count: int, read: Callable[[str], Any]) -> list[Any]:
    """So many numbers of a tree: of fewer, LightGBM would read on behind them."""
    numbers = [read(word) for word in found[name].split(" ") if word]
    if len(numbers) != count:
        raise ModelError(
            f"a tree of the model has {len(numbers)} of {name}, and needs {count}; train it again"
        )
    return numbers
