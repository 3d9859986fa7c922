"""A format that only tests have: its file is Python code, which does what it wants where the model is.

`python -m tests.models.hostile` is the fork server of such models; the words `without-landlock` and
`without-calls` leave out one of the two walls.
"""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecluse_models import lockdown, worker

if TYPE_CHECKING:  # it starts threads
    from ecluse_models.model import Kind

NAME: str = "hostile"
FLAVOR: str = "hostile"
REQUIREMENTS: tuple[str, ...] = ()
_FILE = "model.py"


class _Hostile:
    """Its code has the function `predict`."""

    def __init__(self, code: str) -> None:
        self._names: dict[str, Any] = {}
        exec(code, self._names)

    def predict(self, rows: Any) -> Any:
        """What the code answers."""
        return self._names["predict"](rows)


def stored(folder: Path, code: str) -> Path:
    """A model folder with this code; it has one input, `a`."""
    inputs = json.dumps([{"name": "a", "type": "double", "required": True}])
    described = {"flavors": {FLAVOR: {"data": _FILE}}, "signature": {"inputs": inputs}}
    (folder / "MLmodel").write_text(json.dumps(described))
    (folder / _FILE).write_text(code)
    return folder


def preload() -> None:
    """Nothing."""


def prepare() -> None:
    """What attacks need is there."""
    for name in ("encodings.idna", "resource", "socket", "subprocess"):
        import_module(name)


def files(_flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The code."""
    return (_FILE,)


def refuse(_model: Any) -> None:
    """Nothing."""


def load(content: Mapping[str, bytes], _flavor: Mapping[str, Any]) -> tuple[Any, Kind]:
    """Runs the code."""
    return _Hostile(content[_FILE].decode()), "regressor"


def main(words: list[str]) -> None:
    """As the worker, which takes this format too."""
    if "without-landlock" in words:
        lockdown._leave_libraries = lambda: ""
    if "without-calls" in words:
        lockdown.seccomp.install = lambda _rows: None
    own = worker.prepare

    def prepare_both() -> None:
        from ecluse_models import formats
        from tests.models import hostile

        formats.FORMATS = (*formats.FORMATS, hostile)
        own()

    worker.prepare = prepare_both
    worker.main(words)


if __name__ == "__main__":
    main(sys.argv[1:])
