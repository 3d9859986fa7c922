"""Calls to the environment's servers: each carries what the visitor has shown, nothing of the console's."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError

LARGEST_BYTES: Final = 16 * 1024 * 1024
_AT_ONCE = 16
# What a session or a token is made of: no other letter of a cookie reaches a header.
_SHOWN = re.compile(r"[A-Za-z0-9_.\-]{1,8000}")


class Unread(Exception):
    """A part that cannot be read; the message says why, and holds nothing secret."""

    def __init__(self, reason: str, status: int = 0, text: str = "") -> None:
        super().__init__(reason)
        self.status, self.text = status, text


class Stranger(Unread):
    """Nobody is logged in, or not any more."""


class Denied(Unread):
    """The visitor may not see this."""


@dataclass(frozen=True)
class Visitor:
    """What a browser shows: the tracking server's session, and a token that reads at the forge."""

    session: str
    forge: str

    @staticmethod
    def of(cookies: Mapping[str, str], session: str, forge: str) -> "Visitor":
        """The visitor of these cookies; raises Stranger."""
        shown = cookies.get(session, "")
        if not _SHOWN.fullmatch(shown):
            raise Stranger("nobody is logged in")
        token = cookies.get(forge, "")
        return Visitor(shown, token if _SHOWN.fullmatch(token) else "")


class Calls:
    """Connections that are kept, for several threads; no redirect is followed and nothing is tried twice."""

    def __init__(self, authority: str | None = None) -> None:
        # A page waits for its slowest part: what is away is said soon, and the rest of the page stands.
        timeout = urllib3.Timeout(connect=2, read=8)
        trusted: dict[str, Any] = {"ca_certs": authority} if authority else {}
        self._pool = urllib3.PoolManager(
            num_pools=64, maxsize=_AT_ONCE, timeout=timeout, retries=False, **trusted
        )

    def get(self, what: str, url: str, headers: Mapping[str, str], query: Mapping[str, str]) -> bytes:
        """The body of an answer; raises Unread, Denied or Stranger, which name `what` was asked."""
        return self._ask("GET", what, url, headers, fields=dict(query))

    def json(self, what: str, url: str, headers: Mapping[str, str], query: Mapping[str, str]) -> Any:
        """A body as JSON; raises as `get`."""
        return _parsed(what, self.get(what, url, headers, query))

    def post(self, what: str, url: str, headers: Mapping[str, str], body: object) -> Any:
        """The JSON that answers a JSON body; raises as `get`."""
        return _parsed(what, self._ask("POST", what, url, headers, json=body))

    def first(self, what: str, url: str) -> tuple[int, Mapping[str, str]]:
        """Status and headers of an answer, whatever it is; raises Unread where there is none."""
        try:
            answer = self._pool.request("GET", url, redirect=False)
        except HTTPError as error:
            raise Unread(f"{what} does not answer ({type(error).__name__})") from None
        return answer.status, answer.headers

    def _ask(self, method: str, what: str, url: str, headers: Mapping[str, str], **content: Any) -> bytes:
        try:
            answer = self._pool.request(
                method, url, headers=dict(headers), redirect=False, preload_content=False, **content
            )
            body = answer.read(LARGEST_BYTES + 1)
            # What is left of a larger one must not be taken for the next answer.
            (answer.close if len(body) > LARGEST_BYTES else answer.release_conn)()
        except HTTPError as error:
            raise Unread(f"{what} does not answer ({type(error).__name__})") from None
        if len(body) > LARGEST_BYTES:
            raise Unread(f"{what} answered more than {LARGEST_BYTES} bytes")
        if answer.status == 200:
            return body
        raise _refusal(what, answer.status, body.decode(errors="replace")[:1000])


def _parsed(what: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Unread(f"{what} answered what is no JSON") from None


def _refusal(what: str, status: int, text: str) -> Unread:
    if status == 401:
        return Stranger(f"{what} does not know you any more", status, text)
    if status == 403:
        return Denied(f"{what}: you have no right to read this", status, text)
    return Unread(f"{what} answered {status}", status, text)
