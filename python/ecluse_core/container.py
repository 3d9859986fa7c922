"""Blobs of one container, on Azure and on S3: read, listed, and written whole or not at all."""

from __future__ import annotations

import io
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from obstore import open_reader
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

if TYPE_CHECKING:  # obstore has these for type checkers only
    from obstore import ObjectMeta, PutMode, ReadableFile
    from obstore.store import ObjectStore

# What may be shown of an error: its whole text has the server's answer, and that may hold what was signed.
_TELLING = re.compile(
    r"Error (\w+ [a-z ]+ (?:request|file))|status code: (\d{3})|<Code>(\w+)|(AADSTS\d+)|kind: (\w+)"
    r"|InvalidCertificate\(\s*(\w+)"
)


class BlobError(Exception):
    """A container or blob that could not be used; the message names it, and holds no secret."""


class Missing(BlobError):
    """There is no such blob, or no such container."""


class Changed(BlobError):
    """The blob is not the one that a write was meant to replace."""


@dataclass(frozen=True)
class Blob:
    """The content of a blob, and the ETag (without quotes) that identifies this content."""

    content: bytes
    etag: str


@dataclass(frozen=True)
class Container:
    """A container of Azure or a bucket of S3; every method raises BlobError."""

    store: ObjectStore

    def etags(self, folder: str = "") -> dict[str, str]:
        """The ETag by name, in the order of names, of every blob in a folder and below it."""
        return {item["path"]: _bare(item["e_tag"]) for item in self._listed(folder)}

    def sizes(self, folder: str = "") -> dict[str, int]:
        """The bytes by name, in the order of names, of every blob in a folder and below it."""
        return {item["path"]: item["size"] for item in self._listed(folder)}

    def _listed(self, folder: str) -> list[ObjectMeta]:
        with _told(folder or "the container", "listed"):
            found = [item for page in self.store.list(folder) for item in page]
        return sorted(found, key=lambda item: item["path"])

    def read(self, name: str) -> Blob:
        """A whole blob; raises Missing where there is none."""
        with _told(name, "read"):
            found = self.store.get(name)
            return Blob(bytes(found.bytes()), _bare(found.meta["e_tag"]))

    def reader(self, name: str) -> io.BufferedReader:
        """A blob as a file, of which only what is asked for is read; raises Missing where there is none."""
        with _told(name, "read"):
            return io.BufferedReader(_Reader(name, open_reader(self.store, name)), _READ_BYTES)

    def write(self, name: str, content: bytes, replacing: str | None = None) -> str:
        """Writes a whole blob and gives its ETag.

        With `replacing` only over the content of that ETag, or, where it is empty, only as a new blob;
        raises Changed.
        """
        mode: PutMode = "overwrite" if replacing is None else "create"
        if replacing:
            mode = {"e_tag": f'"{replacing}"'}
        with _told(name, "written"):
            return _bare(self.store.put(name, content, mode=mode)["e_tag"])

    def delete(self, name: str) -> None:
        """Deletes a blob."""
        with _told(name, "deleted"):
            self.store.delete(name)


_READ_BYTES = 1 << 16


class _Reader(io.RawIOBase):
    """The library's reader as a file of Python; what fails is a BlobError."""

    def __init__(self, name: str, file: ReadableFile) -> None:
        self._name, self._file = name, file

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As of any file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        """As of any file."""
        with _told(self._name, "read"):
            content = bytes(self._file.read(len(buffer)))
        buffer[: len(content)] = content
        return len(content)


@contextmanager
def _told(name: str, done: str) -> Generator[None, None, None]:
    """Turns the library's errors into ours, of one line."""
    try:
        yield
    except (AlreadyExistsError, PreconditionError):
        raise Changed(f"{name} cannot be {done}: another writer was first") from None
    except (BaseError, OSError, ValueError) as error:
        found = [part for match in _TELLING.findall(str(error)) for part in match if part]
        reason = ", ".join([type(error).__name__, *dict.fromkeys(found)])
        kind = Missing if isinstance(error, FileNotFoundError) else BlobError
        raise kind(f"{name} cannot be {done}: {reason}") from None


def _bare(etag: str | None) -> str:
    # Azure puts no quotes around ETags where it lists blobs, and does elsewhere.
    return (etag or "").strip('"')
