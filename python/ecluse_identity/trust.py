"""What a server trusts: the `ECLUSE_IDENTITY` document, parsed once into frozen values."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, Json, model_validator
from pydantic.dataclasses import dataclass

from ecluse_core.settings import Environment, Text

Kind = Literal["ci", "person", "workload"]
Account = Literal["serve", "monitor", "train"]
Tier = Literal["development", "integration", "staging", "production"]
_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, config=_STRICT)
class Namespace:
    """A Kubernetes namespace of a use case, with the names of its ServiceAccounts that are trusted."""

    use_case: Text
    roles: Annotated[tuple[Account, ...], Field(min_length=1)]


@dataclass(frozen=True, config=_STRICT)
class Issuer:
    """One token issuer; exactly one of `jwks_uri` (fetched, cached) and `jwks` (given in line) is set.

    `ca_file` and `token_file` reach keys that a cluster's API server gives to authenticated callers only.
    """

    kind: Kind
    issuer: Text
    jwks_uri: Text | None = None
    jwks: dict[str, Any] | None = None
    audience: Text | None = None
    """Instead of the server's own: a person's id_token is made for the proxy that asked for it."""
    namespaces: dict[str, Namespace] | None = None
    """Of workloads; a namespace that is not here is refused: environments may share a cluster."""
    ca_file: Text | None = None
    token_file: Text | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.namespaces is not None) != (self.kind == "workload"):
            raise ValueError("has namespaces only where kind is workload, which must have them")
        if (self.jwks_uri is None) == (self.jwks is None):
            raise ValueError("needs exactly one of jwks_uri and jwks")
        if self.jwks_uri is not None and not self.jwks_uri.startswith(("http://", "https://")):
            raise ValueError(f"has a jwks_uri that must be an http(s) URL, got {self.jwks_uri!r}")
        if (self.ca_file or self.token_file) and not (self.jwks_uri or "").startswith("https://"):
            raise ValueError(
                f"has ca_file or token_file; they need a jwks_uri of https, got {self.jwks_uri!r}"
            )
        return self


@dataclass(frozen=True, config=_STRICT)
class Project:
    """A project of the forge whose CI jobs are trusted, with the role that they get."""

    path: Text
    role: Text
    use_case: Text


@dataclass(frozen=True, config=_STRICT)
class Trust:
    """Everything that decides whether a token is accepted here."""

    environment: Text
    tier: Tier
    audience: Text
    issuers: Annotated[tuple[Issuer, ...], Field(min_length=1)]
    projects: Mapping[str, Project] = Field(default_factory=dict[str, Project])
    groups: Mapping[str, Text] = Field(default_factory=dict[str, str])


class Trusting(Environment):
    """A process that verifies tokens."""

    identity: Json[Trust]


def parse_trust(text: str) -> Trust:
    """Parses the JSON text of `ECLUSE_IDENTITY`; raises SettingError."""
    return Trusting.read({"ECLUSE_IDENTITY": text}).identity
