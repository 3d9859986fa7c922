"""A request under a caller's key is answered once, and again as it was; never another caller's or body's."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ecluse_serving.once import SECONDS, KeyReused, Once


class Asked:
    """What is asked for, each time with another answer."""

    def __init__(self, fails: int = 0) -> None:
        self.times, self._fails = 0, fails

    async def __call__(self) -> bytes:
        self.times += 1
        await asyncio.sleep(0)
        if self.times <= self._fails:
            raise ValueError("no scores")
        return b"answer %d" % self.times


def test_the_same_request_is_answered_as_before_and_any_other_is_not() -> None:
    async def run() -> None:
        once, ask = Once(), Asked()
        assert await once.answer("ana", "k", b"body", ask) == (b"answer 1", False)
        assert await once.answer("ana", "k", b"body", ask) == (b"answer 1", True)
        assert await once.answer("ben", "k", b"body", ask) == (b"answer 2", False)
        assert await once.answer("ana", "l", b"body", ask) == (b"answer 3", False)
        with pytest.raises(KeyReused, match="Idempotency-Key 'k' came with another body before"):
            await once.answer("ana", "k", b"other", ask)

    asyncio.run(run())


def test_those_that_come_meanwhile_wait_for_the_first_also_when_its_caller_leaves() -> None:
    async def run() -> None:
        once, go, ask = Once(), asyncio.Event(), Asked()

        async def slow() -> bytes:
            await go.wait()
            return await ask()

        asked = [asyncio.create_task(once.answer("ana", "k", b"body", slow)) for _ in range(3)]
        await asyncio.sleep(0)
        asked[0].cancel()
        await asyncio.sleep(0)
        go.set()
        assert [await each for each in asked[1:]] == [(b"answer 1", True)] * 2
        assert asked[0].cancelled() and ask.times == 1

    asyncio.run(run())


def test_a_failure_is_not_kept() -> None:
    async def run() -> None:
        once, ask = Once(), Asked(fails=1)
        with pytest.raises(ValueError, match="no scores"):
            await once.answer("ana", "k", b"body", ask)
        assert await once.answer("ana", "k", b"other body", ask) == (b"answer 2", False)

    asyncio.run(run())


def test_answers_are_kept_for_a_day_and_as_far_as_there_is_room() -> None:
    now = [0.0]

    async def run(ask: Callable[[], Awaitable[bytes]]) -> None:
        once = Once(lambda: now[0], most=3_100)
        for number in range(4):
            await once.answer("ana", f"{number}", b"", ask)
        assert [(await once.answer("ana", f"{number}", b"", ask))[1] for number in (3, 2, 1, 0)] == [
            *(True, True, True, False)
        ]
        now[0] += SECONDS
        assert (await once.answer("ana", "3", b"", ask))[1] is False

    asyncio.run(run(Asked()))
