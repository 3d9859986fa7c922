"""Public keys of an issuer: given in line, or fetched from its JWKS, cached, and refetched with restraint."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from ecluse_identity.trust import Issuer

FRESH_SECONDS = 600.0
RETRY_SECONDS = 10.0
_LIMIT_BYTES = 256 * 1024

Fetch = Callable[[str], Mapping[str, Any]]


class UnknownKey(Exception):
    """No key of the issuer has this id; the message says whether the issuer could be asked."""


def fetch_jwks(uri: str) -> Mapping[str, Any]:
    """Reads a JWKS document over http(s); raises OSError or ValueError."""
    with urllib.request.urlopen(uri, timeout=3) as response:
        return json.loads(response.read(_LIMIT_BYTES))


def _signing_keys(document: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    for item in document.get("keys", []):
        if item.get("kty") == "EC" and item.get("crv") == "P-256" and item.get("use", "sig") == "sig":
            keys[str(item.get("kid"))] = jwt.PyJWK.from_dict(item, algorithm="ES256")
    return keys


class KeySet:
    """The ES256 keys of one issuer by key id. Safe to use from several threads."""

    def __init__(
        self, issuer: Issuer, fetch: Fetch = fetch_jwks, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._uri = issuer.jwks_uri
        self._keys = _signing_keys(issuer.jwks or {})
        self._fetch = fetch
        self._clock = clock
        self._asked: float | None = None
        self._fresh_until = 0.0
        self._error = ""
        self._lock = threading.Lock()

    def find(self, kid: str) -> jwt.PyJWK:
        """The key with this id; raises UnknownKey.

        An unknown id or an old cache asks the issuer again, at most once in RETRY_SECONDS, so that
        a flood of invented ids is no flood at the issuer. When the issuer is down, cached keys stay.
        """
        with self._lock:
            if self._uri and (kid not in self._keys or self._clock() >= self._fresh_until):
                self._refresh(self._uri)
            if kid in self._keys:
                return self._keys[kid]
        raise UnknownKey(f"no key {kid[:64]!r} at {self._uri or 'the in-line jwks'}{self._error}")

    def _refresh(self, uri: str) -> None:
        now = self._clock()
        if self._asked is not None and now - self._asked < RETRY_SECONDS:
            return
        self._asked = now
        try:
            self._keys = _signing_keys(self._fetch(uri))
        except (OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
            self._error = f" (could not be fetched: {error})"
        else:
            self._fresh_until, self._error = now + FRESH_SECONDS, ""
