"""The task that a contract's target sets: what a model of it predicts, and how good that is."""

from typing import Any, Protocol

import pandas as pd

from ecluse_models.model import Kind

from .contract import Contract
from .multiclass import Multiclass
from .quality import Classification, Floats, Regression


class Task(Protocol):
    """A kind of prediction: one number per row, or one for each of several classes.

    `scores` are what `predictions` gives: an array of rows, or of rows × classes.
    """

    @property
    def predict(self) -> str:
        """The method of the model that a server calls."""
        ...

    @property
    def measure(self) -> str:
        """What the quality is called."""
        ...

    @property
    def kind(self) -> Kind:
        """What the platform calls such a model."""
        ...

    def targets(self, labels: "pd.Series[Any]") -> "pd.Series[Any]":
        """What a model is fitted on."""
        ...

    def predictions(self, model: Any, inputs: pd.DataFrame) -> Floats:
        """The prediction of each row."""
        ...

    def columns(self, scores: Floats) -> dict[str, Any]:
        """The predictions by their columns, as the model server logs them."""
        ...

    def scores_of(self, scored: pd.DataFrame) -> Any:
        """The predictions of a table that has those columns."""
        ...

    def metrics(self, labels: "pd.Series[Any]", scores: Floats) -> dict[str, float]:
        """What training logs of the hold-out."""
        ...

    def quality(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """The one number that a floor is set for; 1 is perfect."""
        ...

    def upper_bound(self, labels: "pd.Series[Any]", scores: Any) -> float:
        """The highest quality that so few rows allow, at 99 %."""
        ...


def task(contract: Contract) -> Classification | Multiclass | Regression:
    """The task that the contract's target asks for."""
    if contract.classes:
        return Multiclass(contract.classes)
    return Classification() if contract.is_classification else Regression()
