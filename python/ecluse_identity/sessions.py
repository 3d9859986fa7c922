"""People's browser sessions: a one-use login token becomes a signed cookie."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from ecluse_identity.claims import Principal, Refused
from ecluse_identity.verify import LEEWAY_SECONDS, Verified

COOKIE = "ecluse_session"
SESSION_SECONDS = 8 * 3600
LOGIN_SECONDS = 60
_KEY_CHARACTERS = 32


class Sessions:
    """Turns login tokens into cookies and reads the cookies back. Safe to use from several threads.

    `key` is the key that signs, and after a comma the one before it, whose cookies are still read.
    """

    def __init__(self, key: str, audience: str, clock: Callable[[], float] = time.time) -> None:
        keys = key.split(",")
        shortest = min(len(each) for each in keys)
        if shortest < _KEY_CHARACTERS:
            raise ValueError(
                f"ECLUSE_SESSION_KEY has {shortest} characters; give at least {_KEY_CHARACTERS} random ones"
            )
        # The audience is part of the salt: a cookie of another server of the same key is worth nothing.
        # The last key signs; cookies of the ones before are read, so that a rotation ends no session.
        self._signer = URLSafeTimedSerializer(keys[::-1], salt=f"ecluse-session:{audience}")
        self._clock = clock
        self._started = int(clock())
        self._used: dict[str, float] = {}
        self._forgotten = 0.0
        self._lock = threading.Lock()

    def login(self, verified: Verified) -> str:
        """The cookie for a login token, which is used up by it; raises Refused."""
        claims, principal = verified.claims, verified.principal
        if not principal.name.startswith("person:"):
            raise Refused(f"{principal.name} is no person; only people have sessions")
        if float(claims["exp"]) - float(claims["iat"]) > LOGIN_SECONDS:
            raise Refused(f"a login token lives at most {LOGIN_SECONDS} s")
        if float(claims["iat"]) < self._started:
            # Used ids are kept in memory: what was issued before it was filled may have been used.
            raise Refused(
                "the login token is older than this server; ask for a new one, or start the server again "
                "if the clock was set back"
            )
        self._use(str(claims.get("jti") or ""), float(claims["exp"]))
        return self._signer.dumps([principal.name, principal.role, principal.use_case])

    def _use(self, jti: str, expires: float) -> None:
        if not jti:
            raise Refused("a login token needs a jti")
        with self._lock:
            self._forget(self._clock())
            # Where the clock was set back, a token whose id is forgotten would be good again.
            if jti in self._used or expires <= self._forgotten:
                raise Refused("the login token was used before; ask for a new one")
            self._used[jti] = expires

    def _forget(self, now: float) -> None:
        over = [jti for jti, expires in self._used.items() if expires + LEEWAY_SECONDS <= now]
        self._forgotten = max([self._forgotten, *(self._used.pop(jti) for jti in over)])

    def refuse_used(self, claims: Mapping[str, Any]) -> None:
        """Refuses a login token that comes again as a bearer token (an address bar keeps it)."""
        if claims.get("jti") in self._used:
            raise Refused("the token was used to log in; it serves for nothing else")

    def read(self, cookie: str) -> Principal:
        """The person of a session cookie; raises Refused."""
        try:
            name, role, use_case = self._signer.loads(cookie, max_age=SESSION_SECONDS)
        except (BadData, ValueError, TypeError) as error:
            raise Refused(
                f"the session is not valid: {type(error).__name__}; log in again by `ecluse open`"
            ) from None
        return Principal(str(name), str(role), str(use_case))
