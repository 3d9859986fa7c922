"""What fits the OpenAPI document is taken, and all else is refused in words: nothing is a 500."""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from random import Random
from typing import Any, ClassVar, cast

import numpy as np
import polars as pl
import pytest
from starlette.types import Message

from ecluse_core.container import Container
from ecluse_core.opening import open_container
from ecluse_identity.claims import Principal
from ecluse_models.model import Column
from ecluse_serving.app import Server, create_app
from ecluse_serving.batching import Batcher
from ecluse_serving.callers import Callers
from ecluse_serving.champion import Champion
from ecluse_serving.journal import Journal
from ecluse_serving.openapi import document
from ecluse_serving.openapi_page import page
from ecluse_serving.shipping import Shipper

BODIES = int(os.environ.get("HOSTILE_BODIES", "1000"))
"""How many hostile bodies each path gets: `HOSTILE_BODIES=10000` is the long run."""
TYPES = ("boolean", "integer", "long", "float", "double", "string")
INPUTS = tuple(
    Column(f"{'a' if needed else 'an optional'} {each}", each, needed)
    for each in TYPES
    for needed in (True, False)
)


PATHS = ("/score", "/score?explain=true", "/labels")
USUAL = {
    f"{a} {kind}": value
    for a in ("a", "an optional")
    for kind, value in zip(TYPES, (True, -(1 << 31), (1 << 63) - 1, 1.5, 1e308, ""), strict=True)
}


class Anyone:
    """A verifier that everybody passes."""

    claims: ClassVar[dict[str, float]] = {"exp": 9e9}
    principal = Principal("person:ana", "scientist", "*")

    def verify(self, _token: str) -> Any:
        """Any token is good."""
        return self


@dataclass(frozen=True)
class Given:
    """The settings that a request meets."""

    inference: Container
    host: str = "127.0.0.1"
    use_case: str = "churn"
    callers: tuple[str, ...] = ("person:*",)
    backdaters: tuple[str, ...] = ()


class Model:
    """Scores every row with a half."""

    inputs, confinement, classes, redacted = INPUTS, "nothing", (), ()

    def score(self, table: pl.DataFrame) -> Any:
        """A number per row."""
        return np.full(table.height, 0.5)


@dataclass(frozen=True)
class Held:
    """A holder with a champion."""

    champion: Champion
    reason: str = ""
    is_ready: bool = True


Ask = Callable[[str, bytes], Coroutine[Any, Any, tuple[int, Any]]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Status and JSON of a request of this path and body, of POST if it has one."""
    (tmp_path / "blobs").mkdir()
    container = open_container("URL", {"URL": f"file://{tmp_path}/blobs"})
    shipper = Shipper(Journal(tmp_path / "log"), container, "churn")
    champion = Champion("1", "a" * 40, "v1", cast(Any, Model()), "m-1", USUAL)
    held, callers = cast(Any, Held(champion)), Callers(cast(Any, Anyone()))
    app = create_app(Server(callers, held, cast(Any, Given(container)), Batcher(shipper.keep), shipper))

    async def asked(path: str, body: bytes) -> tuple[int, Any]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        method, (route, _, query) = "POST" if body else "GET", path.partition("?")
        headers = [(b"host", b"127.0.0.1:1"), (b"authorization", b"Bearer t")]
        scope: dict[str, Any] = {"type": "http", "method": method, "path": route}
        scope["query_string"] = query.encode()
        scope["headers"] = headers
        await app({**scope, "server": ("127.0.0.1", 1)}, receive, cast(Any, send))
        is_page = (b"content-type", b"text/html; charset=utf-8") in sent[0]["headers"]
        return sent[0]["status"], sent[1]["body"].decode() if is_page else json.loads(sent[1]["body"])

    return asked


def drawn(schema: dict[str, Any], random: Random) -> Any:
    """A value that fits a schema, at its bounds more often than not."""
    if "oneOf" in schema:
        return drawn(random.choice(schema["oneOf"]), random)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kind = random.choice(kinds)
    if kind == "object":
        needed = schema.get("required", [])
        given = [name for name in schema["properties"] if name in needed or random.random() < 0.5]
        return {name: drawn(schema["properties"][name], random) for name in given}
    if kind == "array":
        return [drawn(schema["items"], random) for _ in range(random.choice([schema["minItems"], 2, 3]))]
    bits = {"int32": 31, "int64": 63}.get(schema.get("format", ""), 63)
    largest = 3.4e38 if schema.get("format") == "float" else 1.7e308
    dates = {"date-time": ["2020-02-29T12:00:00Z"], "date": ["2026-02-28"]}
    dates["uuid"] = ["71d37deb-c399-5b29-91bb-3e90e4edef4e"]
    texts = ["x", '\U0001f40b\n\0"\\', "x" * schema.get("maxLength", 300)]
    numbers = [0.0, -0.0, 1, -largest, largest, 5e-324, random.uniform(-1e6, 1e6)]
    if "maxLength" not in schema:
        numbers = [number / 1e10 for number in numbers] if schema.get("format") is None else numbers
    return {
        "null": None,
        "boolean": random.random() < 0.5,
        "integer": random.choice([0, (1 << bits) - 1, -(1 << bits)]),
        "number": random.choice(numbers),
        "string": random.choice(dates.get(schema.get("format", ""), texts)),
    }[kind]


def bent(value: Any, random: Random) -> Any:
    """A value with something in it put in the place of something else."""
    odd = [None, True, -1, 1e308, 10**400, "", "\ud800", [], {}, [[[]]], {"a": 1}, "2026-13-01", "x" * 10_000]
    if random.random() < 0.2 or not isinstance(value, dict | list) or not value:
        return random.choice(odd)
    if isinstance(value, list):
        items = cast(list[Any], value)
        at = random.randrange(len(items))
        return [*items[:at], bent(items[at], random), *items[at + 1 :]]
    found = dict(cast(dict[str, Any], value))
    name = random.choice(sorted(found))
    kept = found.pop(name)
    return (
        found if random.random() < 0.2 else {**found, random.choice([name, name, "new"]): bent(kept, random)}
    )


@pytest.mark.parametrize("path", PATHS)
def test_what_fits_the_document_is_taken(ask: Ask, path: str) -> None:
    async def run() -> None:
        _, document = await ask("/openapi.json", b"")
        post = document["paths"][path.partition("?")[0]]["post"]
        schema = post["requestBody"]["content"]["application/json"]["schema"]
        random = Random(19)
        for body in [*schema.get("examples", []), *(drawn(schema, random) for _ in range(300))]:
            status, answer = await ask(path, json.dumps(body).encode())
            assert status == 200, (body, answer)
            said = post["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
            assert answer.keys() == said.keys()

    asyncio.run(run())


@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_sent_is_taken_or_refused_in_words(ask: Ask, path: str) -> None:
    async def run() -> None:
        _, document = await ask("/openapi.json", b"")
        post = document["paths"][path.partition("?")[0]]["post"]
        schema = post["requestBody"]["content"]["application/json"]["schema"]
        random, statuses = Random(20), set[int]()
        for _ in range(BODIES):
            text = bytearray(json.dumps(bent(drawn(schema, random), random)).encode())
            for _ in range(random.choice([0, 0, 0, 1, 3])):
                text[random.randrange(len(text))] = random.randrange(256)
            status, answer = await ask(path, bytes(text))
            statuses.add(status)
            assert status == 200 or (str(status) in post["responses"] and set(answer) == {"error"}), text
        assert statuses == {200, 400}

    asyncio.run(run())


def test_the_document_is_a_page_that_runs_nothing(ask: Ask) -> None:
    status, document = asyncio.run(ask("/openapi.json", b""))
    found = page(document)
    assert (status, found.count("<h2>")) == (200, 2)
    for column in INPUTS:
        assert f"records[].{column.name}" in found
    assert not re.search("<script|<link|<img|https?:|javascript:| on[a-z]+=", found)
    assert asyncio.run(ask("/docs", b""))[1] == found


def test_a_column_is_called_as_it_likes(tmp_path: Path) -> None:
    """The page shows it, and the line to copy has it whole, whatever a shell would make of it."""
    name = "</pre><script>alert(1)</script> '; touch /tmp/x; $(touch x) \"`"
    model = Model()
    model.inputs = (Column(name, "double", True),)  # type: ignore[misc]
    found = page(document(Champion("1", "a" * 40, "v1", cast(Any, model), "m-1")))
    assert "<script" not in found and found.count("<pre>") == found.count("</pre>") == 2
    line = unescape(found.partition("<pre>")[2].partition("</pre>")[0])
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{line}"
    environ = {"ECLUSE_SERVING_URL": "https://a", "ECLUSE_SERVING_TOKEN": "t", "PATH": ""}
    done = subprocess.run(
        ["/bin/sh", "-c", script], env=environ, cwd=tmp_path, capture_output=True, text=True
    )
    words = done.stdout.split("\0")
    assert (words[2], words[4], done.stderr) == ("https://a/score", "Authorization: Bearer t", "")
    assert json.loads(words[8]) == {"records": [{"id": "c-1", name: 1.5}]}
    assert not list(tmp_path.iterdir())


def test_the_document_has_the_models_inputs(ask: Ask) -> None:
    status, document = asyncio.run(ask("/openapi.json", b""))
    assert (status, document["openapi"], document["info"]["version"]) == (200, "3.1.0", "1")
    body = document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    record = body["properties"]["records"]["items"]
    assert set(record["properties"]) == {"id", *(column.name for column in INPUTS)}
    assert record["required"] == ["id", *(column.name for column in INPUTS if column.required)]
    assert record["properties"]["an optional long"] == {"type": ["integer", "null"], "format": "int64"}
