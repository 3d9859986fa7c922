"""Logs in to PostgreSQL with tokens of Entra instead of a password: `ECLUSE_DATABASE_LOGIN=entra`.

PostgreSQL looks at a token when a connection is made, and never again: it may end while the connection
lasts. So every new connection of this process gets a token that is still good, by SQLAlchemy's `do_connect`
event. The pod proves who it is by its ServiceAccount's projected token (workload identity), which Azure's
webhook names in the pod's environment.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Engine, event, make_url

from ecluse_core.errors import SettingError
from ecluse_identity.settings import DatabaseLogin

SCOPE = "https://ossrdbms-aad.database.windows.net/.default"
RENEW_SECONDS = 300


class Token(Protocol):
    """A token, with the time (seconds since 1970) that it ends at."""

    @property
    def token(self) -> str:
        """What is shown to the server."""
        ...

    @property
    def expires_on(self) -> int:
        """When it ends."""
        ...


class Credential(Protocol):
    """What gives tokens, as those of azure-identity do."""

    def get_token(self, *scopes: str) -> Token:
        """A token for a scope."""
        ...


class Tokens:
    """The present token, renewed before it ends. Safe to use from several threads."""

    def __init__(self, credential: Credential, clock: Callable[[], float] = time.time) -> None:
        self._credential = credential
        self._clock = clock
        self._token: Token | None = None
        self._lock = threading.Lock()

    def present(self) -> str:
        """A token that is good for RENEW_SECONDS at least."""
        with self._lock:
            if self._token is None or self._token.expires_on - self._clock() < RENEW_SECONDS:
                self._token = self._credential.get_token(SCOPE)
            return self._token.token


def _workload_identity() -> Credential:
    from azure.identity import WorkloadIdentityCredential

    try:
        return WorkloadIdentityCredential()
    except ValueError:
        raise SettingError(
            "ECLUSE_DATABASE_LOGIN=entra needs AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE; "
            "label the pod azure.workload.identity/use=true, annotate its ServiceAccount with the client id"
        ) from None


def _require_verified_tls(sslmode: object, where: str) -> None:
    if sslmode != "verify-full":
        raise SettingError(
            f"{where}: sslmode must be verify-full with ECLUSE_DATABASE_LOGIN=entra, got {sslmode!r}; "
            "a token would go to whoever answers"
        )


def show_tokens(tokens: Tokens, engine: Engine | type[Engine]) -> None:
    """Makes every new PostgreSQL connection of an engine, or of all, log in with the present token."""

    def log_in(dialect: Any, _record: Any, _args: Any, params: dict[str, Any]) -> None:
        if dialect.name == "postgresql":
            _require_verified_tls(params.get("sslmode"), "connection")
            params["password"] = tokens.present()

    event.listen(engine, "do_connect", log_in)


def use_login(settings: DatabaseLogin) -> None:
    """Prepares the login that ECLUSE_DATABASE_LOGIN names, to its databases; raises SettingError."""
    if settings.database_login == "entra":
        for name, uri in settings.uris().items():
            _require_verified_tls(make_url(uri).query.get("sslmode"), name)
        show_tokens(Tokens(_workload_identity()), Engine)
