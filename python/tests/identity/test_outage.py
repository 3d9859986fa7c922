"""The tracking server without its PostgreSQL: it lives, is not ready, and is ready again by itself."""

import asyncio
import http.client
import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.core.azurite import artifacts_of
from tests.identity.postgres import Postgres, postgres
from tests.identity.tracking import GRANTS, TRACKING, TokenIssuer, identity_document
from tests.processes import free_port, python_environment, running

PASSWORD = "only for this test"


class Relay:
    """The network before PostgreSQL: it passes bytes on, keeps silent, or refuses."""

    def __init__(self, target: int) -> None:
        self.port, self._target = free_port(), target
        self._loop = asyncio.new_event_loop()
        self._flowing = asyncio.Event()
        self._writers = set[asyncio.StreamWriter]()
        self._server: asyncio.Server | None = None
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.passes()

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)  # pyright: ignore

    def passes(self) -> None:
        """Bytes flow."""
        self._do(self._pass())

    def keeps_silent(self) -> None:
        """Connections stay and new ones are taken, and nobody answers."""
        self._do(self._silence())

    def refuses(self) -> None:
        """Connections are cut, and no new one is taken."""
        self._do(self._refuse())

    async def _pass(self) -> None:
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _silence(self) -> None:
        self._flowing.clear()

    async def _refuse(self) -> None:
        assert self._server is not None
        self._server.close()
        self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()


@dataclass(frozen=True)
class Running:
    """A tracking server, and the network before its database."""

    port: int
    network: Relay
    issuer: TokenIssuer

    def asked(self, path: str, **headers: str) -> int:
        """The status of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status

    def asked_for_runs(self) -> int:
        """The status of a request that needs the database."""
        path = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=bank-churn"
        token = f"Bearer {self.issuer.workload('serve')}"
        return self.asked(path, Authorization=token, **{"X-MLFLOW-WORKSPACE": "bank-churn"})

    def becomes(self, path: str, status: int) -> bool:
        """Whether a path answers so within a minute."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.asked(path) == status:
                return True
            time.sleep(0.2)
        return False


def _prepared(server: Postgres, port: int) -> dict[str, str]:
    """Databases that the Job `prepare` has made, and the variables by which the relay leads there."""
    server.run(f"CREATE ROLE tracking LOGIN PASSWORD '{PASSWORD}'")
    for name in ("tracking", "auth"):
        server.run(f"CREATE DATABASE {name} OWNER tracking")
    through = Postgres(server.folder, port, server.tls)
    names = {
        f"ECLUSE_{name.upper()}_DATABASE": through.uri("tracking", name) for name in ("tracking", "auth")
    }
    given = {**names, "PGPASSWORD": PASSWORD, "ECLUSE_ARTIFACTS": artifacts_of("prod")}
    environ = python_environment(**given, ECLUSE_GRANTS=json.dumps(GRANTS))
    command = [sys.executable, "-W", "ignore", "-m", "ecluse_identity.prepare"]
    subprocess.run(command, env=environ, check=True, timeout=120)
    return given


@pytest.fixture(scope="module")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A tracking server on a PostgreSQL that is reached through a relay."""
    folder, port, issuer = (
        Path(tmp_path_factory.mktemp("outage")),
        free_port(),
        TokenIssuer("http://forge.test"),
    )
    workloads = TokenIssuer("https://prod.ecluse.local", "workload-1")
    with postgres() as server:
        network = Relay(server.port)
        environ = python_environment(
            ECLUSE_ENVIRONMENT="prod",
            ECLUSE_PORT=str(port),
            ECLUSE_IDENTITY=identity_document(
                issuer.issuer, "http://127.0.0.1:9/k", workloads.jwks(), TRACKING
            ),
            ECLUSE_SESSION_KEY=secrets.token_urlsafe(32),
            **_prepared(server, network.port),
        )
        command = [sys.executable, "-W", "ignore", "-m", "ecluse_identity.serve"]
        with running(command, environ, f"http://127.0.0.1:{port}/health", folder / "server.log"):
            yield Running(port, network, workloads)
            network.passes()


def test_it_is_ready_with_its_database(tracking: Running) -> None:
    assert (tracking.asked("/health"), tracking.asked("/ready")) == (200, 200)
    assert tracking.asked_for_runs() == 200


@pytest.mark.parametrize("outage", ["refuses", "keeps_silent"])
def test_it_lives_through_an_outage_and_is_ready_after_it(tracking: Running, outage: str) -> None:
    getattr(tracking.network, outage)()
    # Callers that wait for the database must not hold up the probe of life.
    callers = [threading.Thread(target=tracking.asked_for_runs, daemon=True) for _ in range(8)]
    for caller in callers:
        caller.start()
    assert tracking.becomes("/ready", 503)
    for _ in range(4):
        began = time.monotonic()
        assert tracking.asked("/health") == 200
        # The kubelet waits five seconds for each answer (components/kubernetes/pod.ts).
        assert time.monotonic() - began < 5
    tracking.network.passes()
    for caller in callers:
        caller.join(60)
    assert tracking.becomes("/ready", 200)
    assert tracking.asked_for_runs() == 200
