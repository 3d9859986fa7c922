"""The environment variables of the tracking server, read once, and how MLflow is told about them."""

import hashlib
import hmac
import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

# No wildcard: MLflow would take one, and so any name that somebody points here.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


class SettingError(ValueError):
    """A variable is missing or wrong; the message names it, its value and the fix."""


def required(environ: Mapping[str, str], name: str) -> str:
    """The value of a variable that must be set; raises SettingError."""
    value = environ.get(name, "")
    if not value:
        raise SettingError(f"{name} is not set; see docs/architecture.md, 'The environment of processes'")
    return value


@dataclass(frozen=True)
class Databases:
    """URIs of the tracking database and of the auth database, without passwords."""

    tracking: str
    auth: str

    def variables(self) -> dict[str, str]:
        """The URIs by the names of their variables, for errors that name them."""
        return {"ECLUSE_TRACKING_DATABASE": self.tracking, "ECLUSE_AUTH_DATABASE": self.auth}


def database(environ: Mapping[str, str], name: str) -> str:
    """A database URI; the password comes in PGPASSWORD, or is a token: it is in no file and no argument."""
    uri = required(environ, name)
    if ":" in uri.partition("://")[2].rpartition("@")[0] or "password=" in uri:
        raise SettingError(
            f"{name} holds a password; give it in PGPASSWORD, or set ECLUSE_DATABASE_LOGIN=entra"
        )
    return uri


def databases(environ: Mapping[str, str]) -> Databases:
    """Both database URIs; raises SettingError."""
    return Databases(*(database(environ, f"ECLUSE_{name}_DATABASE") for name in ("TRACKING", "AUTH")))


@dataclass(frozen=True)
class ServerSettings:
    """How the tracking server listens, and where it keeps what."""

    host: str
    port: int
    environment: str
    databases: Databases
    artifacts: str
    session_key: str
    allowed_hosts: tuple[str, ...]


def _allowed_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    text = environ.get("ECLUSE_ALLOWED_HOSTS", "")
    hosts = tuple(host.strip() for host in text.split(",")) if text else ()
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise SettingError(f"ECLUSE_ALLOWED_HOSTS must be host or host:port, divided by commas, got {text!r}")
    return hosts


def server_settings(environ: Mapping[str, str]) -> ServerSettings:
    """Reads the variables of the tracking server; raises SettingError."""
    port = required(environ, "ECLUSE_PORT")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingError(f"ECLUSE_PORT must be 1 to 65535, got {port!r}")
    return ServerSettings(
        host=environ.get("ECLUSE_HOST", "127.0.0.1"),
        port=int(port),
        environment=required(environ, "ECLUSE_ENVIRONMENT"),
        databases=databases(environ),
        artifacts=required(environ, "ECLUSE_ARTIFACTS"),
        session_key=required(environ, "ECLUSE_SESSION_KEY"),
        allowed_hosts=_allowed_hosts(environ),
    )


def mlflow_environment(settings: ServerSettings) -> dict[str, str]:
    """What `mlflow server` would tell its worker (3.17), for a server in this very process."""
    names = ["127.0.0.1", "localhost", f"{settings.environment}.localhost", settings.host]
    hosts = [item for name in dict.fromkeys(names) for item in (name, f"{name}:{settings.port}")]
    origins = [f"http://{host}" for host in hosts if ":" in host]
    # What came by another name came through an ingress, which speaks https.
    origins += [f"https://{host}" for host in settings.allowed_hosts]
    csrf_key = hmac.new(settings.session_key.encode(), b"mlflow-csrf", hashlib.sha256).hexdigest()
    return {
        "_MLFLOW_SERVER_FILE_STORE": settings.databases.tracking,
        "_MLFLOW_SERVER_REGISTRY_STORE": settings.databases.tracking,
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
