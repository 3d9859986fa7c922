"""How containers are opened: what is refused, and the workload identity of a pod on Azure."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ecluse_core.container import BlobError
from ecluse_core.opening import open_container

S3_KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}
POD = {
    "AZURE_CLIENT_ID": "client",
    "AZURE_TENANT_ID": "tenant",
    "AZURE_FEDERATED_TOKEN_FILE": "/run/token",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
}
AZURE = "https://account.blob.core.windows.net/data"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (AZURE, 'container_name="data", account_name="account"'),
        (f"{AZURE}?sv=1&sig=x", 'container_name="data", account_name="account"'),
        ("http://127.0.0.1:1/dev/data?sig=x", 'container_name="data", account_name="dev"'),
        ("s3://data?endpoint=http%3A%2F%2Fobjects%3A9000&region=eu", 'bucket="data"'),
    ],
)
def test_each_form_is_opened(url: str, place: str) -> None:
    assert place in repr(open_container("URL", {"URL": url, **POD, **S3_KEYS}).store)


@pytest.mark.parametrize(
    "url",
    [
        "data",
        "/secret/data",
        "ftp://secret/data",
        "https://account.blob.core.windows.net",
        "https://host/secret/data/more?sig=x",
        "https://host/account/data?secret",
        "https://[secret/data?sig=x",
        "s3://data",
        "s3://data?region=secret",
        "s3://data?endpoint=secret&region=eu",
        "s3://data?endpoint=https%3A%2F%2Fo&region=eu&secret=1",
        "s3:///secret?endpoint=https%3A%2F%2Fo&region=eu",
    ],
)
def test_another_form_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(BlobError, match=r"^URL must be like https://<account>") as error:
        open_container("URL", {"URL": url, **POD, **S3_KEYS})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, "URL"),
        *(({"URL": AZURE, **POD, name: ""}, name) for name in POD),
        *(
            ({"URL": "s3://b?endpoint=https%3A%2F%2Fo&region=eu", **S3_KEYS, name: ""}, name)
            for name in S3_KEYS
        ),
    ],
)
def test_a_missing_variable_is_named(environ: dict[str, str], missing: str) -> None:
    with pytest.raises(BlobError, match=f"^{missing} is not set"):
        open_container("URL", environ)


def test_a_token_never_travels_in_the_open() -> None:
    with pytest.raises(BlobError, match="needs an https URL"):
        open_container("URL", {"URL": "http://127.0.0.1:1/dev/data", **POD})


def test_a_connection_string_without_a_key_is_refused() -> None:
    with pytest.raises(BlobError, match="has no AccountKey") as error:
        open_container(
            "URL", {"URL": AZURE, "AZURE_STORAGE_CONNECTION_STRING": "SharedAccessSignature=secret"}
        )
    assert "secret" not in str(error.value)


@dataclass
class Azure:
    """Entra and a storage account in one TLS server: what they were asked, and whether a token is given."""

    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    refusal: str = ""


def _handler(azure: Azure) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            azure.asked.append((self.path, body, self.headers.get("Authorization", "")))
            login = self.path.endswith("/oauth2/v2.0/token")
            answer = azure.refusal or '{"access_token": "granted", "expires_in": 3600}' if login else "blob"
            self.send_response(401 if login and azure.refusal else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")
            self.send_header("ETag", '"0x1"')
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        do_GET = do_POST = _handle

    return Handler


def _certificates(folder: Path) -> tuple[Path, Path]:
    """An authority's certificate, and a certificate of 127.0.0.1 with its key that it signed."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "server")]
    start = datetime.now(UTC) - timedelta(hours=1)
    made: list[bytes] = []
    for key, name in zip(keys, names, strict=True):
        builder = x509.CertificateBuilder(names[0], name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=1))
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = builder.add_extension(x509.BasicConstraints(key is keys[0], None), True)
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), False)
        made.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = keys[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "authority.pem").write_bytes(made[0])
    (folder / "server.pem").write_bytes(made[1] + private)
    return folder / "authority.pem", folder / "server.pem"


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    """A running Azure whose authority this process trusts, as a closed network's own one."""
    azure = Azure()
    authority, certificate = _certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(azure))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    azure.url = f"https://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield azure
    server.shutdown()
    server.server_close()


@pytest.fixture
def pod(azure: Azure, tmp_path: Path) -> dict[str, str]:
    """What AKS gives a pod with a workload identity."""
    token = tmp_path / "token"
    token.write_text("projected")
    places = {"AZURE_FEDERATED_TOKEN_FILE": str(token), "AZURE_AUTHORITY_HOST": f"{azure.url}/"}
    return {"URL": f"{azure.url}/account/data", **POD, **places}


def test_a_pod_logs_in_by_its_workload_identity(
    azure: Azure, pod: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What else is in the environment must not decide how to log in.
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")
    monkeypatch.setenv("AZURE_STORAGE_SAS_KEY", "sig=secret")
    assert open_container("URL", pod).read("a/b").content == b"blob"
    (login, body, _), (path, _, authorization) = azure.asked
    asked = {name: value[0] for name, value in parse_qs(body).items()}
    assert login == "/tenant/oauth2/v2.0/token"
    assert (asked["client_id"], asked["client_assertion"]) == ("client", "projected")
    assert asked["scope"] == "https://storage.azure.com/.default"
    assert (path, authorization) == ("/account/data/a/b", "Bearer granted")


def test_a_refused_login_is_told_by_its_code(azure: Azure, pod: dict[str, str]) -> None:
    azure.refusal = '{"error_description": "AADSTS700213: no matching federated identity for projected"}'
    with pytest.raises(BlobError, match=r"performing token request, .*401, AADSTS700213") as error:
        open_container("URL", pod).read("a/b")
    assert "projected" not in str(error.value)
    Path(pod["AZURE_FEDERATED_TOKEN_FILE"]).unlink()
    with pytest.raises(BlobError, match="reading federated token file"):
        open_container("URL", pod).read("a/b")


def test_a_server_of_an_unknown_authority_is_refused(
    azure: Azure, pod: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(BlobError, match="UnknownIssuer"):
        open_container("URL", pod).read("a/b")
    assert azure.asked == []
