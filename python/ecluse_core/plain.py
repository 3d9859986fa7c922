"""Reads files that untrusted code made: what it left there may be a link, a pipe, or larger than memory."""

import os
import stat
from pathlib import Path


class NotPlain(Exception):
    """The path is no file, or one that is too large; the message names it."""


def read_plain(path: Path, most: int) -> bytes:
    """The content of a file of at most `most` bytes; raises NotPlain for a link, a pipe or a folder."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotPlain(f"{path}: {error.strerror}") from None
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise NotPlain(f"{path} is not a file of at most {most} bytes")
        return file.read(most)
