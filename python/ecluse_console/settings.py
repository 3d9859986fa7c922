"""The environment variables of the console, read once."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, Json

from ecluse_core.container import Container
from ecluse_core.opened import Opened
from ecluse_core.settings import Address, Document, Text
from ecluse_core.tls import Calling, Listening
from ecluse_release.trusted import PublicKeys

_READ_SECONDS = 5


class UseCase(Document):
    """A use case of the environment: its name, its model server, and its project at the forge."""

    name: Text
    serving: Text
    project: str = ""
    """Number of the project; empty where there is no forge."""


class Settings(Listening, Calling):
    """Where the console listens, and what it asks on behalf of its visitors."""

    environment: str
    tier: str
    use_cases: Json[tuple[UseCase, ...]]
    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    signing_key: PublicKeys = Field(alias="ECLUSE_SIGNING_PUBLIC_KEY")
    """Releases of this environment are believed by it."""
    forge_url: Address | None = None
    reports: Annotated[Container | None, Opened("ECLUSE_REPORTS_URL", _READ_SECONDS)] = Field(
        default=None, alias="ECLUSE_REPORTS_URL"
    )
    """Reads the monitor's reports: no person has a right of their own at the store."""
    audit_folder: Path | None = None
    """Holds the last audit reports, as `audit.json` in a folder for each stack."""
