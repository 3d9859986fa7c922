"""What the model server needs of MLflow's REST API; MLflow itself would cost it 170 MB."""

import json
import shutil
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

_TIMEOUT_SECONDS = 30
_ARTIFACTS = "mlflow-artifacts:/"


class RegistryError(Exception):
    """The tracking server could not be asked, or said no; the message says which."""


class NoChampion(RegistryError):
    """The registered model has no version with the alias."""


@dataclass(frozen=True)
class Version:
    """A version of the registered model, with its tags."""

    number: str
    model_id: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Registry:
    """One use case's models at the tracking server."""

    uri: str
    workspace: str
    token_file: Path
    tls: ssl.SSLContext | None = None
    alias: str = "champion"

    def champion(self, name: str) -> Version:
        """The version with the alias; raises NoChampion or RegistryError."""
        query = urllib.parse.urlencode({"name": name, "alias": self.alias})
        try:
            found = self._json(f"/api/2.0/mlflow/registered-models/alias?{query}")["model_version"]
        except _Absent:
            raise NoChampion(f"registered model {name!r} has no {self.alias} yet") from None
        tags = {tag["key"]: tag["value"] for tag in found.get("tags", [])}
        # MLflow 3.17 does not keep the model_id that a version was created with, only its source.
        return Version(str(found["version"]), str(found["source"]).removeprefix("models:/"), tags)

    def download(self, model_id: str, paths: list[str], folder: Path) -> None:
        """Downloads these files of a signed manifest into a folder; raises RegistryError."""
        root = str(self._json(f"/api/2.0/mlflow/logged-models/{model_id}")["model"]["info"]["artifact_uri"])
        if not root.startswith(_ARTIFACTS):
            raise RegistryError(f"the files of {model_id} are at {root!r}, not behind the tracking server")
        for path in paths:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            place = urllib.parse.quote(f"{root.removeprefix(_ARTIFACTS).lstrip('/')}/{path}")
            with (
                self._open(f"/api/2.0/mlflow-artifacts/artifacts/{place}") as body,
                target.open("wb") as file,
            ):
                shutil.copyfileobj(body, file)

    def _json(self, path: str) -> Any:
        with self._open(path) as response:
            return json.loads(response.read())

    def _open(self, path: str) -> HTTPResponse:
        try:
            # A projected token is renewed in its file while the server runs.
            token = self.token_file.read_text().strip()
            headers = {"Authorization": f"Bearer {token}", "X-MLFLOW-WORKSPACE": self.workspace}
            request = urllib.request.Request(f"{self.uri}{path}", headers=headers)
            return urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS, context=self.tls)
        except urllib.error.HTTPError as error:
            text = error.read(1000).decode(errors="replace")
            if (
                error.code == 404
                or "RESOURCE_DOES_NOT_EXIST" in text
                or ("alias" in text and error.code == 400)
            ):
                raise _Absent(text) from None
            raise RegistryError(f"the tracking server answered {error.code}: {text}") from None
        except OSError as error:
            raise RegistryError(f"the tracking server could not be asked: {error}") from None


class _Absent(RegistryError):
    """The server answered that there is no such thing."""
