"""Who may do what in the databases: PostgreSQL's own rights, beneath those that MLflow keeps."""

from collections.abc import Iterable

from psycopg2 import sql
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

TABLE_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def query(
    uri: str, statements: Iterable[sql.Composable], values: tuple[str, ...] = (), database: str | None = None
) -> list[tuple[object, ...]]:
    """Runs statements in one transaction, each with the same values; gives the last one's rows."""
    url = make_url(uri)
    engine = create_engine(url.set(database=database or url.database), poolclass=NullPool)
    connection, rows = engine.raw_connection(), list[tuple[object, ...]]()
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement, values or None)
            if cursor.description:
                rows = [tuple(row) for row in cursor.fetchall()]
        connection.commit()
        return rows
    finally:
        connection.close()


def database_rights(database: str, owner: str, writer: str) -> list[sql.Composed]:
    """In `database`: nobody comes in but the owner, who may make tables, and the writer, who may not."""
    names = {name: sql.Identifier(value) for name, value in (("d", database), ("o", owner), ("w", writer))}
    return [
        sql.SQL(text).format(**names)
        for text in (
            "REVOKE ALL ON DATABASE {d} FROM PUBLIC",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT CONNECT, CREATE ON DATABASE {d} TO {o}",
            "GRANT USAGE, CREATE ON SCHEMA public TO {o}",
            "GRANT CONNECT ON DATABASE {d} TO {w}",
            "GRANT USAGE ON SCHEMA public TO {w}",
        )
    ]


# A right that the caller cannot give or take is only warned of: what came of it has to be asked for.
HELD_RIGHTS = sql.SQL(
    "SELECT has_schema_privilege(%s, 'public', 'CREATE'), has_schema_privilege(%s, 'public', 'CREATE'),"
    " EXISTS (SELECT FROM pg_database, aclexplode(datacl) WHERE datname = current_database() AND grantee = 0)"
)


def table_rights(writer: str) -> list[sql.Composed]:
    """The writer's rights in the tables and sequences that the caller made, and in those that come."""
    tables, sequences = f"GRANT {TABLE_RIGHTS} ON", "GRANT USAGE ON"
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    return [
        sql.SQL(text).format(w=sql.Identifier(writer))
        for text in (
            f"{tables} ALL TABLES IN SCHEMA public TO {{w}}",
            f"{sequences} ALL SEQUENCES IN SCHEMA public TO {{w}}",
            f"{later} {tables} TABLES TO {{w}}",
            f"{later} {sequences} SEQUENCES TO {{w}}",
        )
    ]
