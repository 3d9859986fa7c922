"""One-use login tokens, and the session cookies that they become."""

import time
from collections.abc import Callable

import pytest

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.sessions import SESSION_SECONDS, Sessions
from ecluse_identity.trust import parse_trust
from ecluse_identity.verify import Verified, Verifier
from tests.identity.tracking import TRACKING, TokenIssuer, identity_document

FORGE = TokenIssuer("http://forge.test")
KEY = "0123456789abcdef0123456789abcdef"


def verified(token: str) -> Verified:
    document = identity_document(FORGE.issuer, "http://forge.test/keys", {"keys": []}, TRACKING)
    return Verifier(parse_trust(document), lambda _issuer: FORGE.jwks()).verify(token)


def test_a_login_token_becomes_a_session_once() -> None:
    sessions = Sessions(KEY, TRACKING)
    login = verified(FORGE.person(60))
    assert sessions.read(sessions.login(login)) == Principal("person:ada", "auditor", "*")
    with pytest.raises(Refused, match="used before"):
        sessions.login(login)
    with pytest.raises(Refused, match="serves for nothing else"):
        sessions.refuse_used(login.claims)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lambda: FORGE.person(300), "lives at most 60 s"),
        (lambda: FORGE.ci(exp=int(time.time()) + 60), "is no person"),
        (lambda: FORGE.person(60, jti=""), "needs a jti"),
        (lambda: FORGE.person(50, iat=int(time.time()) - 9), "older than this server"),
    ],
)
def test_a_login_is_refused(token: Callable[[], str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        Sessions(KEY, TRACKING).login(verified(token()))


@pytest.mark.parametrize("other", [Sessions(KEY, "ecluse-dev-tracking"), Sessions(KEY[::-1], TRACKING)])
def test_a_cookie_of_another_server_is_refused(other: Sessions) -> None:
    with pytest.raises(Refused, match="BadTimeSignature"):
        Sessions(KEY, TRACKING).read(other.login(verified(FORGE.person(60))))


def test_a_changed_cookie_is_refused() -> None:
    sessions = Sessions(KEY, TRACKING)
    cookie = sessions.login(verified(FORGE.person(60)))
    with pytest.raises(Refused, match="BadTimeSignature"):
        sessions.read("A" + cookie[1:] if cookie[0] != "A" else "B" + cookie[1:])


def test_a_cookie_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(KEY, TRACKING)
    cookie = sessions.login(verified(FORGE.person(60)))
    later = time.time() + SESSION_SECONDS + 2
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(Refused, match="SignatureExpired"):
        sessions.read(cookie)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="ECLUSE_SESSION_KEY has 5 characters"):
        Sessions("short", TRACKING)


def test_a_login_token_serves_once_though_the_clock_jumps_ahead_and_back() -> None:
    now = time.time()
    clock = [now]
    sessions = Sessions(KEY, TRACKING, lambda: clock[0])
    login = verified(FORGE.person(60))
    sessions.login(login)
    clock[0] = now + 7200
    other = verified(FORGE.person(60))
    times = {"iat": now + 7200, "exp": now + 7260}
    sessions.login(Verified(other.principal, {**other.claims, **times}))
    clock[0] = now
    with pytest.raises(Refused, match="used before"):
        sessions.login(login)


def test_a_rotation_ends_no_session_and_the_next_one_ends_it() -> None:
    second, third = "1" * 32, "2" * 32
    cookie = Sessions(KEY, TRACKING).login(verified(FORGE.person(60)))
    once = Sessions(f"{second},{KEY}", TRACKING)
    assert once.read(cookie).name == "person:ada"
    signed = once.login(verified(FORGE.person(60)))
    with pytest.raises(Refused, match="BadTimeSignature"):
        Sessions(KEY, TRACKING).read(signed)
    twice = Sessions(f"{third},{second}", TRACKING)
    assert twice.read(signed).name == "person:ada"
    with pytest.raises(Refused, match="BadTimeSignature"):
        twice.read(cookie)


def test_each_of_two_keys_is_long_enough() -> None:
    with pytest.raises(ValueError, match="has 5 characters"):
        Sessions(f"{KEY},short", TRACKING)
