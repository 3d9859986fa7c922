"""What a search found, or a threshold was tuned for: the part of a fitted model that scores.

Searches hold functions, which no format stores. Scores are probabilities, so a threshold changes none.
"""

from typing import Any

from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline

from ecluse_models.model import ModelError


def found(model: Any) -> Any:
    """The model without its search, and so for the last step of a pipeline; raises ModelError."""
    if isinstance(model, BaseSearchCV):
        if not hasattr(model, "best_estimator_"):
            raise ModelError(f"{type(model).__name__} keeps no model: set refit=True, and fit it again")
        return found(model.best_estimator_)
    if isinstance(model, FixedThresholdClassifier | TunedThresholdClassifierCV):
        return found(model.estimator_)
    if type(model) is not Pipeline:
        return model
    name, last = model.steps[-1]
    inner = found(last)
    if inner is last:
        return model
    made = Pipeline([*model.steps[:-1], (name, inner)])
    made.memory, made.verbose = model.memory, model.verbose
    return made
