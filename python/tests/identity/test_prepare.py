"""Grants converge on what ECLUSE_GRANTS says, and wrong documents are refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecluse_core.errors import SettingError
from ecluse_identity.prepare import Grants, PrepareSettings, prepare
from ecluse_identity.settings import ServerSettings
from tests.identity.tracking import TRACKING, identity_document

TRAIN = {"principal": "ci:a:prod:train", "role": "train", "workspace": "case-a"}


def granted(**changes: object) -> dict[str, Any]:
    return {"workspaces": ["case-a"], "grants": [{**TRAIN, **changes}]}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "ECLUSE_GRANTS is not JSON"),
        ('{"workspaces": []}', "ECLUSE_GRANTS: grants is missing"),
        (
            granted(role="boss"),
            r"grants\[0\].role must be .* got 'boss'",
        ),
        ({"workspaces": [], "grants": [TRAIN]}, "workspace 'case-a', which is not in workspaces"),
        (
            granted(principal="admin"),
            r"grants\[0\].principal must be .* got 'admin'",
        ),
        (granted(extra=1), r"grants\[0\].extra is no setting"),
    ],
)
def test_wrong_grants_are_refused(document: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        text = document if isinstance(document, str) else json.dumps(document)
        PrepareSettings.read({**DATABASES, "ECLUSE_GRANTS": text})


def held(store: Any, name: str) -> set[tuple[str, str, str, str]]:
    return {
        (role.workspace, permission.resource_type, permission.resource_pattern, permission.permission)
        for role in store.list_user_roles(store.get_user(name).id)
        for permission in role.permissions
    }


def test_grants_converge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_WORKSPACES", "true")
    from mlflow.server import auth

    from ecluse_identity.grants import converge_user, person_role_ids

    uris = f"sqlite:///{tmp_path}/tracking.db", f"sqlite:///{tmp_path}/auth.db"
    serve = {"principal": "workload:case-a:prod:serve", "role": "serve", "workspace": "case-a"}
    both = {"workspaces": ["case-a", "case-b"], "grants": [TRAIN, serve]}
    for _ in range(2):
        prepare(*uris, Grants.model_validate_json(json.dumps(both)))
        wanted = {("case-a", "experiment", "*", "EDIT"), ("case-a", "registered_model", "*", "READ")}
        assert held(auth.store, "ci:a:prod:train") == wanted

    converge_user(auth.store, "person:ada", person_role_ids(auth.store, "scientist"))
    assert {workspace for workspace, *_ in held(auth.store, "person:ada")} == {"case-a", "case-b"}
    converge_user(auth.store, "person:ada", person_role_ids(auth.store, "auditor"))
    assert {permission for *_, permission in held(auth.store, "person:ada")} == {"READ"}

    role = auth.store.get_role_by_name("case-a", "ecluse-train")
    auth.store.add_role_permission(role.id, "workspace", "*", "MANAGE")
    auth.store.create_user("intruder", "long enough password", is_admin=True)
    changed = {**both, "grants": [{**TRAIN, "role": "serve"}]}
    prepare(*uris, Grants.model_validate_json(json.dumps(changed)))
    assert {permission for *_, permission in held(auth.store, "ci:a:prod:train")} == {"READ"}
    assert {user.username for user in auth.store.list_users()} == {"ci:a:prod:train", "person:ada"}
    assert len(auth.store.list_role_permissions(role.id)) == 2
    auth.store.engine.dispose()


DATABASES = {"ECLUSE_TRACKING_DATABASE": "postgresql://u@h/t", "ECLUSE_AUTH_DATABASE": "postgresql://u@h/a"}
SERVER = {
    **DATABASES,
    "ECLUSE_PORT": "4000",
    "ECLUSE_ENVIRONMENT": "prod",
    "ECLUSE_ARTIFACTS": "wasbs://artifacts@prod.blob.core.windows.net/",
    "ECLUSE_SESSION_KEY": "k" * 32,
    "ECLUSE_IDENTITY": identity_document("http://forge.test", "http://forge.test/k", {"keys": []}, TRACKING),
}


def test_a_password_in_a_database_uri_is_refused() -> None:
    with pytest.raises(SettingError, match="ECLUSE_AUTH_DATABASE holds a password") as error:
        ServerSettings.read({**SERVER, "ECLUSE_AUTH_DATABASE": "postgresql://u:hunter2@h/a"})
    with pytest.raises(SettingError, match="ECLUSE_AUTH_DATABASE holds a password"):
        ServerSettings.read({**SERVER, "ECLUSE_AUTH_DATABASE": "postgresql://u@h/a?password=hunter2"})
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("name", SERVER)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=f"{name} is not set"):
        ServerSettings.read({key: value for key, value in SERVER.items() if key != name})


@pytest.mark.parametrize("hosts", ["*", "*.test", "https://a.test", "a.test,", "a.test:port", "A_b"])
def test_wrong_hosts_are_named(hosts: str) -> None:
    with pytest.raises(SettingError, match="ECLUSE_ALLOWED_HOSTS must be host or host:port"):
        ServerSettings.read({**SERVER, "ECLUSE_ALLOWED_HOSTS": hosts})


def test_a_wrong_port_is_named() -> None:
    with pytest.raises(SettingError, match="ECLUSE_PORT must be 1 to 65535, got '70000'"):
        ServerSettings.read({**SERVER, "ECLUSE_PORT": "70000"})
