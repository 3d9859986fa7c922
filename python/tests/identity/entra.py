"""A stand-in for Entra: an endpoint that gives tokens for pods' own, and a PostgreSQL that takes them."""

import json
import ssl
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

from tests.identity.postgres import Postgres
from tests.identity.tls import Certificates

TENANT = "11111111-1111-1111-1111-111111111111"
POD_TOKEN = "the pod's own token"


@dataclass
class Entra:
    """A running endpoint; an identity's token is `token_of` its id."""

    port: int
    authority: Path
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    def environment(self, client_id: str, folder: Path) -> dict[str, str]:
        """What Azure's webhook puts into a pod, and the test's certificate authority."""
        token = folder / "federated-token"
        token.write_text(POD_TOKEN)
        return {
            "AZURE_CLIENT_ID": client_id,
            "AZURE_TENANT_ID": TENANT,
            "AZURE_FEDERATED_TOKEN_FILE": str(token),
            "AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{self.port}",
            "REQUESTS_CA_BUNDLE": str(self.authority),
        }


def token_of(object_id: str) -> str:
    """The token of an identity, which is its role's password here."""
    return f"token of {object_id}"


@contextmanager
def entra(tls: Certificates) -> Generator[Entra, None, None]:
    """Answers token requests of workload identities over TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            served.asked.append({**form, "path": self.path})
            known = form.get("client_assertion") == POD_TOKEN
            answer = {"access_token": token_of(form["client_id"]), "expires_in": 3600, "token_type": "Bearer"}
            body = json.dumps(answer if known else {"error": "invalid_client"}).encode()
            self.send_response(200 if known else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    served = Entra(server.server_port, tls.authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


# As Azure's: it makes a role, and a label that says whose it is. An administrator there is no superuser.
_STAND_IN = """
CREATE FUNCTION pgaadauth_create_principal_with_oid(name text, oid text, kind text, admin bool, mfa bool)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET allow_system_table_mods = on AS $$
BEGIN
  IF kind <> 'service' OR admin OR mfa THEN RAISE 'no plain service principal'; END IF;
  EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', name, 'token of ' || oid);
  INSERT INTO pg_shseclabel
    SELECT r.oid, 'pg_authid'::regclass, 'pgaadauth', 'aadauth,oid=' || $2 || ',type=service'
    FROM pg_roles r WHERE rolname = name;
  RETURN 'Created role for ' || name;
END $$
"""


def take_tokens(server: Postgres, administrator: str, databases: Iterable[str]) -> None:
    """Makes a server as Azure hands it over: databases, an Entra administrator that owns them, no roles."""
    server.run(
        "CREATE ROLE azure_pg_admin CREATEROLE",
        f"CREATE ROLE deployer LOGIN PASSWORD '{token_of(administrator)}' IN ROLE azure_pg_admin",
        _STAND_IN,
        *(f"CREATE DATABASE {name} OWNER azure_pg_admin" for name in databases),
    )
