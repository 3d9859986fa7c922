"""Use cases that a test writes, a container in memory, and a server in the place of the network."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
from obstore.store import MemoryStore
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from ecluse.contract import Contract
from ecluse.land import Stores
from ecluse.limits import Limits, bounds
from ecluse.usecase import UseCase
from ecluse_core.container import Container
from ecluse_core.landing import Landing

CONTRACT = Contract(
    target="left",
    id="who",
    categorical={"country": ("FR", "NA", "01"), "plan": ("None", "Gold")},
    numeric={"age": (18, 120), "balance": (0, 1_000)},
)
MONTHS = 10


class People:
    """A population that keeps `CONTRACT`."""

    MONTHS: int = MONTHS

    def draw_day(self, rows: int, seed: int, environment: str, day: date) -> pd.DataFrame:
        """Rows whose ids are of this environment and day alone."""
        import numpy as np

        frame = CONTRACT.draw(rows, np.random.default_rng([seed, day.toordinal()]))
        return frame.assign(who=[f"{environment}-{day}-{row}" for row in range(rows)])


def limits_of(contract: Contract, **values: float) -> Limits:
    """Bounds of 0.5 but for these."""
    known = bounds(contract)
    numbers = {**dict.fromkeys(known, 0.5), **values}
    return Limits("limits.yaml", known, numbers, dict.fromkeys(known, "w"), ())


def write_limits(contract: Contract, path: Path, **values: float) -> Path:
    """The file of such bounds."""
    found = limits_of(contract, **values).values
    path.write_text(json.dumps({name: {"bound": value, "why": "w"} for name, value in found.items()}))
    return path


def use_case(contract: Contract = CONTRACT, population: People | None = None) -> UseCase:
    """A use case without a folder, and without a model."""
    return UseCase("some_case", Path("limits.yaml"), contract, object, {}, population, None)


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Stores:
    """Two empty containers, and the environment that landing reads."""
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.setenv("ECLUSE_USE_CASE", "some-case")
    return Stores(*(Landing(Container(MemoryStore()), "some-case") for _ in range(2)))


class Server:
    """Answers every request with `status` and `reply` of the body, which a GET has not."""

    url = "http://server.test"

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[tuple[str, Any, str]] = []
        self.keys: list[str] = []
        self.reply: Callable[[Any], dict[str, Any]] = dict

    def send(self, request: PreparedRequest) -> Response:
        """The answer to a request."""
        body = json.loads(cast(bytes, request.body)) if request.body else None
        self.requests.append((request.path_url, body, str(request.headers.get("Authorization", ""))))
        self.keys.append(str(request.headers.get("Idempotency-Key", "")))
        reply, response = self.reply(body), Response()
        response.status_code, response.request, response.url = self.status, request, self.url
        response.raw = BytesIO(json.dumps(reply).encode())
        return response


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server in the place of the network."""
    state = Server()

    def send(_adapter: HTTPAdapter, request: PreparedRequest, **_options: object) -> Response:
        return state.send(request)

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return state


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lock file of two packages in a folder that is the working one."""
    monkeypatch.chdir(tmp_path)
    path = Path("requirements.lock")
    path.write_text("left-pad==1.0 \\\n    --hash=sha256:00\nright-pad==2.0\n")
    return path
