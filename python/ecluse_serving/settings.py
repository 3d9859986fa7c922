"""The environment variables of the model server, read once."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, Json

from ecluse_core.container import Container
from ecluse_core.opened import Opened
from ecluse_core.settings import Address, Flag, Text, Whole
from ecluse_core.tls import Calling, Listening
from ecluse_identity.trust import Trusting
from ecluse_release.period import ChampionSeconds
from ecluse_release.trusted import PublicKeys

# So long a write may take: while a server ends, it ships what it has logged.
_WRITE_SECONDS = 10


class Settings(Listening, Calling, Trusting):
    """How the model server listens, which callers it trusts, and where it reads and writes."""

    environment: str
    use_case: str
    callers: Json[tuple[Text, ...]] = Field(alias="ECLUSE_SERVING_CALLERS")
    """Patterns of the principals that may score; * is any part."""
    backdaters: Json[tuple[Text, ...]] = Field(default=(), alias="ECLUSE_SERVING_BACKDATERS")
    """Patterns of the callers that may score as of an earlier time, as demonstrations of past days do."""
    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")
    token_file: Path = Field(alias="ECLUSE_TRACKING_TOKEN_FILE")
    signing_key: PublicKeys = Field(alias="ECLUSE_SIGNING_PUBLIC_KEY")
    inference: Annotated[Container, Opened("ECLUSE_INFERENCE_URL", _WRITE_SECONDS)] = Field(
        alias="ECLUSE_INFERENCE_URL"
    )
    folder: Path = Field(alias="ECLUSE_SERVING_FOLDER")
    """A folder of its own, on a disk that outlives the process: predictions that the store has not yet,
    and the last champion."""
    flush_seconds: Annotated[int, Whole(1, 600)] = 10
    """How often predictions go from the disk to the store: as many seconds of them a lost disk may take."""
    champion_seconds: ChampionSeconds = 30
    rollout: Flag = Field(default=False, alias="ECLUSE_SERVING_ROLLOUT")
    """Whether it follows a challenger beside the champion."""
    metrics: Flag = Field(default=False, alias="ECLUSE_SERVING_METRICS")
    """Whether `/metrics` answers all that reach the port, for Prometheus."""
