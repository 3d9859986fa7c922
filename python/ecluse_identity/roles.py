"""Makes PostgreSQL's roles for identities of Entra, and pgaudit: `python -m ecluse_identity.roles`.

Azure makes servers and databases, but no roles in them. `ECLUSE_ADMIN_DATABASE` is the URI of the database
`postgres`, its user an administrator of Entra; `ECLUSE_DATABASE_ROLES` says which roles there must be:

    {"databases": ["tracking", "auth"],
     "owner":  {"name": "prod-prepare",  "object_id": "00000000-0000-0000-0000-000000000001"},
     "writer": {"name": "prod-tracking", "object_id": "00000000-0000-0000-0000-000000000002"}}

The owner migrates (`ecluse_identity.prepare`, after this), the writer serves (`ecluse_identity.serve`).
`"pgaudit": false` takes pgaudit out: a server that has it cannot be brought to the next major version.
May be run again at any time.
"""

import os
import sys
from typing import Annotated, Self

from psycopg2 import Error, sql
from psycopg2.errors import FeatureNotSupported, ObjectNotInPrerequisiteState
from pydantic import Field, Json, model_validator
from sqlalchemy.exc import DBAPIError

from ecluse_core.errors import SettingError
from ecluse_core.settings import Document, Text, matches
from ecluse_identity.entra import use_login
from ecluse_identity.rights import HELD_RIGHTS, database_rights, query
from ecluse_identity.settings import DatabaseLogin, DatabaseUri

_FIND = sql.SQL(
    "SELECT label FROM pg_roles LEFT JOIN pg_shseclabel ON objoid = pg_roles.oid"
    " AND classoid = 'pg_authid'::regclass AND provider = 'pgaadauth' WHERE rolname = %s"
)
_MAKE = sql.SQL("SELECT pgaadauth_create_principal_with_oid(%s, %s, 'service', false, false)")
# Its event triggers give the objects of a change; loaded but not created, it logs the statements alone.
_AUDIT = sql.SQL("CREATE EXTENSION IF NOT EXISTS pgaudit")
_NO_AUDIT = sql.SQL("DROP EXTENSION IF EXISTS pgaudit")
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class Role(Document):
    """A role's name, and the object id of the identity that logs in by it."""

    name: Text
    object_id: Annotated[str, matches(_UUID, "an object id (a UUID)")]


class Roles(Document):
    """The databases, and the two roles that may use them."""

    databases: Annotated[tuple[Text, ...], Field(min_length=1)]
    owner: Role
    writer: Role
    pgaudit: bool = True

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.owner.name == self.writer.name:
            raise ValueError(f"has {self.owner.name!r} as owner and writer; they must be two roles")
        return self


class RolesSettings(DatabaseLogin):
    """Where the roles are made, and which."""

    admin_database: DatabaseUri
    database_roles: Json[Roles]


def _make_role(uri: str, role: Role) -> None:
    found = query(uri, [_FIND], (role.name,))
    if not found:
        query(uri, [_MAKE], (role.name, role.object_id))
    elif found[0][0] is not None and f"oid={role.object_id}".lower() not in str(found[0][0]).lower():
        raise SettingError(
            f"role {role.name!r} belongs to another identity ({found[0][0]}), not to {role.object_id}; if "
            "that was deleted, say SECURITY LABEL FOR pgaadauth ON ROLE … with the new object id"
        )


def make_roles(uri: str, roles: Roles) -> None:
    """Makes the roles that are missing, and their rights in every database."""
    for role in (roles.owner, roles.writer):
        _make_role(uri, role)
    names = roles.owner.name, roles.writer.name
    for name in roles.databases:
        query(uri, database_rights(name, *names), database=name)
        held = query(uri, [HELD_RIGHTS], names, name)[0]
        if held != (True, False, False):
            raise SettingError(
                f"database {name!r}: owner creates, writer creates, others come in is {held}, must be "
                "(True, False, False); the administrator of ECLUSE_ADMIN_DATABASE must own the database"
            )


def missing_audit(uri: str, roles: Roles) -> dict[str, str]:
    """Makes pgaudit in the databases, or takes it out of them.

    Gives the reason by database where the server cannot have it yet.
    """
    missing: dict[str, str] = {}
    for name in roles.databases:
        try:
            query(uri, [_AUDIT if roles.pgaudit else _NO_AUDIT], database=name)
        # Its library is not loaded, which takes a restart; or there is none.
        except (ObjectNotInPrerequisiteState, FeatureNotSupported) as error:
            missing[name] = str(error).partition("\n")[0]
    return missing


def main() -> int:
    """Makes what the environment names; 1 when something is wrong, but for a pgaudit not there yet."""
    try:
        settings = RolesSettings.read(os.environ)
        roles = settings.database_roles
        use_login(settings)
        make_roles(settings.admin_database, roles)
        missing = missing_audit(settings.admin_database, roles)
    except (SettingError, Error, DBAPIError) as error:
        print(f"ecluse_identity.roles: {error}", file=sys.stderr)
        return 1
    for name, reason in missing.items():
        print(
            f"ecluse_identity.roles: database {name!r} has no pgaudit: {reason}; load it by "
            "shared_preload_libraries, restart the server, and run this again",
            file=sys.stderr,
        )
    print(f"made {roles.owner.name} and {roles.writer.name} in {', '.join(roles.databases)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
