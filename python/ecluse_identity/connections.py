"""How long the tracking server waits for its database, where the network only keeps silent."""

from typing import Any

from sqlalchemy import Engine, event

_CONNECT_SECONDS = 5
_SILENT_MILLISECONDS = 10_000


def bound_connections() -> None:
    """Makes every new PostgreSQL connection of the process give up; libpq would wait for minutes."""

    def bounded(dialect: Any, _record: Any, _args: Any, params: dict[str, Any]) -> None:
        if dialect.name == "postgresql":
            params.setdefault("connect_timeout", _CONNECT_SECONDS)
            params.setdefault("tcp_user_timeout", _SILENT_MILLISECONDS)

    event.listen(Engine, "do_connect", bounded)
