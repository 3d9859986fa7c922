"""Alerts go by HTTPS to an address that the stack names, and to no other.

The address is resolved once, judged, and connected to as it was judged: a name that answers otherwise the
second time reaches nothing. No redirect is followed, and no proxy is asked.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from ecluse_monitor.errors import MonitorError

TIMEOUT = 10.0
ATTEMPTS = 3
PAUSE = 1.0
"""Seconds before the second attempt; each later one waits twice as long."""
PASSING = (429, 500, 502, 503, 504)
"""Answers that another attempt may not get."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Place:
    """Who gets alerts: its key in the stack's `alerts`, https URL, and networks beside the public ones."""

    name: str
    url: str
    networks: tuple[Network, ...]

    def post(self, document: object, headers: Callable[[bytes], dict[str, str]]) -> None:
        """Hands JSON over; raises MonitorError where nobody took it. Each attempt has headers of its own."""
        body, status = json.dumps(document).encode(), 0
        for attempt in range(1, ATTEMPTS + 1):
            status = self._post(body, {"Content-Type": "application/json", **headers(body)})
            if 200 <= status < 300:
                return
            if status not in PASSING and status != 0:
                break
            if attempt < ATTEMPTS:
                time.sleep(PAUSE * 2 ** (attempt - 1))
        fix = "no redirect is followed: set its final address" if 300 <= status < 400 else "see its log"
        answer = f"HTTP {status}; {fix}" if status else "no answer"
        raise MonitorError(f"{self.name}: {urlsplit(self.url).hostname}: {answer}")

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer; 0 where there was none."""
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _open(self)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, ssl.SSLCertVerificationError):
                raise MonitorError(f"{self.name}: {parts.hostname}: {error.verify_message}") from error
            return 0
        finally:
            connection.close()


class _Connection(http.client.HTTPSConnection):
    """TLS to one of these addresses, whose certificate must be of the host's name."""

    def __init__(self, host: str, port: int, addresses: list[str]) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)
        self._addresses = addresses

    def connect(self) -> None:
        """Connects to the first address that answers, all of which were judged."""
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return self._reach(address)
        return self._reach(last)

    def _reach(self, address: str) -> None:
        plain = socket.create_connection((address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _open(place: Place) -> _Connection:
    parts = urlsplit(place.url)
    host, port = str(parts.hostname), parts.port or 443
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise MonitorError(f"{place.name}: {host}: its name has no address ({error})") from error
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        if not is_allowed(address, place.networks):
            raise MonitorError(
                f"{place.name}: {host} is {address}, which is no public address; name its network in "
                f"alerts.{place.name}.networks of the stack, or set another url"
            )
    return _Connection(host, port, addresses)


def is_allowed(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether alerts may go to an address: a public one, or one in a network that was named."""
    real = _reached(ipaddress.ip_address(address.partition("%")[0]))
    return (real.is_global and not real.is_multicast) or any(
        real in network for network in networks if network.version == real.version
    )


def _reached(address: Address) -> Address:
    """The address at the end: those of version 6 may hold one of version 4, which gateways go on to."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    translated = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
    return address.ipv4_mapped or address.sixtofour or translated or address
