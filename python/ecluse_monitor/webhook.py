"""Alerts to a webhook, signed as the Standard Webhooks have it (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.judged import Place

PREFIX = "whsec_"


@dataclass(frozen=True)
class Webhook:
    """Where alerts go, and the secret that their receiver knows the monitor by."""

    place: Place
    secret: str

    def send(self, id_: str, document: dict[str, object]) -> None:
        """Hands one alert over; raises MonitorError where nobody took it. The id is the same each time."""

        def signed(body: bytes) -> dict[str, str]:
            now = str(int(time.time()))
            return {
                "webhook-id": id_,
                "webhook-timestamp": now,
                "webhook-signature": signature(self.secret, id_, now, body),
            }

        self.place.post(document, signed)


def signature(secret: str, id_: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 in base64, over id, time and body."""
    signed = b".".join([id_.encode(), timestamp.encode(), body])
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise MonitorError(f"ECLUSE_WEBHOOK_SECRET begins with {PREFIX}, so base64 must follow") from error
