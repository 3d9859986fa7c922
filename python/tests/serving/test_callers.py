"""A token that was verified a moment ago is known; no longer than that, and not past its expiry."""

import time
from typing import Any, cast

import pytest

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.verify import Verified
from ecluse_serving.callers import SECONDS, Callers


class Verifier:
    """Takes every token but a bad one, whose text says when it expires."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def verify(self, token: str) -> Verified:
        """Who it is."""
        self.asked.append(token)
        if token == "bad":
            raise Refused("bad")
        return Verified(Principal(f"person:{token}", "scientist", "*"), {"exp": time.time() + float(token)})


class Clock:
    """A clock that is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("expires", "known_for"), [("3600", SECONDS), ("7", 7)])
def test_a_verified_token_is_known_for_a_while(expires: str, known_for: float) -> None:
    verifier, clock = Verifier(), Clock()
    callers = Callers(cast(Any, verifier), clock)
    assert callers.known(expires) is None
    assert callers.verify(expires).name == f"person:{expires}"
    clock.now += known_for - 0.5
    found = callers.known(expires)
    assert found is not None and found.name == f"person:{expires}"
    assert callers.known(f"{expires} ") is None
    clock.now += 0.5
    assert callers.known(expires) is None
    assert verifier.asked == [expires]


def test_a_refused_or_expired_token_is_never_known() -> None:
    callers = Callers(cast(Any, Verifier()), Clock())
    with pytest.raises(Refused):
        callers.verify("bad")
    callers.verify("-4")  # within the leeway for clocks
    assert callers.known("bad") is None and callers.known("-4") is None


def test_no_more_tokens_are_kept_than_a_bound() -> None:
    callers = Callers(cast(Any, Verifier()), Clock())
    for number in range(1_001):
        callers.verify(f"{1000 + number}")
    assert callers.known("1000") is None
    assert callers.known("1001") is not None and callers.known("2000") is not None
