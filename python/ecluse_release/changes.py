"""Who made which version champion, when and why: records that the release signs, beside the alias.

Each is a tag of the version that it is about. It is written before the alias moves: a release that is killed
in between leaves a record that the alias does not bear out, which readers say, and never a silent change.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_release import manifest
from ecluse_release.champion import ALIAS

_Rollout = Literal["shadow", "canary", "withdrawn"]
Action = Literal["released", "promoted", "rolled back", "repaired", "taken back", "removed", _Rollout]
"""How a version came to be champion; one that is removed is none from then on.

The last ones are of a rollout, and change no champion: a challenger is scored beside the champion, answers a
share of the requests, or is given up.
"""
ROLLOUT: tuple[str, ...] = get_args(_Rollout)
"""The actions of a rollout."""
TAG = "ecluse.change."
_KIND = "ecluse-champion-change"


@dataclass(frozen=True)
class Actor:
    """Who acts, by the token that the tracking server verifies, in which pipeline, and why."""

    person: str
    pipeline_id: str
    reason: str


def actor(token: str, reason: str) -> Actor:
    """Who acts under a job's token.

    The claims are read and not verified: the tracking server does that before it takes a change.
    """
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        claims = {}
    person = claims.get("user_login") or claims.get("sub") or "unknown"
    return Actor(str(person), str(claims.get("pipeline_id", "")), reason)


@dataclass(frozen=True)
class Change:
    """A change of the champion; `former` had the alias before, `time` is ISO 8601 in UTC."""

    action: Action
    environment: str
    use_case: str
    version: str
    model_id: str
    former: str | None
    person: str
    pipeline_id: str
    reason: str
    time: str


def now() -> str:
    """This moment, as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Champions:
    """The champions of one use case in one environment, which whoever has the release's key may change."""

    client: MlflowClient
    environment: str
    use_case: str
    key: ec.EllipticCurvePrivateKey

    def crown(self, version: ModelVersion, former: str | None, action: Action, by: Actor) -> None:
        """Records that a version becomes champion, and gives it the alias."""
        self.record(version, former, action, by)
        self.client.set_registered_model_alias(self.use_case, ALIAS, str(version.version))

    def remove(self, version: ModelVersion, by: Actor) -> None:
        """Records that the champion is none any more, and takes the alias from it."""
        self.record(version, str(version.version), "removed", by)
        self.client.delete_registered_model_alias(self.use_case, ALIAS)

    def record(self, version: ModelVersion, former: str | None, action: Action, by: Actor) -> None:
        """Signs and keeps what is done with a version, beside or in the place of the former one."""
        of = action, self.environment, self.use_case, str(version.version), model_of(version)
        change = Change(*of, former, by.person, by.pipeline_id, by.reason, now())
        tag, number = f"{TAG}{secrets.token_hex(8)}", str(version.version)
        jws = manifest.seal(asdict(change), _KIND, self.key)
        self.client.set_model_version_tag(self.use_case, number, tag, jws)


def model_of(version: ModelVersion) -> str:
    """The id of a version's model."""
    return (version.source or "").removeprefix("models:/")


def changes_of(
    version: ModelVersion, environment: str, key: ec.EllipticCurvePublicKey
) -> tuple[list[Change], list[str]]:
    """The changes that made a version champion, the earliest first, and why others are not to be believed."""
    changes: list[Change] = []
    problems: list[str] = []
    for name, jws in version.tags.items():
        if name.startswith(TAG):
            try:
                changes.append(_read(jws, version, environment, key))
            except manifest.ManifestError as error:
                problems.append(f"tag {name} of version {version.version}: {error}")
    return sorted(changes, key=lambda each: each.time), problems


def is_held_back(version: ModelVersion, environment: str, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether a rollout has it, or has given it up: nothing but a person makes such a version champion."""
    changes, _ = changes_of(version, environment, key)
    return bool(changes) and changes[-1].action in ROLLOUT


def _read(jws: str, version: ModelVersion, environment: str, key: ec.EllipticCurvePublicKey) -> Change:
    document = manifest.unseal(jws, "the change of the champion", _KIND, key)
    try:
        change = Change(**document)
    except TypeError as error:
        raise manifest.ManifestError(f"the change of the champion cannot be read: {error}") from None
    of = change.environment, change.use_case, change.version, change.model_id
    if of != (environment, version.name, str(version.version), model_of(version)):
        raise manifest.ManifestError(f"the change is of {' '.join(of)}, not of this version")
    return change
