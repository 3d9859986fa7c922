"""Who made which version champion, when and why: records that the release signs, beside the alias.

Each is a tag of the version that it is about. It is written before the alias moves: a release that is killed
in between leaves a record that the alias does not bear out, which readers say, and never a silent change.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_release import manifest
from ecluse_release.manifest import SigningKey
from ecluse_release.records import ALIAS, CHANGE_KIND, CHANGE_TAG, Action, Change, model_of


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


def now() -> str:
    """This moment, as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Champions:
    """The champions of one use case in one environment, which whoever has the release's key may change."""

    client: MlflowClient
    environment: str
    use_case: str
    key: SigningKey

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
        tag, number = f"{CHANGE_TAG}{secrets.token_hex(8)}", str(version.version)
        jws = manifest.seal(asdict(change), CHANGE_KIND, self.key)
        self.client.set_model_version_tag(self.use_case, number, tag, jws)
