"""Public keys of an issuer: given in line, or fetched from its JWKS, cached, and refetched with restraint."""

import json
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt

from ecluse_identity.trust import Issuer

FRESH_SECONDS = 600.0
RETRY_SECONDS = 10.0
_LIMIT_BYTES = 256 * 1024

_LEAST_RSA_BITS = 2048

Fetch = Callable[[Issuer], Mapping[str, Any]]


class UnknownKey(Exception):
    """No key of the issuer has this id; the message says whether the issuer could be asked."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows none: the token would go along to wherever a redirect points."""

    def redirect_request(self, req: object, fp: object, code: int, msg: str, headers: object, newurl: str):
        """None: the answer is then an HTTPError."""


def fetch_jwks(issuer: Issuer) -> Mapping[str, Any]:
    """Reads an issuer's JWKS document over http(s); raises OSError or ValueError."""
    request = urllib.request.Request(issuer.jwks_uri or "")
    if issuer.token_file:
        # Read each time: a projected token is renewed in its file.
        request.add_header("Authorization", f"Bearer {Path(issuer.token_file).read_text().strip()}")
    trusted = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=issuer.ca_file))
    with urllib.request.build_opener(_NoRedirect, trusted).open(request, timeout=3) as response:
        return json.loads(response.read(_LIMIT_BYTES))


def _algorithm(jwk: Mapping[str, Any]) -> str | None:
    """What a key may verify, by its own type: a token's header chooses nothing."""
    own = "RS256" if jwk.get("kty") == "RSA" else "ES256" if jwk.get("crv") == "P-256" else None
    return own if jwk.get("use", "sig") == "sig" and jwk.get("alg", own) == own else None


def _signing_keys(document: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    for item in document.get("keys", []):
        algorithm = _algorithm(item)
        if algorithm:
            key = jwt.PyJWK.from_dict(item, algorithm=algorithm)
            if algorithm == "ES256" or key.key.key_size >= _LEAST_RSA_BITS:
                keys[str(item.get("kid"))] = key
    return keys


class KeySet:
    """The ES256 and RS256 keys of one issuer by key id. Safe to use from several threads."""

    def __init__(
        self, issuer: Issuer, fetch: Fetch = fetch_jwks, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
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
            if self._issuer.jwks_uri and (kid not in self._keys or self._clock() >= self._fresh_until):
                self._refresh()
            if kid in self._keys:
                return self._keys[kid]
        raise UnknownKey(f"no key {kid[:64]!r} at {self._issuer.jwks_uri or 'the in-line jwks'}{self._error}")

    def _refresh(self) -> None:
        now = self._clock()
        if self._asked is not None and now - self._asked < RETRY_SECONDS:
            return
        self._asked = now
        try:
            self._keys = _signing_keys(self._fetch(self._issuer))
        except (OSError, ValueError, AttributeError, jwt.PyJWTError) as error:
            self._error = f" (could not be fetched: {error})"
        else:
            self._fresh_until, self._error = now + FRESH_SECONDS, ""
