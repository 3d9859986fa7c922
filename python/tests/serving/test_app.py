"""What the model server answers when a request never ends, and when its own code fails."""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import pytest
from starlette.types import Message

import ecluse_serving.app
from ecluse_identity.claims import Refused
from ecluse_serving.app import Server, create_app
from ecluse_serving.batching import Batcher
from ecluse_serving.callers import Callers


class Someone:
    """A verifier that everybody passes."""

    role, use_case, name = "auditor", "*", "person:ana"
    claims: ClassVar[dict[str, float]] = {"exp": 9e9}

    def verify(self, token: str) -> Any:
        """Any token is good."""
        if token == "bad":
            raise Refused("bad")
        return self

    @property
    def principal(self) -> Any:
        """Who it is."""
        return self


@dataclass(frozen=True)
class Given:
    """The settings that a request meets."""

    host: str = "127.0.0.1"
    use_case: str = "churn"
    callers: tuple[str, ...] = ("person:*",)
    backdaters: tuple[str, ...] = ()


@dataclass
class Broken:
    """A holder whose champion is of a wrong type: a defect of the server."""

    champion: object = field(default_factory=object)
    reason: str | None = None
    is_ready: bool = True


def ask(messages: list[Message]) -> tuple[int, dict[str, str]]:
    """The answer to a request whose body arrives by these messages, and then no more."""
    sent: list[Message] = []

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:1"), (b"authorization", b"Bearer t0ken")]
    scope = {"type": "http", "method": "POST", "path": "/score", "query_string": b"", "headers": headers}
    callers, no_disk = Callers(cast(Any, Someone())), cast(Any, None)
    server = Server(callers, cast(Any, Broken()), cast(Any, Given()), Batcher(no_disk), no_disk)
    asyncio.run(create_app(server)({**scope, "server": ("127.0.0.1", 1)}, receive, cast(Any, send)))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecluse_serving.app, "BODY_SECONDS", 0.05)
    part: Message = {"type": "http.request", "body": b"{", "more_body": True}
    assert ask([part]) == (408, {"error": "a request arrives within 0.05 seconds; send smaller batches"})


def test_a_caller_that_leaves_is_no_error_of_the_server() -> None:
    assert ask([{"type": "http.disconnect"}])[0] == 400


def test_a_defect_is_answered_in_words_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "ecluse.access"):
        status, answer = ask([{"type": "http.request", "body": b"{}", "more_body": False}])
    assert status == 500
    number = answer["error"].rpartition(" ")[2]
    assert answer["error"] == f"an error of the server; its log has it as {number}"
    assert f"error {number}" in caplog.text and "AttributeError" in caplog.text
