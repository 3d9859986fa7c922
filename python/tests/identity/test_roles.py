"""Roles and rights in a real PostgreSQL, made by the command as its administrator, by token."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ecluse_core.errors import SettingError
from ecluse_identity.rights import table_rights
from ecluse_identity.roles import RolesSettings
from tests.identity.entra import TENANT, Entra, entra, take_tokens, token_of
from tests.identity.postgres import Postgres, postgres
from tests.processes import python_environment

ADMINISTRATOR, OWNER, WRITER, OTHER = (f"00000000-0000-0000-0000-00000000000{n}" for n in range(4))
# A name that only an identifier which is quoted, and no format, survives.
ROLES = {
    "databases": ["tracking", "auth"],
    "owner": {"name": 'prod-"prepare', "object_id": OWNER},
    "writer": {"name": "prod-tracking 100%s", "object_id": WRITER},
}
OWNER_NAME, WRITER_NAME = 'prod-"prepare', "prod-tracking 100%s"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as running:
        take_tokens(running, ADMINISTRATOR, ["tracking", "auth"])
        yield running


@pytest.fixture(scope="module")
def tokens(server: Postgres) -> Iterator[Entra]:
    with entra(server.tls) as running:
        yield running


Make = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def make(server: Postgres, tokens: Entra, tmp_path: Path) -> Make:
    """Runs the command as the Job does."""

    def run(**changes: Any) -> subprocess.CompletedProcess[str]:
        environ = python_environment(
            ECLUSE_ADMIN_DATABASE=server.uri("deployer", "postgres"),
            ECLUSE_DATABASE_ROLES=json.dumps({**ROLES, **changes}),
            ECLUSE_DATABASE_LOGIN="entra",
            **tokens.environment(ADMINISTRATOR, tmp_path),
        )
        command = [sys.executable, "-m", "ecluse_identity.roles"]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)

    return run


def connected(server: Postgres, user: str, object_id: str, database: str) -> Any:
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=server.port,
        user=user,
        dbname=database,
        password=token_of(object_id),
        sslmode="verify-full",
        sslrootcert=server.tls.authority,
    )
    connection.autocommit = True
    return connection.cursor()


def refused(cursor: Any, statement: str, reason: str) -> None:
    with pytest.raises(psycopg2.Error, match=reason):
        cursor.execute(statement)


def test_roles_and_rights(server: Postgres, tokens: Entra, make: Make) -> None:
    for _ in range(2):
        done = make()
        assert done.returncode == 0, done.stderr
    assert tokens.asked[0]["path"] == f"/{TENANT}/oauth2/v2.0/token"
    server.run(f"CREATE ROLE stranger LOGIN PASSWORD '{token_of(OTHER)}'")
    for database in ("tracking", "auth"):
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            connected(server, "stranger", OTHER, database)
        owner = connected(server, OWNER_NAME, OWNER, database)
        owner.execute("CREATE TABLE runs (id serial PRIMARY KEY, name text)")
        for statement in table_rights(WRITER_NAME):
            owner.execute(statement)
        owner.execute("CREATE TABLE later (id serial PRIMARY KEY, name text)")
        writer = connected(server, WRITER_NAME, WRITER, database)
        for table in ("runs", "later"):
            writer.execute(f"INSERT INTO {table} (name) VALUES ('a'); UPDATE {table} SET name = 'b'")
            writer.execute(f"SELECT name FROM {table}; DELETE FROM {table}")
            refused(writer, f"DROP TABLE {table}", f"must be owner of table {table}")
            refused(writer, f"ALTER TABLE {table} ADD extra text", f"must be owner of table {table}")
            refused(writer, f"TRUNCATE {table}", "permission denied")
        refused(writer, "CREATE TABLE mine (id int)", "permission denied for schema public")
        refused(writer, "CREATE SCHEMA mine", "permission denied for database")
        refused(writer, "CREATE TEMPORARY TABLE mine (id int)", "permission denied to create temporary")


CONTROL = "default_version = '1'\ntrusted = {trusted}\n"
NOT_LOADED = """DO $$ BEGIN
  RAISE 'pgaudit must be loaded via shared_preload_libraries' USING ERRCODE = '55000';
END $$;"""


@pytest.fixture
def pgaudit(server: Postgres) -> Iterator[Callable[..., None]]:
    """Puts a stand-in for the extension, with this script, where the administrator's sessions find it."""
    folder = server.folder / "pgaudit" / "extension"

    def install(script: str, trusted: bool = True) -> None:
        folder.mkdir(parents=True)
        (folder / "pgaudit.control").write_text(CONTROL.format(trusted=str(trusted).lower()))
        (folder / "pgaudit--1.sql").write_text(script)
        server.run(f"ALTER ROLE deployer SET extension_control_path = '{folder.parent}:$system'")

    yield install
    server.run("ALTER ROLE deployer RESET extension_control_path")
    shutil.rmtree(folder.parent)


def extensions(server: Postgres, database: str) -> list[tuple[Any, ...]]:
    return server.run("SELECT extname FROM pg_extension WHERE extname = 'pgaudit'", database=database)


def test_a_server_without_pgaudit_is_told_of(server: Postgres, make: Make) -> None:
    done = make()
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert "database 'tracking' has no pgaudit: extension \"pgaudit\" is not available; load it" in lines[0]


def test_pgaudit_is_made_in_each_database_when_it_is_loaded_and_taken_out(
    server: Postgres, make: Make, pgaudit: Callable[..., None]
) -> None:
    pgaudit("CREATE FUNCTION pgaudit_stand_in() RETURNS int LANGUAGE sql RETURN 1;")
    for _ in range(2):
        done = make()
        assert (done.returncode, done.stderr) == (0, "")
    for database in ("tracking", "auth"):
        assert extensions(server, database) == [("pgaudit",)]
    # Twice: the second finds none.
    for _ in range(2):
        done = make(pgaudit=False)
        assert (done.returncode, done.stderr) == (0, "")
    for database in ("tracking", "auth"):
        assert extensions(server, database) == []


def test_a_restart_that_is_pending_is_told_of(
    server: Postgres, make: Make, pgaudit: Callable[..., None]
) -> None:
    pgaudit(NOT_LOADED)
    done = make()
    assert done.returncode == 0
    assert (
        "database 'auth' has no pgaudit: pgaudit must be loaded via shared_preload_libraries" in done.stderr
    )
    assert "restart the server, and run this again" in done.stderr
    assert extensions(server, "auth") == []


def test_a_pgaudit_that_may_not_be_made_is_an_error(make: Make, pgaudit: Callable[..., None]) -> None:
    pgaudit("SELECT 1;", trusted=False)
    done = make()
    assert done.returncode == 1
    assert 'permission denied to create extension "pgaudit"' in done.stderr


def test_a_role_of_another_identity_is_refused(make: Make) -> None:
    make()
    done = make(owner={"name": OWNER_NAME, "object_id": OTHER})
    assert done.returncode == 1
    assert f"belongs to another identity (aadauth,oid={OWNER},type=service), not to {OTHER}" in done.stderr


def test_an_administrator_that_does_not_own_the_database_is_told(server: Postgres, make: Make) -> None:
    server.run("CREATE DATABASE foreign_one")
    done = make(databases=["foreign_one"])
    assert done.returncode == 1
    assert "ecluse_identity.roles: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "ECLUSE_DATABASE_ROLES is not JSON"),
        (
            json.dumps({**ROLES, "owner": {"name": "a", "object_id": "b"}}),
            "object_id must be an object id",
        ),
        (json.dumps({**ROLES, "owner": {"name": "a"}}), "object_id"),
        (json.dumps({**ROLES, "owner": ROLES["writer"]}), "they must be two roles"),
        (json.dumps({**ROLES, "databases": []}), "databases must have at least 1 item"),
        (json.dumps({**ROLES, "databases": "auth"}), "databases must be a list, got 'auth'"),
        (json.dumps({**ROLES, "reader": {}}), "reader is no setting"),
    ],
)
def test_wrong_roles_are_refused(text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        RolesSettings.read({"ECLUSE_ADMIN_DATABASE": "postgresql://u@h/p", "ECLUSE_DATABASE_ROLES": text})
