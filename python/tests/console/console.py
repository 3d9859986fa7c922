"""A running console before fakes of the servers that it asks, and a browser that keeps cookies."""

import json
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import urllib3
import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ecluse_console.app import create_app
from ecluse_console.settings import Settings
from tests.console import fakes
from tests.processes import free_port

PUBLIC = fakes.KEY.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass
class Running:
    """A console, and how a person's browser asks it."""

    world: fakes.World
    port: int
    cookies: dict[str, str] = field(
        default_factory=lambda: {"ecluse_session": "ana-session", "ecluse_forge": "ana-forge"}
    )
    host: str = ""

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Any:
        """One request; the answer is a urllib3 response."""
        name = self.host or f"127.0.0.1:{self.port}"
        shown = {"Host": name, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        if body:
            shown.setdefault("Content-Type", "application/x-www-form-urlencoded")
        url = f"http://127.0.0.1:{self.port}{path}"
        return urllib3.request(
            method, url, headers=shown, body=body or None, redirect=False, timeout=30, retries=False
        )

    def page(self, path: str) -> str:
        """The text of a page that must be shown."""
        answer = self.ask(path)
        text = answer.data.decode()
        assert answer.status == 200, text
        return text


def settings(world: fakes.World, port: int, tracking: str, forge: str, **more: str) -> Settings:
    """The settings of a console before these servers."""
    use_cases = [
        {"name": name, "serving": tracking, "project": str(number)}
        for number, name in enumerate(world.use_cases, 1)
    ]
    variables: Mapping[str, str] = {
        "ECLUSE_PORT": str(port),
        "ECLUSE_ENVIRONMENT": "dev",
        "ECLUSE_TIER": "development",
        "ECLUSE_USE_CASES": json.dumps(use_cases),
        "MLFLOW_TRACKING_URI": tracking,
        "ECLUSE_SIGNING_PUBLIC_KEY": PUBLIC,
        "ECLUSE_FORGE_URL": forge,
        **more,
    }
    return Settings.read(variables)


@contextmanager
def console(world: fakes.World, reports: Any = None, tracking: str = "", **more: str) -> Generator[Running]:
    """Runs a console as its process does; before a fake of the tracking server, where none is given."""
    with ExitStack() as stack:
        fake = stack.enter_context(fakes.serving(world, fakes.tracking))
        forge = stack.enter_context(fakes.serving(world, fakes.forge))
        port = free_port()
        given = settings(
            world, port, fake, forge, **({"MLFLOW_TRACKING_URI": tracking} if tracking else {}), **more
        )
        app = create_app(given.model_copy(update={"reports": reports}))
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Running(world, port)
        finally:
            server.should_exit = True
            thread.join(10)
