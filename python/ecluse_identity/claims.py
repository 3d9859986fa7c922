"""What the claims of each kind of token must say, and the principal that they prove."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ecluse_identity.trust import Issuer, Kind, Trust

# A login, or an e-mail address as Entra has it; never a colon, which divides the names of other principals.
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+'-]{0,63}(@[A-Za-z0-9][A-Za-z0-9.-]{0,127})?")
_SERVICE = re.compile(r"system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9-]{1,63})")


class Refused(Exception):
    """A token that is not accepted; the message is the reason, and never holds the token."""


@dataclass(frozen=True)
class Principal:
    """A verified caller: its MLflow user name, its role here, and its use case ("*" for all)."""

    name: str
    role: str
    use_case: str


def _ci(claims: Mapping[str, Any], trust: Trust, _issuer: Issuer) -> Principal:
    """A CI job. The audience is no control (a job's YAML chooses it), so the forge's own claims decide."""
    project = trust.projects.get(str(claims.get("project_id")))
    if project is None:
        raise Refused(
            f"project_id {str(claims.get('project_id'))[:32]!r} is not trusted in {trust.environment}"
        )
    if claims.get("project_path") != project.path:
        raise Refused(
            f"project_path {str(claims.get('project_path'))[:128]!r} is not {project.path!r}, "
            "the path trusted for this project_id"
        )
    if claims.get("environment") != trust.environment:
        raise Refused(f"environment {str(claims.get('environment'))[:64]!r} is not {trust.environment!r}")
    if trust.tier == "production" and claims.get("ref_protected") != "true":
        raise Refused(f"ref {str(claims.get('ref'))[:128]!r} is not protected, as production demands")
    name = f"ci:{project.path}:{trust.environment}:{project.role}"
    return Principal(name, project.role, project.use_case)


def _login(claims: Mapping[str, Any]) -> str:
    """GitLab's id_token has the user's name in no claim but, with the scope `email`, the e-mail address."""
    login = claims.get("preferred_username")
    if login is None and claims.get("email_verified") is True:
        login = claims.get("email")
    if not isinstance(login, str) or not _LOGIN.fullmatch(login):
        raise Refused(f"preferred_username {str(login)[:64]!r} is not a login, nor is there a verified email")
    return login


def _groups(claims: Mapping[str, Any]) -> set[object]:
    """Entra says `groups`, by id; GitLab's id_token `groups_direct`, by path."""
    lists = (claims.get("groups"), claims.get("groups_direct"))
    return {group for held in lists if isinstance(held, list) for group in map(str, cast(list[object], held))}


def _person(claims: Mapping[str, Any], trust: Trust, _issuer: Issuer) -> Principal:
    login, held = _login(claims), _groups(claims)
    for group, role in trust.groups.items():
        if group in held:
            return Principal(f"person:{login}", role, "*")
    raise Refused(f"{login!r} is in no group that has a role in {trust.environment}")


def _workload(claims: Mapping[str, Any], trust: Trust, issuer: Issuer) -> Principal:
    match = _SERVICE.fullmatch(str(claims.get("sub")))
    namespace = (issuer.namespaces or {}).get(match[1]) if match else None
    if match is None or namespace is None or match[2] not in namespace.roles:
        raise Refused(
            f"sub {str(claims.get('sub'))[:160]!r} is no service account that {trust.environment} trusts"
        )
    return Principal(
        f"workload:{namespace.use_case}:{trust.environment}:{match[2]}", match[2], namespace.use_case
    )


KIND_RULES: Mapping[Kind, Callable[[Mapping[str, Any], Trust, Issuer], Principal]] = {
    "ci": _ci,
    "person": _person,
    "workload": _workload,
}
