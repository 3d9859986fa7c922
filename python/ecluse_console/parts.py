"""Parts of a page: read at the same time, and each may fail for itself."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ecluse_console.calls import Unread

T = TypeVar("T")
_AT_ONCE = 16
# Two of them: a part that asks for several things waits for those, and must not stand in their place.
_parts = ThreadPoolExecutor(_AT_ONCE, "part")
_within = ThreadPoolExecutor(_AT_ONCE, "within")


@dataclass(frozen=True)
class Part(Generic[T]):
    """What a part of a page shows, or why it cannot be read."""

    value: T | None
    problem: str = ""


def part(read: Callable[[], T]) -> "Part[T]":
    """Reads a part; a refusal is its text."""
    try:
        return Part(read())
    except Unread as error:
        return Part(None, str(error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # What another server answers is not of the form that it should be: the rest of the page stands.
        return Part(None, f"what was answered cannot be read ({type(error).__name__})")


def parts(**reads: Callable[[], Any]) -> dict[str, Part[Any]]:
    """Reads several parts at once, by name."""
    return dict(zip(reads, _parts.map(part, reads.values()), strict=True))


def part_of_each(reads: Sequence[Callable[[], T]]) -> list[Part[T]]:
    """Reads one part of each, at once and in order."""
    return [read.result() for read in [_parts.submit(part, each) for each in reads]]


def together(reads: Sequence[Callable[[], T]]) -> list[T]:
    """What several reads within one part give, in order; raises as the first of them that fails."""
    return [read.result() for read in [_within.submit(each) for each in reads]]
