"""What every use case of the platform shares, so that its own code is a contract and a model."""

from typing import TYPE_CHECKING, Any

from .contract import Contract
from .errors import KitError
from .file_format import FileFormat
from .history import History, history_rows
from .rows import sample
from .usecase import UseCase, load

if TYPE_CHECKING:
    from .tasks import Task, task

__all__ = [
    "Contract",
    "FileFormat",
    "History",
    "KitError",
    "Task",
    "UseCase",
    "history_rows",
    "load",
    "sample",
    "task",
]


def __getattr__(name: str) -> Any:
    """`Task` and `task` bring scikit-learn, a second of every command, and few commands need it."""
    if name not in ("Task", "task"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import tasks

    return getattr(tasks, name)
