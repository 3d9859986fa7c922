"""A request that a caller sends again under its `Idempotency-Key` is answered as it was the first time.

Answers are in the memory of one server for a while. Beyond it, ids of predictions follow from the key
(`log.py`): what another replica scores again counts once.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

SECONDS: Final = 24 * 3600
"""So long an answer is kept, if there is room."""
MOST_BYTES: Final = 32 << 20
"""Of answers that are kept; the oldest go first."""
_OVERHEAD: Final = 1_000
"""About what an answer takes beside its bytes."""


class KeyReused(Exception):
    """The key came with another body before."""


@dataclass(frozen=True)
class _Kept:
    digest: bytes
    answer: asyncio.Task[bytes]
    until: float


class Once:
    """Answers by caller and key; of use to the event loop alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_BYTES) -> None:
        self._clock, self._most = clock, most
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._sizes: dict[tuple[str, str], int] = {}
        self._bytes = 0

    async def answer(
        self, caller: str, key: str, body: bytes, ask: Callable[[], Awaitable[bytes]]
    ) -> tuple[bytes, bool]:
        """The answer to a body, and whether it is one of before; raises KeyReused, and what `ask` does.

        One that failed is not kept. While the first is under way, those that come again wait for it.
        """
        digest, found = hashlib.sha256(body).digest(), self._kept.get((caller, key))
        if found and found.until > self._clock():
            if found.digest != digest:
                raise KeyReused(f"Idempotency-Key {key!r} came with another body before; give each its own")
            return await asyncio.shield(found.answer), True
        # It goes on when its caller leaves: that one comes again.
        task = asyncio.ensure_future(_awaited(ask))
        self._forget((caller, key))
        self._kept[caller, key] = _Kept(digest, task, self._clock() + SECONDS)
        task.add_done_callback(lambda _: self._settle((caller, key), task))
        return await asyncio.shield(task), False

    def _settle(self, name: tuple[str, str], task: asyncio.Task[bytes]) -> None:
        found = self._kept.get(name)
        if found is None or found.answer is not task:
            return
        if task.cancelled() or task.exception():
            del self._kept[name]
            return
        self._sizes[name] = _OVERHEAD + len(task.result())
        self._bytes += self._sizes[name]
        while self._bytes > self._most:
            self._forget(next(iter(self._sizes)))

    def _forget(self, name: tuple[str, str]) -> None:
        self._kept.pop(name, None)
        self._bytes -= self._sizes.pop(name, 0)


async def _awaited(ask: Callable[[], Awaitable[bytes]]) -> bytes:
    return await ask()
