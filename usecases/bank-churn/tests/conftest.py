"""Blobs in memory (the calls that landing makes, ETags that change on each write) and an HTTP server."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient


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
    """An HTTP server that answers every POST with `status` and what `reply` makes of the body."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[tuple[str, dict[str, Any], str]] = []
        self.reply: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.url = ""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port of this machine."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append((self.path, body, self.headers.get("Authorization", "")))
            self.send_response(state.status)
            self.end_headers()
            self.wfile.write(json.dumps(state.reply(body)).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_address[1]}"
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    yield state
    http.shutdown()
