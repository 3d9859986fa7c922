"""What every use case of the platform shares, so that its own code is a contract and a model."""

from .contract import Contract, History
from .errors import KitError
from .file_format import FileFormat
from .rows import sample
from .tasks import Task, task
from .usecase import UseCase, load

__all__ = ["Contract", "FileFormat", "History", "KitError", "Task", "UseCase", "load", "sample", "task"]
