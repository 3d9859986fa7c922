"""A real Azure Blob endpoint for tests: Azurite."""

import base64
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from azure.storage.blob import BlobServiceClient, generate_container_sas

from tests.processes import free_port, python_environment, running

Permission = Literal["read", "write", "read-write", "read-write-delete"]

# What a SAS says of each: read, list, create, write, delete.
_LETTERS: dict[Permission, str] = {
    "read": "rl",
    "write": "cw",
    "read-write": "rlcw",
    "read-write-delete": "rlcwd",
}


def artifacts_of(account: str) -> str:
    """`ECLUSE_ARTIFACTS` of an account."""
    return f"wasbs://artifacts@{account}.blob.core.windows.net/"


@dataclass(frozen=True)
class Azurite:
    """A running blob endpoint of one account."""

    endpoint: str
    account: str
    key: str

    @property
    def artifacts(self) -> str:
        """`ECLUSE_ARTIFACTS` of the tracking server."""
        return artifacts_of(self.account)

    @property
    def credentials(self) -> dict[str, str]:
        """The variables by which whoever has the account's key opens its containers."""
        parts = {"AccountName": self.account, "AccountKey": self.key, "BlobEndpoint": self.endpoint}
        connection = "".join(f"{name}={value};" for name, value in parts.items())
        return {"AZURE_STORAGE_CONNECTION_STRING": f"DefaultEndpointsProtocol=http;{connection}"}

    def make(self, *containers: str) -> None:
        """Makes containers."""
        service = BlobServiceClient(self.endpoint, credential=self.key)
        for container in containers:
            service.create_container(container)

    def make_any(self) -> str:
        """Makes a container of a new name; gives the name."""
        name = f"c{secrets.token_hex(4)}"
        self.make(name)
        return name

    def url(self, container: str, permission: Permission) -> str:
        """The URL of a container with a SAS of this permission, for an hour."""
        sas = generate_container_sas(
            self.account,
            container,
            account_key=self.key,
            permission=_LETTERS[permission],
            expiry=datetime.now(UTC) + timedelta(hours=1),
        )
        return f"{self.endpoint}/{container}?{sas}"


@contextmanager
def azurite(folder: Path, account: str) -> Generator[Azurite, None, None]:
    """Runs an endpoint of one account, with a new key, on a free port."""
    port, key = free_port(), base64.b64encode(secrets.token_bytes(64)).decode()
    binary = Path(__file__).parents[3] / "node_modules" / ".bin" / "azurite-blob"
    command = [str(binary), "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder)]
    environ = python_environment(AZURITE_ACCOUNTS=f"{account}:{key}")
    environ["PATH"] = f"{binary.parent}{os.pathsep}{environ['PATH']}"
    url = f"http://127.0.0.1:{port}"
    folder.mkdir()
    flags = ["--silent", "--disableTelemetry", "--skipApiVersionCheck"]
    with running([*command, *flags], environ, url, folder.with_suffix(".log"), any_status=True):
        yield Azurite(f"{url}/{account}", account, key)
