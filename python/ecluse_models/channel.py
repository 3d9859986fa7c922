"""What a confined model and whoever asks it say to each other: a kind, a length, and so many bytes."""

import struct
from collections.abc import Callable
from typing import Final

LOCKED: Final = b"L"
"""The process is locked: in words, by what."""
MODEL: Final = b"M"
"""The model is loaded: JSON of its kind, its format, its inputs, classes and redacted inputs."""
ROWS: Final = b"R"
"""Rows to score, as an Arrow stream: the only question."""
SCORES: Final = b"S"
"""A float64 for each row, or for each row and class."""
REFUSAL: Final = b"E"
"""Why these rows have no scores, in words."""
FAILURE: Final = b"F"
"""Why the process ends, in words."""

LONGEST_TEXT: Final = 1 << 20
MOST_FILES: Final = 128
"""Open files in one packet to the fork server: the channel, and the files of a model."""
LONGEST_PACKET: Final = 1 << 18
_HEADER = struct.Struct("<cQ")


def packed(kind: bytes, content: bytes) -> bytes:
    """One message."""
    return _HEADER.pack(kind, len(content)) + content


def unpacked(read: Callable[[int], bytes], most: int) -> tuple[bytes, bytes]:
    """The next message; `read` gives exactly so many bytes. ValueError for one with more than `most`."""
    kind, length = _HEADER.unpack(read(_HEADER.size))
    if length > most:
        raise ValueError(f"a message of {length} bytes; at most {most} are taken")
    return kind, read(length)
