"""Keeps libraries that a process never uses out of its memory and its start."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

# MLflow imports them where they are installed, for clients: 70 MB, and one of three seconds (3.17.2).
UNUSED_BY_TRACKING = ("polars", "pyarrow", "scipy")
# skops imports pandas where it is installed, and pandas pyarrow: 50 MB.
UNUSED_BY_MODELS = ("pandas", "pyarrow")


class _Hider:
    """An import finder for which some libraries are not installed."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"{name} is hidden from this process (ecluse_core.light)", name=name)
        return None


def hide_libraries(names: tuple[str, ...]) -> None:
    """Makes importing these fail in this process, as where they are not installed; call it first."""
    sys.meta_path.insert(0, _Hider(names))
