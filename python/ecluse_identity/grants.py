"""Roles and who holds them, in MLflow's auth store: one MLflow role per workspace and Écluse role."""

import secrets
from collections.abc import Iterable, Mapping

from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

# Role -> (resource type, pattern) -> permission, in the workspace of the use case. `workspace: USE` is what
# creating experiments and models needs; a role without it works only with those that the platform made. Who
# makes a registered model may change that one. The use case's own, with the champion, is the release's alone.
ROLES: Mapping[str, Mapping[str, str]] = {
    "scientist": {"workspace": "USE", "experiment": "EDIT", "registered_model": "READ"},
    "dev-ci": {"workspace": "USE", "experiment": "EDIT", "registered_model": "READ"},
    "train": {"experiment": "EDIT", "registered_model": "READ"},
    "release": {"experiment": "READ", "registered_model": "EDIT"},
    "serve": {"experiment": "READ", "registered_model": "READ"},
    "auditor": {"experiment": "READ", "registered_model": "READ"},
    "monitor": {"experiment": "EDIT", "registered_model": "READ"},
}
_PREFIX = "ecluse-"


def converge_roles(store: SqlAlchemyStore, workspace: str) -> dict[str, int]:
    """Makes the roles of a workspace exactly as in ROLES; gives their ids by role."""
    existing = {role.name: role for role in store.list_roles([workspace])}
    ids: dict[str, int] = {}
    for name, wanted in ROLES.items():
        role = existing.get(_PREFIX + name) or store.create_role(_PREFIX + name, workspace)
        held = {(p.resource_type, p.resource_pattern): p for p in store.list_role_permissions(role.id)}
        for key, permission in held.items():
            if key[1] != "*" or wanted.get(key[0]) != permission.permission:
                store.remove_role_permission(permission.id)
        for resource_type, level in wanted.items():
            kept = held.get((resource_type, "*"))
            if kept is None or kept.permission != level:
                store.add_role_permission(role.id, resource_type, "*", level)
        ids[name] = role.id
    return ids


def converge_user(store: SqlAlchemyStore, name: str, role_ids: Iterable[int]) -> None:
    """Makes a user hold exactly these roles.

    One who holds another than these is created again: what MLflow granted it as the creator of something
    goes with the role that let it create.
    """
    wanted = set(role_ids)
    held: set[int] = set()
    if store.has_user(name):
        user = store.get_user(name)
        held = {role.id for role in store.list_user_roles(user.id) if role.name.startswith(_PREFIX)}
        if held - wanted or user.is_admin:
            store.delete_user(name)
            held = set()
    if not store.has_user(name):
        # Nobody knows this password, and there is no password login: only verified tokens name a user.
        store.create_user(name, secrets.token_urlsafe(32))
    user = store.get_user(name)
    for role_id in sorted(wanted - held):
        store.assign_role_to_user(user.id, role_id)


def person_role_ids(store: SqlAlchemyStore, role: str) -> list[int]:
    """The ids of a role in every workspace: people of a group have their role for each use case."""
    return [r.id for r in store.list_roles() if r.name == _PREFIX + role]


def role_workspaces(store: SqlAlchemyStore, role: str) -> list[str]:
    """The workspaces that have a role, in their order."""
    return sorted(r.workspace for r in store.list_roles() if r.name == _PREFIX + role)
