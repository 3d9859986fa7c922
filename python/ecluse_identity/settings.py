"""The settings of the tracking server and of what prepares it, and how MLflow gets them."""

import hashlib
import hmac
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from ecluse_core.settings import Environment, Secret
from ecluse_core.tls import Listening
from ecluse_identity.trust import Trusting

# No wildcard: MLflow would take one, and so any name that somebody points here.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


def _without_password(uri: str) -> str:
    if ":" in uri.partition("://")[2].rpartition("@")[0] or "password=" in uri:
        raise ValueError("holds a password; give it in PGPASSWORD, or set ECLUSE_DATABASE_LOGIN=entra")
    return uri


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(","))
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError(f"must be host or host:port, divided by commas, got {text!r}")
    return hosts


Hosts = Annotated[tuple[str, ...], BeforeValidator(_hosts), WithJsonSchema({"type": "string"})]
DatabaseUri = Annotated[str, AfterValidator(_without_password)]
"""The password comes in PGPASSWORD, or is a token: it is in no file and no argument."""


class DatabaseLogin(Environment):
    """A process that logs in to PostgreSQL."""

    database_login: Literal["password", "entra"] = "password"

    def uris(self) -> dict[str, str]:
        """The URIs of its databases by the names of their variables, for errors that name them."""
        fields = {f"ECLUSE_{name.upper()}": getattr(self, name) for name in type(self).model_fields}
        return {name: uri for name, uri in fields.items() if name.endswith("_DATABASE")}


class Databases(DatabaseLogin):
    """URIs of the tracking database and of the auth database, without passwords."""

    tracking_database: DatabaseUri
    auth_database: DatabaseUri


class ServerSettings(Databases, Listening, Trusting):
    """How the tracking server listens, which callers it trusts, and where it stores things."""

    environment: str
    artifacts: str
    session_key: Secret
    allowed_hosts: Hosts = ()


def mlflow_environment(settings: ServerSettings) -> dict[str, str]:
    """The settings that `mlflow server` would give its worker (3.17), for a server in this process."""
    names = ["127.0.0.1", "localhost", f"{settings.environment}.localhost", settings.host]
    hosts = [item for name in dict.fromkeys(names) for item in (name, f"{name}:{settings.port}")]
    # Each login link has a name of its own there; browsers take all of them to this machine.
    hosts.append(f"{settings.environment}-*.localhost:{settings.port}")
    origins = [f"http://{host}" for host in hosts if ":" in host]
    # What came by another name came through an ingress, which speaks https.
    origins += [f"https://{host}" for host in settings.allowed_hosts]
    csrf_key = hmac.new(settings.session_key.encode(), b"mlflow-csrf", hashlib.sha256).hexdigest()
    return {
        "_MLFLOW_SERVER_FILE_STORE": settings.tracking_database,
        "_MLFLOW_SERVER_REGISTRY_STORE": settings.tracking_database,
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": settings.artifacts,
        "_MLFLOW_SGI_NAME": "uvicorn",
        # There is no administrator: all that one would do, prepare.py does on the database.
        "_MLFLOW_AUTH_ADMIN_BOOTSTRAPPED": "true",
        "_MLFLOW_IN_JOB_EXECUTOR": "false",
        "MLFLOW_ENABLE_WORKSPACES": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_SERVER_ENABLE_GRAPHQL_AUTH": "true",
        "MLFLOW_BASIC_AUTH_FAIL_CLOSED": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_FLASK_SERVER_SECRET_KEY": csrf_key,
        "MLFLOW_SERVER_ALLOWED_HOSTS": ",".join([*hosts, *settings.allowed_hosts]),
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": ",".join(origins),
    }


@contextmanager
def auth_configuration(database: str) -> Generator[None, None, None]:
    """MLflow's auth configuration in a private file, which MLflow reads while it is imported."""
    with TemporaryDirectory(prefix="ecluse-auth-") as folder:
        path = Path(folder, "auth.ini")
        path.touch(mode=0o600)
        path.write_text(
            "[mlflow]\n"
            "default_permission = NO_PERMISSIONS\n"
            f"database_uri = {database.replace('%', '%%')}\n"
            "authorization_function = ecluse_identity.app:authenticate\n"
            "grant_default_workspace_access = false\n"
        )
        os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(path)
        try:
            yield
        finally:
            del os.environ["MLFLOW_AUTH_CONFIG_PATH"]
