"""A container in memory, and a server in memory: a job has no network for real ones."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any, cast

import pytest
from obstore.store import MemoryStore
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from bank_churn.container import Container


@pytest.fixture
def blobs(monkeypatch: pytest.MonkeyPatch) -> Container:
    """An empty container, and the environment that landing reads."""
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.setenv("ECLUSE_USE_CASE", "bank-churn")
    return Container(MemoryStore())


class Server:
    """Answers every POST with `status` and `reply` of the body."""

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
