"""Logging in to a real PostgreSQL with tokens that end, are renewed, and go to nobody else."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from ecluse_core.errors import SettingError
from ecluse_identity.entra import RENEW_SECONDS, SCOPE, Tokens, show_tokens, use_login
from ecluse_identity.settings import Databases
from tests.identity.postgres import Postgres, postgres
from tests.identity.tls import certificates


@dataclass(frozen=True)
class Given:
    token: str
    expires_on: int


class Issuing:
    """A credential whose tokens are `token-1`, `token-2` and so on, each good for an hour."""

    def __init__(self) -> None:
        self.now, self.given = 0.0, 0

    def get_token(self, *scopes: str) -> Given:
        assert scopes == (SCOPE,)
        self.given += 1
        return Given(f"token-{self.given}", int(self.now) + 3600)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        running.run("CREATE ROLE app LOGIN")
        yield running


def test_a_token_is_kept_until_it_nears_its_end() -> None:
    credential = Issuing()
    tokens = Tokens(credential, lambda: credential.now)
    assert [tokens.present(), tokens.present()] == ["token-1", "token-1"]
    credential.now = 3600 - RENEW_SECONDS
    assert tokens.present() == "token-1"
    credential.now += 1
    assert tokens.present() == "token-2"


def test_threads_share_one_token() -> None:
    credential, seen, start = Issuing(), list[str](), threading.Barrier(16)
    tokens = Tokens(credential, lambda: credential.now)

    def connect() -> None:
        start.wait()
        seen.append(tokens.present())

    threads = [threading.Thread(target=connect) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (credential.given, set(seen), len(seen)) == (1, {"token-1"}, 16)


def test_an_ended_token_is_refused_and_a_renewed_one_logs_in(server: Postgres) -> None:
    credential = Issuing()
    engine = create_engine(server.uri("app", "postgres"), poolclass=NullPool)
    show_tokens(Tokens(credential, lambda: credential.now), engine)

    def log_in() -> object:
        with engine.connect() as connection:
            return connection.execute(text("SELECT current_user")).scalar()

    server.run("ALTER ROLE app PASSWORD 'token-1'")
    assert log_in() == "app"
    server.run("ALTER ROLE app PASSWORD 'token-1' VALID UNTIL '2020-01-01'")
    with pytest.raises(OperationalError, match="password authentication failed") as refusal:
        log_in()
    assert "token-1" not in str(refusal.value)
    server.run("ALTER ROLE app PASSWORD 'token-2' VALID UNTIL 'infinity'")
    with pytest.raises(OperationalError, match="password authentication failed"):
        log_in()
    credential.now = 3600
    assert (log_in(), credential.given) == ("app", 2)


def test_no_token_goes_to_a_server_that_is_not_verified(server: Postgres, tmp_path: Path) -> None:
    credential = Issuing()
    other = server.uri("app", "postgres").replace(
        str(server.tls.authority), str(certificates(tmp_path).authority)
    )
    for uri, error in (
        (server.uri("app", "postgres", "require"), SettingError),
        (server.uri("app", "postgres").partition("?")[0], SettingError),
        (other, OperationalError),
    ):
        engine = create_engine(uri, poolclass=NullPool)
        show_tokens(Tokens(credential, lambda: credential.now), engine)
        with pytest.raises(error, match=r"sslmode must be verify-full|certificate verify failed"):
            engine.connect()


VERIFIED = {
    "ECLUSE_TRACKING_DATABASE": "postgresql://u@h/t?sslmode=verify-full",
    "ECLUSE_AUTH_DATABASE": "postgresql://u@h/a?sslmode=verify-full",
}


@pytest.mark.parametrize(
    ("login", "uris", "message"),
    [
        ("kerberos", VERIFIED, "ECLUSE_DATABASE_LOGIN must be 'password' or 'entra', got 'kerberos'"),
        ("entra", VERIFIED, "needs AZURE_CLIENT_ID"),
        (
            "entra",
            {**VERIFIED, "ECLUSE_AUTH_DATABASE": "postgresql://u@h/a?sslmode=require"},
            "ECLUSE_AUTH_DATABASE: sslmode must be verify-full .* got 'require'",
        ),
    ],
)
def test_a_login_that_cannot_be_is_refused(
    login: str, uris: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)
    with pytest.raises(SettingError, match=message):
        use_login(Databases.read({**uris, "ECLUSE_DATABASE_LOGIN": login}))
