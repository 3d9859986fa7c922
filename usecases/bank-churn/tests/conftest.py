"""Blobs in memory (the calls that landing makes, ETags that change on each write), and a server in memory."""

import json
from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter


class MemoryContainer:
    """Blobs by name; `fail_after` writes the next one raises."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.writes = 0
        self.fail_after: int | None = None
        self._etags: dict[str, str] = {}

    def upload_blob(self, name: str, content: bytes, *, overwrite: bool) -> Any:
        if self.writes == self.fail_after:
            raise ConnectionError("the machine went away")
        self.writes += 1
        self.blobs[name] = content
        self._etags[name] = f'"{self.writes}"'
        properties = SimpleNamespace(etag=self._etags[name])
        return SimpleNamespace(get_blob_properties=lambda: properties)

    def download_blob(self, name: str) -> Any:
        if name not in self.blobs:
            raise ResourceNotFoundError("no such blob")
        return SimpleNamespace(readall=lambda: self.blobs[name])

    def delete_blob(self, name: str) -> None:
        del self.blobs[name]

    def list_blobs(self, name_starts_with: str) -> list[Any]:
        return [
            SimpleNamespace(name=name, etag=self._etags[name].strip('"'))
            for name in sorted(self.blobs)
            if name.startswith(name_starts_with)
        ]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryContainer:
    """An empty container, and the environment that landing reads."""
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.setenv("ECLUSE_USE_CASE", "bank-churn")
    return MemoryContainer()


@pytest.fixture
def blobs(memory: MemoryContainer) -> ContainerClient:
    """The same container under the type that the code asks for."""
    return cast(ContainerClient, memory)


class Server:
    """Answers every POST with `status` and `reply` of the body; a job has no network for a real one."""

    url = "http://server.test"

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[tuple[str, dict[str, Any], str]] = []
        self.reply: Callable[[dict[str, Any]], dict[str, Any]] = dict

    def send(self, request: PreparedRequest) -> Response:
        body = json.loads(cast(bytes, request.body))
        self.requests.append((request.path_url, body, str(request.headers.get("Authorization", ""))))
        response = Response()
        response.status_code, response.request, response.url = self.status, request, self.url
        response.raw = BytesIO(json.dumps(self.reply(body)).encode())
        return response


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server in the place of the network."""
    state = Server()

    def send(_adapter: HTTPAdapter, request: PreparedRequest, **_options: object) -> Response:
        return state.send(request)

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return state
