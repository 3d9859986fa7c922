"""The formats that models are stored in, and the only ways to store a model and to load one.

The kit stores by `save_model`, as a flavor of MLflow's `Model.log`. The kit's tests load by `load_model`; the
release and the model server have the same done in a process of its own (confined.py): what was tested and
judged is what serves. Free of MLflow.
"""

import importlib.metadata as metadata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import yaml

from ecluse_core.answer import wrong_classes
from ecluse_models import lightgbm, onnx, searches, skops, xgboost
from ecluse_models.folder import files_of
from ecluse_models.model import Column, Kind, LoadedModel, ModelError, inputs_of, wrong_redacted

# What MLflow puts into every folder of a model: text that nothing of the platform but `MLmodel` is read of.
_MLFLOW_FILES = frozenset(
    {
        "MLmodel",
        "conda.yaml",
        "constraints.txt",
        "environment_variables.txt",
        "input_example.json",
        "python_env.yaml",
        "requirements.txt",
        "serving_input_example.json",
    }
)
# A second way into the same model for MLflow's clients; the platform never takes it.
_PYTHON_FUNCTION = "python_function"
_REQUIREMENTS = ("numpy", "pandas")
CLASSES = "classes"
"""The key of MLflow's `metadata` that names a model's classes, in the order of its probabilities."""
REDACTED = "redacted"
"""The key that names the inputs which no log may have."""


class Format(Protocol):
    """One format: a module of this package that is named in `FORMATS`.

    It imports its library where it uses it, if that is large: only the processes of models have it all.
    Each function raises ModelError with a cause and a fix; any other error of `load` counts as a refusal too.
    """

    NAME: str
    """What manifests and messages call it."""
    FLAVOR: str
    """MLflow's flavor, by which a folder of it is known."""
    REQUIREMENTS: tuple[str, ...]
    """The packages that load it; `requirements.in` here and `python/pyproject.toml` name them too."""

    def takes(self, model: object) -> bool:
        """Whether a fitted model is stored in this format."""
        ...

    def refuse(self, model: Any) -> None:
        """Refuses what a model may not hold: its types, its parameters and its numbers.

        The one place for that. Asked before a model is stored, and when it is loaded, before it scores.
        """
        ...

    def save(self, model: Any, path: str, predict: str, **options: Any) -> None:
        """Writes MLflow's folder of a model, whose method `predict` scores; the options are MLflow's."""
        ...

    def files(self, flavor: Mapping[str, Any]) -> tuple[str, ...]:
        """The files of the model, beside MLflow's own, as the flavor in its `MLmodel` names them."""
        ...

    def preload(self) -> None:
        """Imports its libraries, and starts no thread: the process of a model is forked after this."""
        ...

    def prepare(self) -> None:
        """Imports what else its models may need: where they are confined, nothing can be opened any more."""
        ...

    def load(self, files: Mapping[str, bytes], flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
        """Loads a model without running code of it: an estimator as `LoadedModel` has it, and its kind."""
        ...


# Where several take a model, the first: pipelines of scikit-learn may end in a model of another library.
FORMATS: tuple[Format, ...] = (onnx, xgboost, lightgbm, skops)


def save_model(model: Any, path: str, predict: str, **options: Any) -> None:
    """Writes MLflow's folder of a fitted model; raises ModelError where no release would take it."""
    model = searches.found(model)
    found = next((each for each in FORMATS if each.takes(model)), None)
    if found is None:
        kind = type(model)
        raise ModelError(
            f"the model is a {kind.__module__}.{kind.__qualname__}, which no format of the platform stores "
            f"({_listed(each.NAME for each in FORMATS)}); use an estimator of scikit-learn, "
            "XGBoost or LightGBM, or give your class a method to_onnx"
        )
    found.refuse(model)
    pins = [_pinned(name) for name in sorted({*_REQUIREMENTS, *found.REQUIREMENTS})]
    found.save(model, path, predict, pip_requirements=pins, **options)


def _pinned(name: str) -> str:
    try:
        return f"{name}=={metadata.version(name)}"
    except metadata.PackageNotFoundError:
        raise ModelError(
            f"a release loads the model by {name}; add it to requirements.in and the lock"
        ) from None


def load_model(folder: Path) -> LoadedModel:
    """Loads the model in an MLflow model folder, in this process; raises ModelError as `load_files`."""
    return load_files({name: path.read_bytes() for name, path in files_of(folder).items()})


def load_files(files: Mapping[str, bytes]) -> LoadedModel:
    """Loads the model that these files hold; raises ModelError on anything that its format refuses."""
    try:
        described: Any = yaml.safe_load(files["MLmodel"])
        found, flavor = _format_of(described["flavors"])
        _require_files(files, found.files(flavor))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ModelError(
            f"the folder is no model of MLflow by its MLmodel: {error!r}; log it by the kit"
        ) from None
    try:
        estimator, kind = found.load(files, flavor)
        found.refuse(estimator)
        inputs, classes = inputs_of(described.get("signature")), _classes(described, kind)
        redacted = _redacted(described, inputs)
        return LoadedModel(kind, inputs, found.NAME, estimator, classes=classes, redacted=redacted)
    except (ModelError, MemoryError):
        raise
    except Exception as error:  # whatever a crafted file makes a library raise, it is a refusal
        raise ModelError(f"the model cannot be read: {type(error).__name__}: {error}") from error


def _classes(described: Mapping[str, Any], kind: Kind) -> tuple[str, ...]:
    """The names of the classes, which a model has exactly where it predicts several; raises ModelError."""
    given = (described.get("metadata") or {}).get(CLASSES)
    if kind != "multiclass":
        if given is not None:
            raise ModelError(f"the model is a {kind}, and its MLmodel names classes; log it by the kit")
        return ()
    wrong = wrong_classes(given)
    if wrong:
        raise ModelError(f"the model's MLmodel does not name its classes ({wrong}); log it by the kit")
    return tuple(cast(list[str], given))


def _redacted(described: Mapping[str, Any], inputs: tuple[Column, ...]) -> tuple[str, ...]:
    """The inputs that no log may have; raises ModelError for one that is none: it would be logged."""
    given: Any = (described.get("metadata") or {}).get(REDACTED, [])
    wrong = wrong_redacted(given, inputs)
    if wrong:
        raise ModelError(f"the model's MLmodel is wrong: {wrong}; log it by the kit")
    return tuple(given)


def _format_of(flavors: Mapping[str, Any]) -> tuple[Format, Mapping[str, Any]]:
    """The format of a folder, and its flavor there: exactly one, so that no second reading of it exists."""
    names = sorted(flavors.keys() - {_PYTHON_FUNCTION})
    found = [each for each in FORMATS if names == [each.FLAVOR]]
    if not found:
        known = _listed(f"{each.FLAVOR} ({each.NAME})" for each in FORMATS)
        raise ModelError(
            f"the model has the flavors {_listed(names) or 'none'}; the platform takes one of {known}: "
            "log it by the kit"
        )
    return found[0], flavors[found[0].FLAVOR]


def _require_files(files: Mapping[str, bytes], named: tuple[str, ...]) -> None:
    missing = [name for name in named if name not in files]
    if missing:
        raise ModelError(
            f"the model names {_listed(missing)}, which its folder does not hold; log it by the kit"
        )
    others = sorted(files.keys() - _MLFLOW_FILES - set(named))
    if others:
        raise ModelError(
            f"the model's folder holds {_listed(others)}, which its format does not have; log the model alone"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
