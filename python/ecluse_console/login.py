"""How people get in: the code of a link is exchanged once, for the sessions that each page is drawn by.

The console keeps nothing of it and has no key: the browser holds the tracking server's own session, and the
forge's token for reading, both as cookies that no script sees.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Final

from ecluse_console.calls import Calls, Denied, Visitor
from ecluse_identity.sessions import COOKIE

FORGE_COOKIE: Final = "ecluse_forge"


@dataclass(frozen=True)
class Login:
    """Exchanges codes, and makes the tokens that forms carry."""

    calls: Calls
    tracking: str
    forge: str | None
    # New with each process: a page from before says that it is too old.
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def enter(self, code: str) -> Visitor:
        """The visitor of a link's code; raises Unread, and Denied for who has no role here."""
        if not self.forge:
            raise Denied("this environment has no forge that logs people in")
        body = {"grant_type": "authorization_code", "code": code}
        granted = self.calls.post("the forge", f"{self.forge}/oauth/token", {}, body)
        return Visitor(self._session(str(granted["id_token"])), str(granted["access_token"]))

    def _session(self, token: str) -> str:
        """The tracking server's session for its own login token."""
        status, headers = self.calls.first("the tracking server", f"{self.tracking}/?login={token}")
        cookie = SimpleCookie(headers.get("set-cookie", "")).get(COOKIE)
        if cookie is None:
            raise Denied(
                f"the tracking server lets you not in (it answered {status}): you have no role in this "
                "environment; ask whoever keeps the group of its people"
            )
        return cookie.value

    def form_token(self, visitor: Visitor) -> str:
        """What each form of this visitor carries, and no other page knows."""
        return hmac.new(self.key, visitor.session.encode(), hashlib.sha256).hexdigest()

    def is_own_form(self, visitor: Visitor, token: str) -> bool:
        """Whether a form came from a page that this console has drawn for this visitor."""
        return hmac.compare_digest(self.form_token(visitor), token)


def cookies_of(visitor: Visitor) -> Mapping[str, str]:
    """The cookies of a visitor, by name."""
    return {COOKIE: visitor.session, FORGE_COOKIE: visitor.forge}


def visitor_of(cookies: Mapping[str, str]) -> Visitor:
    """The visitor of a request's cookies; raises Stranger."""
    return Visitor.of(cookies, COOKIE, FORGE_COOKIE)


def name_of(visitor: Visitor) -> str:
    """The login to show; it decides nothing, since each server verifies what it is shown itself."""
    try:
        payload = visitor.forge.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["preferred_username"])[:64]
    except (IndexError, KeyError, TypeError, ValueError):
        return "you"
