"""Prepares an environment's tracking server: `python -m ecluse_identity.prepare`, before the server starts.

Migrates both databases, then makes them say what `ECLUSE_GRANTS` says, no more and no less:

    {"workspaces": ["bank-churn"],
     "grants": [
       {"principal": "ci:ecluse/bank-churn:prod:train", "role": "train", "workspace": "bank-churn"},
       {"principal": "ci:ecluse/platform:prod:release", "role": "release", "workspace": "bank-churn"},
       {"principal": "workload:bank-churn:prod:serve", "role": "serve", "workspace": "bank-churn"},
       {"principal": "workload:bank-churn:prod:monitor", "role": "monitor", "workspace": "bank-churn"}]}

A workspace is a use case; its experiment and its registered model of the same name are made with it.
`role` is one of `grants.ROLES`, of those for machines. People are not named here: a first login makes the
user, with the role of the group. Tables belong to the role that prepares; `ECLUSE_DATABASE_WRITER` names
another that the server logs in by.
"""

import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Json, model_validator

from ecluse_core.errors import SettingError
from ecluse_core.importing import importing
from ecluse_core.light import UNUSED_BY_TRACKING, hide_libraries
from ecluse_core.settings import Document, Text, matches
from ecluse_identity.entra import use_login
from ecluse_identity.settings import Databases, auth_configuration

Principal = Annotated[str, matches("(ci|workload):.+", "a principal that starts with ci: or workload:")]


class Grant(Document):
    """A machine's role in a workspace."""

    principal: Principal
    role: Literal["dev-ci", "train", "release", "serve", "monitor"]
    workspace: Text


class Grants(Document):
    """All workspaces, and all grants to machines."""

    workspaces: tuple[Text, ...]
    grants: tuple[Grant, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        unknown = {grant.workspace for grant in self.grants} - set(self.workspaces)
        if unknown:
            raise ValueError(f"grants workspace {min(unknown)!r}, which is not in workspaces")
        return self


class PrepareSettings(Databases):
    """What the tracking server's databases must say, and by which other role the server writes."""

    grants: Json[Grants]
    database_writer: str | None = None


def _migrate(uri: str) -> None:
    from mlflow.store.db import utils

    engine = utils.create_sqlalchemy_engine_with_retry(uri)
    utils._safe_initialize_tables(engine)  # pyright: ignore[reportPrivateUsage] - no public name for it
    utils._upgrade_db(engine)  # pyright: ignore[reportPrivateUsage] - what `mlflow db upgrade` calls
    engine.dispose()


def _make_use_case(name: str, tracking: Any, registry: Any) -> None:
    from mlflow.utils.workspace_context import ServerWorkspaceContext

    with ServerWorkspaceContext(name):
        if tracking.get_experiment_by_name(name) is None:
            tracking.create_experiment(name)
        if not registry.search_registered_models(f"name = '{name}'"):
            registry.create_registered_model(name)


def prepare(tracking_uri: str, auth_uri: str, wanted: Grants) -> None:
    """Makes databases, workspaces and grants as ECLUSE_GRANTS says; may be run again at any time."""
    with importing():
        from mlflow.entities import Workspace
        from mlflow.server import auth
        from mlflow.store.model_registry import sqlalchemy_workspace_store as registries
        from mlflow.store.tracking import sqlalchemy_workspace_store as trackings
        from mlflow.store.workspace.sqlalchemy_store import SqlAlchemyStore as Workspaces

        from ecluse_identity import grants

    _migrate(tracking_uri)
    auth.store.init_db(auth_uri)
    workspaces = Workspaces(tracking_uri)
    existing = {workspace.name for workspace in workspaces.list_workspaces()}
    tracking = trackings.WorkspaceAwareSqlAlchemyStore(tracking_uri, "mlflow-artifacts:/")
    registry = registries.WorkspaceAwareSqlAlchemyStore(tracking_uri)
    role_ids: dict[tuple[str, str], int] = {}
    for name in wanted.workspaces:
        if name not in existing:
            workspaces.create_workspace(Workspace(name=name))
        _make_use_case(name, tracking, registry)
        ids = grants.converge_roles(auth.store, name)
        role_ids |= {(name, role): number for role, number in ids.items()}
    _converge_users(auth.store, wanted, role_ids)


def _converge_users(store: Any, wanted: Grants, role_ids: Mapping[tuple[str, str], int]) -> None:
    from ecluse_identity import grants

    holders: dict[str, list[int]] = {}
    for grant in wanted.grants:
        holders.setdefault(grant.principal, []).append(role_ids[grant.workspace, grant.role])
    for user in store.list_users():
        if user.username not in holders and not user.username.startswith("person:"):
            store.delete_user(user.username)
    for principal, ids in holders.items():
        grants.converge_user(store, principal, ids)


def let_write(settings: PrepareSettings) -> None:
    """Lets the server's role, where it is another than the one that prepares, read and write all tables."""
    if settings.database_writer:
        from ecluse_identity.rights import query, table_rights

        for uri in settings.uris().values():
            query(uri, table_rights(settings.database_writer))


def main() -> int:
    """Prepares from the environment; 1 when a setting is wrong."""
    try:
        settings = PrepareSettings.read(os.environ)
        use_login(settings)
    except SettingError as error:
        print(f"ecluse_identity.prepare: {error}", file=sys.stderr)
        return 1
    os.environ["MLFLOW_ENABLE_WORKSPACES"] = "true"
    hide_libraries(UNUSED_BY_TRACKING)
    with auth_configuration(settings.auth_database):
        prepare(settings.tracking_database, settings.auth_database, settings.grants)
    let_write(settings)
    done = settings.grants
    print(f"prepared {len(done.workspaces)} workspace(s) and {len(done.grants)} grant(s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
