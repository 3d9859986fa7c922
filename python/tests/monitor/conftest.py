"""A reference population with its baseline, days drawn from it, and the services of the commands."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlparse

import numpy as np
import polars as pl
import pytest

from ecluse_core.container import Container
from ecluse_monitor import judged
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.predictions import Logged
from tests.core.azurite import Azurite
from tests.identity.tls import Certificates, certificates
from tests.monitor.receiver import Receiver, context_of

SETTINGS: dict[str, Any] = {"alert": {"bad_days": 1}}


def draw(rows: int, seed: int, shift: float = 0.0) -> pl.DataFrame:
    """`rows` logged predictions over 10 inputs; `shift` moves `input_x0` by so many standard deviations."""
    rng = np.random.default_rng([seed, rows])
    columns: dict[str, Any] = {f"input_x{n}": rng.normal(shift * (n == 0), 1, rows) for n in range(7)}
    columns["input_skewed"] = np.round(rng.gamma(2, 1000, rows), 2)
    columns["input_count"] = rng.integers(0, 4, rows).astype(float)
    columns["input_country"] = rng.choice(["France", "Germany", "Spain"], rows, p=[0.5, 0.25, 0.25])
    columns["score"] = rng.beta(2, 5, rows)
    columns["model_version"] = ["1"] * rows
    return pl.DataFrame(columns)


def read_day(inference: Container, use_case: str, day: date) -> pl.DataFrame:
    """All predictions logged on `day`, each once, perhaps no rows; as many columns as they have together."""
    batches = list(Logged(inference, use_case, day).batches())
    return pl.concat(batches, how="diagonal_relaxed") if batches else pl.DataFrame()


@pytest.fixture(scope="session")
def baseline() -> Baseline:
    """The baseline of 100,000 reference rows."""
    return build_baseline(draw(100_000, 99), SETTINGS)


@dataclass
class Platform:
    """The tracking server's answers and the forge's issues, over HTTP."""

    url: str = ""
    baseline: Baseline | None = None
    issues: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    notes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    tokens: set[str] = field(default_factory=set[str])
    tags: dict[str, str] = field(default_factory=dict[str, str])
    """Verdicts by run."""
    metrics: dict[str, float] = field(default_factory=dict[str, float])
    run_tags: dict[str, str] = field(default_factory=dict[str, str])
    """Other tags, of the one run that there is."""
    pipelines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    forge_status: int = 0
    released: bool = True
    version: str = "1"
    on_write: Callable[[str], None] = lambda _: None
    """Called with `issue`, `note`, `tag` or `pipeline` once that is written, and before it is answered."""
    lock: threading.Lock = field(default_factory=threading.Lock)


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, body: object) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _handle(self) -> None:
            with platform.lock:
                platform.tokens.add(self.headers.get("Authorization", ""))
                length = int(self.headers.get("Content-Length") or 0)
                body = cast(dict[str, Any], json.loads(self.rfile.read(length) or b"{}"))
                self._route(urlparse(self.path).path, body)

        def _route(self, path: str, body: dict[str, Any]) -> None:
            if path.endswith("/registered-models/get"):
                others = [{"alias": "challenger", "version": "2"}]
                aliases = (
                    [*others, {"alias": "champion", "version": platform.version}]
                    if platform.released
                    else others
                )
                self._answer(200, {"registered_model": {"name": "churn", "aliases": aliases}})
            elif path.endswith("/model-versions/get"):
                (version,) = parse_qs(urlparse(self.path).query)["version"]
                assert version in ("1", platform.version)
                self._answer(200, {"model_version": {"version": version, "run_id": "r1"}})
            elif path == "/get-artifact":
                run = parse_qs(urlparse(self.path).query)["run_uuid"]
                found = platform.baseline is not None and run == ["r1"]
                self._answer(200 if found else 404, platform.baseline if found else {})
            elif path.endswith("/runs/log-batch"):
                platform.tags[body["run_id"]] = body["tags"][0]["value"]
                platform.metrics |= {each["key"]: each["value"] for each in body["metrics"]}
                self._answer(200, {})
            elif path.endswith("/runs/set-tag"):
                platform.run_tags[body["key"]] = body["value"]
                platform.on_write("tag")
                self._answer(200, {})
            elif path.endswith("/runs/get"):
                tags = [{"key": key, "value": value} for key, value in platform.run_tags.items()]
                self._answer(200, {"run": {"data": {"tags": tags}}})
            elif platform.forge_status:
                self._answer(platform.forge_status, {"message": "refused"})
            elif "/pipeline" in path:
                self._pipelines(path.removeprefix("/api/v4/projects/7/"), body)
            else:
                self._issues(path.removeprefix("/api/v4/projects/7/issues"), body)

        def _pipelines(self, path: str, body: dict[str, Any]) -> None:
            if path == "trigger/pipeline":
                number = len(platform.pipelines) + 1
                name = body["variables"].pop("ECLUSE_RETRAINING")
                made = {"id": number, "name": name, "status": "created", "web_url": f"http://forge/{number}"}
                platform.pipelines.append(made | {"asked": body})
                platform.on_write("pipeline")
                self._answer(201, made)
            elif path == "pipelines":
                self._answer(200, platform.pipelines)
            else:
                number = int(path.removeprefix("pipelines/"))
                found = [each for each in platform.pipelines if each["id"] == number]
                self._answer(200 if found else 404, found[0] if found else {})

        def _issues(self, path: str, body: dict[str, Any]) -> None:
            if self.command == "GET":
                self._answer(200, platform.notes if path.endswith("/notes") else platform.issues)
            elif path.endswith("/notes"):
                platform.notes.append(body)
                platform.on_write("note")
                self._answer(201, body)
            elif self.command == "POST":
                iid = len(platform.issues) + 1
                issue = {"iid": iid, "state": "opened", "web_url": f"http://forge/issues/{iid}", **body}
                platform.issues.append(issue)
                platform.on_write("issue")
                self._answer(201, issue)
            else:
                issue = platform.issues[int(path.strip("/")) - 1]
                event = body.pop("state_event", "")
                state = {"close": "closed", "reopen": "opened"}.get(event, issue["state"])
                issue.update(body, state=state)
                self._answer(200, issue)

        do_GET = do_POST = do_PUT = _handle

    return Handler


@pytest.fixture
def platform(baseline: Baseline) -> Iterator[Platform]:
    """A fresh forge and tracking server."""
    platform = Platform(baseline=baseline)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(platform))
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield platform
    server.shutdown()


@pytest.fixture
def environment(
    azurite: Azurite, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The monitor's environment, with containers and a token of its own."""
    token = tmp_path / "token"
    token.write_text("first\n")
    values = {
        "ECLUSE_USE_CASE": "churn",
        "ECLUSE_ENVIRONMENT": "dev",
        "MLFLOW_TRACKING_URI": platform.url,
        "MLFLOW_WORKSPACE": "churn",
        "ECLUSE_TRACKING_TOKEN_FILE": str(token),
        "ECLUSE_FORGE_TOKEN_FILE": str(token),
        "ECLUSE_FORGE_URL": platform.url,
        "ECLUSE_PROJECT_ID": "7",
    }
    for name in ("inference", "reports"):
        values[f"ECLUSE_{name.upper()}_URL"] = azurite.url(azurite.make_any(), "read-write")
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(Path(tmp_path_factory.mktemp("tls")))


@pytest.fixture
def trusted(tls: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.authority))
    monkeypatch.setattr(judged, "PAUSE", 0.01)


@pytest.fixture
def receiver(tls: Certificates) -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), receiver.handler())
    server.socket = context_of(tls).wrap_socket(server.socket, server_side=True)
    receiver.url = f"https://localhost:{server.server_address[1]}/hooks?of=ecluse"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()
