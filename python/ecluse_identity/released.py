"""The files of a released model are final: no request writes to a model, or a run, that a release registered.

A training may write to the experiment of its use case, and so to the files of the champion too. A model
server and the next release would refuse what was changed, and nobody could put it back.
"""

import re
from collections.abc import Callable
from typing import cast

from mlflow.server import handlers
from mlflow.store.model_registry.dbmodels.models import SqlModelVersion
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import or_, select

from ecluse_identity.proxied import plain

_WRITES = frozenset({"PUT", "POST", "PATCH", "DELETE"})
_FILES = re.compile(r"/mlflow-artifacts/|/mlflow/upload-artifact|/mlflow/artifacts/")
_IDS = re.compile(r"(?<![0-9a-f])(?:m-)?[0-9a-f]{32}(?![0-9a-f])")

Registered = Callable[[set[str]], str | None]


def registered(ids: set[str]) -> str | None:
    """The version in a use case's own registered model that one of these models or runs is, or None.

    Only a release can make one there: its name is that of the workspace (`grants.ROLES`).
    """
    sources = [f"models:/{each}" for each in ids]
    query = select(SqlModelVersion.name, SqlModelVersion.version).where(
        SqlModelVersion.workspace == SqlModelVersion.name,
        or_(SqlModelVersion.source.in_(sources), SqlModelVersion.run_id.in_(ids)),
    )
    # The store of the server's own requests: it knows how to log in to the database.
    store = cast(SqlAlchemyStore, handlers._get_model_registry_store())  # pyright: ignore[reportPrivateUsage]
    with store.engine.connect() as connection:
        found = connection.execute(query.limit(1)).first()
    return f"version {found[1]} of {found[0]}" if found else None


def writes_files(method: str, path: str) -> bool:
    """Whether a request may change files that MLflow keeps."""
    return method in _WRITES and _FILES.search(plain(path)) is not None


def refusal(path: str, query: str, found: Registered = registered) -> str | None:
    """Why a request that writes files is refused, or None; `query` is what stands after the question mark."""
    ids = set(_IDS.findall(f"{plain(path)} {plain(query)}".lower()))
    version = found(ids) if ids else None
    if version is None:
        return None
    return f"{version} is released, and its files are final: train again, in a run of its own."
