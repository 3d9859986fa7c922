"""The environment variables of the model server, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec

from ecluse_identity.trust import Trust, parse_trust
from ecluse_monitor.container import BlobError, Container
from ecluse_monitor.opening import open_container
from ecluse_release.manifest import public_key
from ecluse_release.period import champion_seconds

# A caller waits while its batch is logged.
_LOG_SECONDS = 10


class SettingError(ValueError):
    """A variable is missing or wrong; the message names it, its value and the fix."""


@dataclass(frozen=True)
class Settings:
    """How the model server listens, whom it trusts, and where it reads and writes."""

    host: str
    port: int
    environment: str
    use_case: str
    trust: Trust
    callers: tuple[str, ...]
    tracking_uri: str
    workspace: str
    token_file: Path
    signing_key: ec.EllipticCurvePublicKey
    inference: Container
    champion_seconds: int


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingError(f"{name} is not set; see docs/architecture.md, 'The environment of processes'")
    return value


def _callers(text: str) -> tuple[str, ...]:
    try:
        callers: Any = json.loads(text)
    except ValueError:
        callers = None
    if not isinstance(callers, list) or not all(isinstance(c, str) and c for c in cast(list[Any], callers)):
        raise SettingError(
            f"ECLUSE_SERVING_CALLERS must be a JSON list of principal names (* is any part), got {text!r}"
        )
    return tuple(cast(list[str], callers))


def _inference(environ: Mapping[str, str]) -> Container:
    try:
        return open_container("ECLUSE_INFERENCE_URL", environ, seconds=_LOG_SECONDS)
    except BlobError as error:
        raise SettingError(str(error)) from None


def _champion_seconds(environ: Mapping[str, str]) -> int:
    try:
        return champion_seconds(environ)
    except ValueError as error:
        raise SettingError(str(error)) from None


def settings(environ: Mapping[str, str]) -> Settings:
    """Reads the variables; raises SettingError, IdentityError or ManifestError."""
    port = _required(environ, "ECLUSE_PORT")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingError(f"ECLUSE_PORT must be 1 to 65535, got {port!r}")
    return Settings(
        host=environ.get("ECLUSE_HOST", "127.0.0.1"),
        port=int(port),
        environment=_required(environ, "ECLUSE_ENVIRONMENT"),
        use_case=_required(environ, "ECLUSE_USE_CASE"),
        trust=parse_trust(_required(environ, "ECLUSE_IDENTITY")),
        callers=_callers(_required(environ, "ECLUSE_SERVING_CALLERS")),
        tracking_uri=_required(environ, "MLFLOW_TRACKING_URI").rstrip("/"),
        workspace=_required(environ, "MLFLOW_WORKSPACE"),
        token_file=Path(_required(environ, "ECLUSE_TRACKING_TOKEN_FILE")),
        signing_key=public_key(_required(environ, "ECLUSE_SIGNING_PUBLIC_KEY")),
        inference=_inference(environ),
        champion_seconds=_champion_seconds(environ),
    )
