"""Imports of large libraries, in less time."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def importing() -> Generator[None]:
    """For imports alone: a fifth of their time is a search for garbage, and they leave none.

    What they made is not looked at later either.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
