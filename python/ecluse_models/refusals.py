"""How a refusal of something inside a model reads: estimator, parameter, value and fix."""

from typing import Any

from ecluse_models.model import ModelError

AGAIN = "fit the model again with scikit-learn and do not change what it stores"


def refusal(owner: str, name: str, shown: str, fix: str) -> ModelError:
    """An error to raise, short enough for a log."""
    value = " ".join(shown.split())[:120]
    return ModelError(f"the model has {owner}({name}={value}), which the platform does not allow: {fix}")


def require(holds: Any, owner: object, name: str, reason: str) -> None:
    """Raises ModelError about what the owner stores under this name, unless the condition holds."""
    if not holds:
        shown = repr(getattr(owner, name, None))
        raise refusal(type(owner).__name__, name, shown, f"{reason}; {AGAIN}")
