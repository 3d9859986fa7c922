"""What a server trusts: the `ECLUSE_IDENTITY` document, parsed once into frozen values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

Kind = Literal["ci", "person", "workload"]
KINDS: tuple[Kind, ...] = ("ci", "person", "workload")
ACCOUNTS = ("serve", "monitor", "train")
TIERS = ("development", "integration", "staging", "production")


class IdentityError(ValueError):
    """`ECLUSE_IDENTITY` is not usable; the message names the key, the value and the fix."""


@dataclass(frozen=True)
class Namespace:
    """A Kubernetes namespace of a use case, with the names of its ServiceAccounts that are trusted."""

    use_case: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Issuer:
    """One token issuer; exactly one of `jwks_uri` (fetched, cached) and `jwks` (given in line) is set.

    `ca_file` and `token_file` reach keys that a cluster's API server gives to authenticated callers only.
    """

    kind: Kind
    issuer: str
    jwks_uri: str | None = None
    jwks: Mapping[str, Any] | None = None
    audience: str | None = None
    """Instead of the server's own: a person's id_token is made for the proxy that asked for it."""
    namespaces: Mapping[str, Namespace] = field(default_factory=dict[str, Namespace])
    """Of workloads; a namespace that is not here is refused: environments may share a cluster."""
    ca_file: str | None = None
    token_file: str | None = None


@dataclass(frozen=True)
class Project:
    """A project of the forge whose CI jobs are trusted, with the role that they get."""

    path: str
    role: str
    use_case: str


@dataclass(frozen=True)
class Trust:
    """Everything that decides whether a token is accepted here."""

    environment: str
    tier: str
    audience: str
    issuers: tuple[Issuer, ...]
    projects: Mapping[str, Project]
    groups: Mapping[str, str]


def _text(document: Mapping[str, Any], key: str, where: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise IdentityError(f"ECLUSE_IDENTITY: {where}{key} must be a non-empty string, got {value!r}")
    return value


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise IdentityError(f"ECLUSE_IDENTITY: {where} must be an object, got {value!r}")
    return cast(Mapping[str, Any], value)


def _optional(document: Mapping[str, Any], key: str, where: str) -> str | None:
    return None if document.get(key) is None else _text(document, key, where)


def _issuer(item: object, where: str) -> Issuer:
    document, inner = _mapping(item, where), f"{where}."
    kind = _text(document, "kind", inner)
    if kind not in KINDS:
        raise IdentityError(f"ECLUSE_IDENTITY: {inner}kind must be one of {', '.join(KINDS)}, got {kind!r}")
    keys, namespaces = document.get("jwks"), document.get("namespaces")
    if (namespaces is not None) != (kind == "workload"):
        raise IdentityError(f"ECLUSE_IDENTITY: {inner}namespaces is for kind workload, which must have it")
    issuer = Issuer(
        kind,
        _text(document, "issuer", inner),
        jwks_uri=_optional(document, "jwks_uri", inner),
        jwks=None if keys is None else _mapping(keys, f"{inner}jwks"),
        audience=_optional(document, "audience", inner),
        namespaces={
            name: _namespace(value, f"{inner}namespaces.{name}")
            for name, value in _mapping(namespaces or {}, f"{inner}namespaces").items()
        },
        ca_file=_optional(document, "ca_file", inner),
        token_file=_optional(document, "token_file", inner),
    )
    _check_keys(issuer, where)
    return issuer


def _check_keys(issuer: Issuer, where: str) -> None:
    uri = issuer.jwks_uri
    if (uri is None) == (issuer.jwks is None):
        raise IdentityError(f"ECLUSE_IDENTITY: {where} needs exactly one of jwks_uri and jwks")
    if uri is not None and not uri.startswith(("http://", "https://")):
        raise IdentityError(f"ECLUSE_IDENTITY: {where}.jwks_uri must be an http(s) URL, got {uri!r}")
    if (issuer.ca_file or issuer.token_file) and not (uri or "").startswith("https://"):
        raise IdentityError(
            f"ECLUSE_IDENTITY: {where}.ca_file and token_file need a jwks_uri of https, got {uri!r}"
        )


def _namespace(item: object, where: str) -> Namespace:
    document = _mapping(item, where)
    roles = document.get("roles")
    if not isinstance(roles, list) or not roles or not set(cast(list[object], roles)) <= set(ACCOUNTS):
        raise IdentityError(
            f"ECLUSE_IDENTITY: {where}.roles must be a list of {', '.join(ACCOUNTS)}, got {roles!r}"
        )
    return Namespace(_text(document, "use_case", f"{where}."), tuple(cast(list[str], roles)))


def parse_trust(text: str) -> Trust:
    """Parses the JSON text of `ECLUSE_IDENTITY`; raises IdentityError."""
    try:
        document = _mapping(json.loads(text), "the document")
    except json.JSONDecodeError as error:
        raise IdentityError(f"ECLUSE_IDENTITY is not JSON: {error}") from None
    tier = _text(document, "tier", "")
    if tier not in TIERS:
        raise IdentityError(f"ECLUSE_IDENTITY: tier must be one of {', '.join(TIERS)}, got {tier!r}")
    issuers = document.get("issuers")
    if not isinstance(issuers, list) or not issuers:
        raise IdentityError(f"ECLUSE_IDENTITY: issuers must be a non-empty list, got {issuers!r}")
    projects = _mapping(document.get("projects", {}), "projects")
    groups = _mapping(document.get("groups", {}), "groups")
    return Trust(
        environment=_text(document, "environment", ""),
        tier=tier,
        audience=_text(document, "audience", ""),
        issuers=tuple(_issuer(item, f"issuers[{n}]") for n, item in enumerate(cast(list[object], issuers))),
        projects={name: _project(name, item) for name, item in projects.items()},
        groups={group: _text(groups, group, "groups.") for group in groups},
    )


def _project(name: str, item: object) -> Project:
    where = f"projects.{name}"
    document = _mapping(item, where)
    return Project(
        _text(document, "path", f"{where}."),
        _text(document, "role", f"{where}."),
        _text(document, "use_case", f"{where}."),
    )
