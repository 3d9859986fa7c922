"""Keys fetched as from a cluster's API server: by its own authority, with a token, and from nowhere else."""

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from ecluse_identity.keys import KeySet, UnknownKey, fetch_jwks
from ecluse_identity.trust import Issuer
from tests.identity.tls import certificates
from tests.identity.tracking import TokenIssuer

PODS = TokenIssuer("https://kubernetes.default.svc")


@dataclass
class ApiServer:
    """A running server, and the issuer that names its keys; `/moved` redirects to them."""

    issuer: Issuer
    seen: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])


@pytest.fixture
def api_server(tmp_path: Path) -> Iterator[ApiServer]:
    tls, token = certificates(tmp_path), tmp_path / "token"
    token.write_text("first\n")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.seen.append((self.path, self.headers["Authorization"]))
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "/keys")
            self.end_headers()
            self.wfile.write(json.dumps(PODS.jwks()).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    uri = f"https://127.0.0.1:{server.server_port}/keys"
    authority, pod = str(tls.authority), str(token)
    issuer = Issuer("workload", PODS.issuer, uri, namespaces={}, ca_file=authority, token_file=pod)
    served = ApiServer(issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


def test_the_token_is_read_each_time(api_server: ApiServer, tmp_path: Path) -> None:
    assert fetch_jwks(api_server.issuer) == PODS.jwks()
    (tmp_path / "token").write_text("second")
    fetch_jwks(api_server.issuer)
    assert api_server.seen == [("/keys", "Bearer first"), ("/keys", "Bearer second")]


def test_a_server_of_another_authority_sees_no_token(api_server: ApiServer) -> None:
    keys = KeySet(replace(api_server.issuer, ca_file=None))
    with pytest.raises(UnknownKey, match="CERTIFICATE_VERIFY_FAILED"):
        keys.find(PODS.kid)
    assert api_server.seen == []


def test_the_authorities_of_the_environment_are_trusted(
    api_server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variables that pods get for a company's own authority (components/kubernetes/authorities.ts)."""
    of_gitlab = replace(api_server.issuer, ca_file=None)
    authority = str(api_server.issuer.ca_file)
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_jwks(of_gitlab)
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(str(of_gitlab.jwks_uri), timeout=5)
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority)
    assert fetch_jwks(of_gitlab) == PODS.jwks()
    # The monitor's issues and alerts go by this client (ecluse_monitor/issues.py).
    assert requests.get(str(of_gitlab.jwks_uri), timeout=5).json() == PODS.jwks()


def test_a_redirect_is_not_followed(api_server: ApiServer) -> None:
    moved = str(api_server.issuer.jwks_uri).replace("/keys", "/moved")
    with pytest.raises(UnknownKey, match="HTTP Error 302"):
        KeySet(replace(api_server.issuer, jwks_uri=moved)).find(PODS.kid)
    assert [path for path, _ in api_server.seen] == ["/moved"]


def test_a_missing_token_file_is_told(api_server: ApiServer) -> None:
    with pytest.raises(UnknownKey, match="No such file"):
        KeySet(replace(api_server.issuer, token_file="/nowhere")).find(PODS.kid)
