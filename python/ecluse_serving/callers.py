"""Who calls. A token that was verified a moment ago is not verified again: that takes longer than scoring."""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Final

from ecluse_identity.claims import Principal
from ecluse_identity.verify import Verifier

SECONDS: Final = 30
"""So long a verified token is known, but not past its expiry: as long a key that was withdrawn is trusted."""
_MOST: Final = 1_000


class Callers:
    """Verifies tokens; safe to use from several threads."""

    def __init__(self, verifier: Verifier, clock: Callable[[], float] = time.monotonic) -> None:
        self._verifier, self._clock = verifier, clock
        self._lock = threading.Lock()
        # By a digest: no token stays in memory. The clock is none that anybody sets.
        self._known: dict[bytes, tuple[Principal, float]] = {}

    def known(self, token: str) -> Principal | None:
        """The caller of a token that was verified a moment ago; never waits."""
        found = self._known.get(_digest(token))
        return found[0] if found and self._clock() < found[1] else None

    def verify(self, token: str) -> Principal:
        """The caller that a token proves; may fetch keys. Raises Refused."""
        began = self._clock()
        verified = self._verifier.verify(token)
        seconds = min(SECONDS, float(verified.claims["exp"]) - time.time())
        with self._lock:
            self._known.pop(_digest(token), None)
            while len(self._known) >= _MOST:
                del self._known[next(iter(self._known))]
            self._known[_digest(token)] = verified.principal, began + seconds
        return verified.principal


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
