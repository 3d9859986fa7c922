"""What tests need to stand before a real tracking server: a token issuer with a JWKS, and the server."""

import json
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.core.azurite import Azurite, artifacts_of, azurite
from tests.identity.tls import Certificates
from tests.processes import free_port, python_environment, running

TRACKING = "ecluse-prod-tracking"
SERVING = "ecluse-prod-serving"
WORKLOADS = "https://prod.ecluse.local"
NAMESPACES = {
    name: {"use_case": name, "roles": ["serve", "monitor"]}
    for name in ("bank-churn", "other-case", "unknown-case")
} | {"bank-churn-ci": {"use_case": "bank-churn", "roles": ["train"]}}


@dataclass
class TokenIssuer:
    """An issuer of tokens with one key: ES256, or RS256 as GitLab, Entra and clusters sign."""

    issuer: str
    kid: str = "key-1"
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def algorithm(self) -> str:
        """What the key signs by."""
        return "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"

    def jwks(self) -> dict[str, Any]:
        """The public key as a JWKS document."""
        key = self.key.public_key()
        text = RSAAlgorithm.to_jwk(key) if isinstance(key, rsa.RSAPublicKey) else ECAlgorithm.to_jwk(key)
        known = {"kid": self.kid, "alg": self.algorithm, "use": "sig"}
        # PyJWT says what a key may be used for in words of its own, which JWKS of issuers do not have.
        public = {name: value for name, value in json.loads(text).items() if name != "key_ops"}
        return {"keys": [{**public, **known}]}

    def mint(self, claims: Mapping[str, Any], seconds: int = 3600, **header: str) -> str:
        """A token of these claims, with iss, iat, exp and jti added where they are missing."""
        now = int(time.time())
        given = {
            "iss": self.issuer,
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode({**given, **claims}, self.key, self.algorithm, {"kid": self.kid, **header})

    def ci(self, role: str = "train", audience: str = TRACKING, **claims: Any) -> str:
        """The token of a job of the use case (train) or of the platform (release)."""
        number, path = ("1", "ecluse/platform") if role == "release" else ("2", "ecluse/bank-churn")
        known = {"project_id": number, "project_path": path, "environment": "prod", "ref": "main"}
        sub = f"project_path:{path}:ref_type:branch:ref:main"
        job = {"sub": sub, "aud": audience, "job_id": "7", "ref_protected": "true", **known}
        return self.mint({**job, **claims})

    def person(self, seconds: int = 3600, **claims: Any) -> str:
        """The token of a person who is a scientist at the forge."""
        known = {"sub": "user:ada", "preferred_username": "ada", "groups": ["ecluse-scientists"]}
        return self.mint({"aud": TRACKING, **known, **claims}, seconds)

    def workload(self, role: str = "serve", audience: str = TRACKING, use_case: str = "bank-churn") -> str:
        """The projected token of a service account in a namespace of the use case."""
        return self.mint({"sub": f"system:serviceaccount:{use_case}:{role}", "aud": audience})


@contextmanager
def jwks_server(document: Mapping[str, Any]) -> Generator[str, None, None]:
    """Serves a JWKS on loopback; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    server.server_close()


def identity_document(forge: str, jwks_uri: str, workloads: Mapping[str, Any], audience: str) -> str:
    """`ECLUSE_IDENTITY` of a production environment that trusts the forge and its own workloads."""
    both = {"issuer": forge, "jwks_uri": jwks_uri}
    return json.dumps(
        {
            "environment": "prod",
            "tier": "production",
            "audience": audience,
            "issuers": [
                {"kind": "ci", **both},
                {"kind": "person", **both},
                {"kind": "workload", "issuer": WORKLOADS, "jwks": workloads, "namespaces": NAMESPACES},
            ],
            "projects": {
                "1": {"path": "ecluse/platform", "role": "release", "use_case": "*"},
                "2": {"path": "ecluse/bank-churn", "role": "train", "use_case": "bank-churn"},
            },
            "groups": {"ecluse-scientists": "auditor", "makers": "scientist"},
        }
    )


@dataclass(frozen=True)
class RunningEnvironment:
    """A running tracking server on SQLite and Azurite, and the issuers that it trusts."""

    url: str
    forge: TokenIssuer
    workloads: TokenIssuer
    serving_identity: str
    store: Azurite
    folder: Path


GRANTS = {
    "workspaces": ["bank-churn", "other-case"],
    "grants": [
        {"principal": "ci:ecluse/bank-churn:prod:train", "role": "train", "workspace": "bank-churn"},
        {"principal": "ci:ecluse/platform:prod:release", "role": "release", "workspace": "bank-churn"},
        {"principal": "workload:bank-churn:prod:serve", "role": "serve", "workspace": "bank-churn"},
        {"principal": "workload:bank-churn:prod:monitor", "role": "monitor", "workspace": "bank-churn"},
        {"principal": "workload:bank-churn:prod:train", "role": "train", "workspace": "bank-churn"},
    ],
}


@contextmanager
def environment(folder: Path, tls: Certificates | None = None) -> Generator[RunningEnvironment, None, None]:
    """Prepares and runs a production environment's tracking server with its issuers and blob endpoint."""
    forge, workloads = TokenIssuer("http://forge.test"), TokenIssuer(WORKLOADS, "workload-1")
    port = free_port()
    with azurite(folder / "blobs", "prod") as store, jwks_server(forge.jwks()) as jwks_uri:
        store.make("artifacts", "data", "holdout", "inference")
        environ = python_environment(
            ECLUSE_ENVIRONMENT="prod",
            ECLUSE_HOST="127.0.0.1",
            ECLUSE_PORT=str(port),
            ECLUSE_IDENTITY=identity_document(forge.issuer, jwks_uri, workloads.jwks(), TRACKING),
            ECLUSE_SESSION_KEY=secrets.token_urlsafe(32),
            ECLUSE_ARTIFACTS=store.artifacts,
            ECLUSE_ALLOWED_HOSTS="tracking.prod.svc:5000,tracking.test",
            **({"ECLUSE_TLS_FOLDER": str(tls.folder)} if tls else {}),
            **store.credentials,
            **_databases(folder),
        )
        python = [sys.executable, "-W", "ignore", "-m"]
        shutil.copytree(_prepared().name, folder, dirs_exist_ok=True)
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        identity = identity_document(forge.issuer, jwks_uri, workloads.jwks(), SERVING)
        with running([*python, "ecluse_identity.serve"], environ, f"{url}/health", folder / "server.log"):
            yield RunningEnvironment(url, forge, workloads, identity, store, folder)


@cache
def _prepared() -> TemporaryDirectory[str]:
    """The databases that `ecluse_identity.prepare` makes: the same for every environment, so made once."""
    kept = TemporaryDirectory()
    environ = python_environment(
        **_databases(Path(kept.name)), ECLUSE_ARTIFACTS=artifacts_of("prod"), ECLUSE_GRANTS=json.dumps(GRANTS)
    )
    command = [sys.executable, "-W", "ignore", "-m", "ecluse_identity.prepare"]
    subprocess.run(command, env=environ, check=True, timeout=120)
    return kept


def _databases(folder: Path) -> dict[str, str]:
    return {
        "ECLUSE_TRACKING_DATABASE": f"sqlite:///{folder}/tracking.db",
        "ECLUSE_AUTH_DATABASE": f"sqlite:///{folder}/auth.db",
    }
