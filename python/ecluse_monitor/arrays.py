"""Arrays of numbers as text in a document: base64 of little-endian values, which runs nothing when read."""

import base64

import numpy as np
from numpy.typing import NDArray

from ecluse_monitor.errors import MonitorError


def pack(values: NDArray[np.generic], kind: str) -> str:
    """The values as numbers of a kind, such as `<f4` or `|u1`."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def unpack(text: str, kind: str, columns: int) -> NDArray[np.generic]:
    """What `pack` wrote, in rows of so many columns; raises MonitorError where the text is something else."""
    try:
        return np.frombuffer(base64.b64decode(text, validate=True), dtype=kind).reshape(-1, columns)
    except ValueError as error:
        raise MonitorError(f"an array of the baseline cannot be read ({error}); train again") from error
