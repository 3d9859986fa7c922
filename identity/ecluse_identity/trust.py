"""What a server trusts: the `ECLUSE_IDENTITY` document, parsed once into frozen values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Kind = Literal["ci", "person", "workload"]
KINDS: tuple[Kind, ...] = ("ci", "person", "workload")
TIERS = ("development", "integration", "staging", "production")


class IdentityError(ValueError):
    """`ECLUSE_IDENTITY` is not usable; the message names the key, the value and the fix."""


@dataclass(frozen=True)
class Issuer:
    """One token issuer; exactly one of `jwks_uri` (fetched, cached) and `jwks` (given in line) is set."""

    kind: Kind
    issuer: str
    jwks_uri: str | None
    jwks: Mapping[str, Any] | None


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


def _issuer(document: Mapping[str, Any], where: str) -> Issuer:
    kind = _text(document, "kind", where)
    if kind not in KINDS:
        raise IdentityError(f"ECLUSE_IDENTITY: {where}kind must be one of {', '.join(KINDS)}, got {kind!r}")
    uri, keys = document.get("jwks_uri"), document.get("jwks")
    if (uri is None) == (keys is None):
        raise IdentityError(f"ECLUSE_IDENTITY: {where[:-1]} needs exactly one of jwks_uri and jwks")
    if uri is not None and not str(uri).startswith(("http://", "https://")):
        raise IdentityError(f"ECLUSE_IDENTITY: {where}jwks_uri must be an http(s) URL, got {uri!r}")
    inline = None if keys is None else _mapping(keys, f"{where}jwks")
    return Issuer(kind, _text(document, "issuer", where), uri, inline)


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
        issuers=tuple(
            _issuer(_mapping(item, f"issuers[{n}]"), f"issuers[{n}].")
            for n, item in enumerate(cast(list[object], issuers))
        ),
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
