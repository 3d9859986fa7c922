"""What every use case of the platform shares, so that its own code is a contract and a model."""

from .contract import Contract
from .errors import KitError
from .file_format import FileFormat
from .history import History, history_rows
from .rows import sample
from .tasks import Task, task
from .usecase import UseCase, load

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
