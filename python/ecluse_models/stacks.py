"""Checks a stack of models, which calls a method of each by a stored name."""

from typing import Any

from ecluse_models.refusals import require

_METHODS = ("predict_proba", "decision_function", "predict")


def check_stack(owner: Any) -> None:
    """A stack, fitted or not; raises ModelError."""
    called = vars(owner).get("stack_method_", [])
    known = isinstance(called, list) and all(type(name) is str and name in _METHODS for name in called)
    require(known, owner, "stack_method_", f"each is one of {', '.join(_METHODS)}")
