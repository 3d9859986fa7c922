"""GitLab's API for one project, which the local forge has too."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import requests

from ecluse_monitor.errors import MonitorError
from ecluse_monitor.tracking import token_header

TIMEOUT = 20


@dataclass(frozen=True)
class Forge:
    """Where the project is: the API's address, its number, and the file that has the token.

    `trigger_file` has the token that starts pipelines, and nothing else; None where none may be started.
    """

    url: str
    project: str
    token_file: Path
    trigger_file: Path | None = None

    def call(self, method: str, path: str, fields: dict[str, Any]) -> Any:
        """The JSON answer to a request below the project; MonitorError where there is none."""
        headers = token_header("ECLUSE_FORGE_TOKEN_FILE", self.token_file)
        content: dict[str, Any] = {"params": fields} if method == "GET" else {"json": fields}
        return self._send(method, path, headers=headers, **content)

    def pages(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Every entry of a list."""
        page = 1
        while True:
            asked = query | {"per_page": "100", "page": str(page)}
            found = cast(list[dict[str, Any]], self.call("GET", path, asked))
            yield from found
            if len(found) < 100:
                return
            page += 1

    def start(self, ref: str, variables: dict[str, str]) -> dict[str, Any]:
        """Starts a pipeline of a branch; MonitorError where there is no token for that, or it is refused."""
        if self.trigger_file is None:
            raise MonitorError("ECLUSE_TRIGGER_TOKEN_FILE is not set; the stack sets it")
        try:
            token = self.trigger_file.read_text().strip()
        except OSError as error:
            name = self.trigger_file.name
            raise MonitorError(
                f"ECLUSE_TRIGGER_TOKEN_FILE: {name} cannot be read ({error.strerror})"
            ) from error
        body = {"token": token, "ref": ref, "variables": variables}
        return cast(dict[str, Any], self._send("POST", "/trigger/pipeline", json=body))

    def _send(self, method: str, path: str, **content: Any) -> Any:
        url = f"{self.url}/api/v4/projects/{self.project}{path}"
        what = f"forge: {method} {path.removeprefix('/')}"
        try:
            response = requests.request(method, url, timeout=TIMEOUT, **content)
        except requests.RequestException as error:
            raise MonitorError(f"{what}: no answer ({type(error).__name__})") from error
        if response.status_code not in (200, 201):
            raise MonitorError(f"{what}: HTTP {response.status_code} {response.text[:200]}")
        return response.json()
