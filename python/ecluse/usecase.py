"""The use case at hand: its contract, its model, and its synthetic rows where it has any.

`pyproject.toml` of the working folder names the package: `[tool.ecluse] package = "bank_churn"`. Where there
is none, as in an image that has the package installed, ECLUSE_USE_CASE does. The package has `limits.yaml`,
`features` (`CONTRACT`) and `model` (`build_model`); it may have `population` and `scenarios`.
"""

import importlib
import importlib.util
import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

import pandas as pd

from .contract import Contract
from .errors import KitError


class Population(Protocol):
    """The module `population`: made-up rows, and the number of months that they cover."""

    MONTHS: int

    def draw_day(self, rows: int, seed: int, environment: str, day: date) -> pd.DataFrame:
        """The rows that land in an environment on a day."""
        ...


class Scenarios(Protocol):
    """The module `scenarios`: what can happen to a day's made-up rows, by name."""

    SCENARIOS: Mapping[str, object]
    ALIASES: Mapping[str, str]

    def scenario_day(self, rows: int, seed: int, environment: str, day: date, name: str) -> pd.DataFrame:
        """The rows of a day; raises ValueError for a name that it does not know."""
        ...


@dataclass(frozen=True)
class UseCase:
    """A use case's own code. `build_model` gives an estimator of scikit-learn that is not fitted yet."""

    package: str
    limits: Path
    """The file of the bounds that its models must keep."""
    contract: Contract
    build_model: Callable[[], Any]
    parameters: Mapping[str, Any]
    population: Population | None
    scenarios: Scenarios | None

    def made_up(self, rows: int, seed: int, environment: str, day: date, scenario: str) -> pd.DataFrame:
        """The made-up rows of a day under a scenario; raises KitError for one that there is not."""
        if self.scenarios is None:
            raise KitError(f"--scenario {scenario}: there is no scenarios.py; leave it out")
        try:
            return self.scenarios.scenario_day(rows, seed, environment, day, scenario)
        except ValueError as error:
            raise KitError(f"--scenario: {error}") from error


def load() -> UseCase:
    """The use case of the working folder; raises KitError."""
    package = _package(Path("pyproject.toml"))
    source = str(Path("src").resolve())
    if source not in sys.path:
        sys.path.insert(0, source)
    if importlib.util.find_spec(package) is None:
        raise KitError(
            f"there is no package {package} in {source}; set package in [tool.ecluse] of pyproject.toml"
        )
    features, model = _module(package, "features"), _module(package, "model")
    contract = getattr(features, "CONTRACT", None)
    if not isinstance(contract, Contract):
        raise KitError(f"{package}.features has no CONTRACT; set it to an ecluse.Contract")
    if not callable(getattr(model, "build_model", None)):
        raise KitError(f"{package}.model has no build_model(); let it return an unfitted estimator")
    return UseCase(
        package,
        Path(features.__file__ or "").with_name("limits.yaml"),
        contract,
        model.build_model,
        getattr(model, "PARAMETERS", {}),
        cast(Population | None, _optional(package, "population")),
        cast(Scenarios | None, _optional(package, "scenarios")),
    )


def _package(path: Path) -> str:
    if not path.is_file():
        installed = os.environ.get("ECLUSE_USE_CASE", "").replace("-", "_")
        if installed:
            return installed
        raise KitError(f"there is no {path.name} in {Path.cwd()}; run this in the use case's folder")
    package = tomllib.loads(path.read_text()).get("tool", {}).get("ecluse", {}).get("package")
    if not isinstance(package, str):
        raise KitError('pyproject.toml has no package in [tool.ecluse]; add package = "<your package>"')
    return package


def _module(package: str, name: str) -> ModuleType:
    found = _optional(package, name)
    if found is None:
        raise KitError(f"{package}/{name}.py is missing; the use case needs it")
    return found


def _optional(package: str, name: str) -> ModuleType | None:
    found = importlib.util.find_spec(f"{package}.{name}")
    return importlib.import_module(f"{package}.{name}") if found else None


def setting(name: str) -> str:
    """An environment variable that must be there."""
    value = os.environ.get(name, "")
    if not value:
        raise KitError(f"{name} is not set: the environment's CI variables provide it")
    return value


def name() -> str:
    """The name of the use case: its data, experiment and model are named so."""
    return os.environ.get("ECLUSE_USE_CASE") or load().package.replace("_", "-")
