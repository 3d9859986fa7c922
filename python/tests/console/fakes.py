"""A tracking server and a forge that answer as the real ones do, for people that they know."""

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from ecluse_release import manifest
from ecluse_release.records import CHANGE_KIND, CHANGE_TAG, REFUSAL_KIND, REFUSAL_TAG

KEY = manifest.SigningKey(ec.generate_private_key(ec.SECP256R1()))
COMMIT = "4554217e" + "0" * 32
GATE: dict[str, Any] = {
    "name": "roc_auc",
    "result": "pass",
    "passed": True,
    "value": 0.84,
    "low": 0.81,
    "high": 0.87,
    "bound": 0.75,
    "rows": 900,
    "reason": "",
    "fix": "",
}


@dataclass
class World:
    """What the fakes know: use cases, who sees which of them, pipelines, and what they were asked."""

    use_cases: list[str] = field(default_factory=lambda: ["bank-churn"])
    sees: dict[str, list[str]] = field(default_factory=lambda: {"ana-session": ["bank-churn"]})
    """Workspaces by session."""
    tokens: set[str] = field(default_factory=lambda: {"ana-forge"})
    codes: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Access token and login token by a link's code, which is used up."""
    logins: dict[str, str] = field(default_factory=dict[str, str])
    """Sessions by login token; one that is not here has no role."""
    pipelines: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    jobs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    log: str = "one\nAssertionError: roc_auc 0.61 is below 0.75\n"
    title: str = "Raise the floor"
    issues: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    author: str = "ana"
    tampered: bool = False
    away: set[str] = field(default_factory=set[str])
    """Parts of paths that answer 500."""
    asked: list[tuple[str, str, Mapping[str, str]]] = field(
        default_factory=list[tuple[str, str, Mapping[str, str]]]
    )

    def version(self, name: str, number: str) -> dict[str, Any]:
        """A released version, signed."""
        source = f"models:/m-{number}"
        stated = manifest.Statement(
            "dev",
            name,
            f"m-{number}",
            "skops",
            f"run{number}",
            COMMIT,
            "data-1",
            "holdout-1",
            "7",
            [GATE],
            {},
        )
        change = {
            "action": "released", "environment": "dev", "use_case": name, "version": number,
            "model_id": f"m-{number}", "former": None, "person": self.author, "pipeline_id": "7",
            "reason": "its gates passed", "time": f"2026-11-0{number}T10:00:00.000+00:00",
        }  # fmt: skip
        key = manifest.SigningKey(ec.generate_private_key(ec.SECP256R1())) if self.tampered else KEY
        tags = {manifest.TAG: manifest.sign(stated, key)}
        tags[f"{CHANGE_TAG}{number}"] = manifest.seal(change, CHANGE_KIND, KEY)
        return {
            "name": name, "version": number, "source": source, "run_id": f"run{number}",
            "creation_timestamp": 1_790_000_000_000 + int(number), "tags": _pairs(tags),
        }  # fmt: skip

    def refusal(self, name: str) -> dict[str, str]:
        """The tag of a refusal."""
        document = {
            "environment": "dev", "use_case": name, "commit": "b" * 40, "run_id": "run9", "pipeline_id": "8",
            "person": self.author, "time": "2026-11-09T10:00:00", "reason": "roc_auc is below its bound",
            "gates": [{**GATE, "result": "fail", "value": 0.6, "fix": "train on more rows"}],
        }  # fmt: skip
        return {f"{REFUSAL_TAG}run9": manifest.seal(document, REFUSAL_KIND, KEY)}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


class _Refused(Exception):
    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status


Answer = Callable[[World, str, dict[str, str], Any, Mapping[str, str]], tuple[Any, dict[str, str]]]


def tracking(world: World, path: str, query: dict[str, str], body: Any, headers: Mapping[str, str]) -> Any:
    """The tracking server's answers."""
    if path == "/health":
        return {"version": "2", "last_reload": "ok"}, {}
    if path == "/ready":
        return {"database": "ok"}, {}
    if "login" in query:
        session = world.logins.get(query["login"])
        if session is None:
            raise _Refused(401)
        return {}, {"set-cookie": f"ecluse_session={session}; HttpOnly; SameSite=strict; Path=/"}
    session = headers.get("Cookie", "").removeprefix("ecluse_session=")
    if session not in world.sees:
        raise _Refused(401)
    seen, name = world.sees[session], headers.get("X-MLFLOW-WORKSPACE", "")
    if path.endswith("/workspaces"):
        return {"workspaces": [{"name": each} for each in seen]}, {}
    if name not in seen:
        raise _Refused(403)
    return _mlflow(world, path.rpartition("mlflow/")[2], name, query, body), {}


def _mlflow(world: World, path: str, name: str, query: dict[str, str], body: Any) -> Any:
    if path == "registered-models/alias":
        return {"model_version": world.version(name, "2")}
    if path == "registered-models/get":
        aliases = [{"alias": "champion", "version": "2"}]
        return {"registered_model": {"name": name, "aliases": aliases, "tags": _pairs(world.refusal(name))}}
    if path == "model-versions/search":
        return {"model_versions": [world.version(name, number) for number in ("1", "2")]}
    if path == "experiments/get-by-name":
        return {"experiment": {"experiment_id": "1"}}
    if path == "runs/search":
        assert body["experiment_ids"] == ["1"]
        metrics = [{"key": "roc_auc", "value": 0.8412}]
        return {"runs": [{"info": {"run_id": "run2"}, "data": {"metrics": metrics}}]}
    if path == "runs/get":
        tags = {"ecluse.verified.commit": COMMIT, "ecluse.data_version": "data-1"}
        info = {
            "run_id": query["run_id"],
            "experiment_id": "1",
            "user_id": "ci:ecluse/x",
            "status": "FINISHED",
        }
        return {"run": {"info": info, "data": {"tags": _pairs(tags)}}}
    raise _Refused(404)


def forge(world: World, path: str, query: dict[str, str], body: Any, headers: Mapping[str, str]) -> Any:
    """The forge's answers."""
    if path == "/health":
        return {"status": "ok"}, {}
    if path == "/oauth/token":
        granted = world.codes.pop(str(body.get("code")), None)
        if granted is None:
            raise _Refused(401)
        return {"access_token": granted[0], "id_token": granted[1]}, {}
    if headers.get("Authorization", "").removeprefix("Bearer ") not in world.tokens:
        raise _Refused(401)
    project, _, rest = path.removeprefix("/api/v4/projects/").partition("/")
    return _gitlab(world, project, rest, query), {}


def _gitlab(world: World, project: str, rest: str, query: dict[str, str]) -> Any:
    mine = world.pipelines.get(project, [])
    if rest == "pipelines":
        return mine[: int(query.get("per_page", 20))]
    if rest.startswith("pipelines/") and rest.endswith("/jobs"):
        return world.jobs
    if rest.startswith("pipelines/"):
        found = [each for each in mine if str(each["id"]) == rest.removeprefix("pipelines/")]
        if not found:
            raise _Refused(404)
        return found[0]
    if rest.startswith("jobs/"):
        return world.log
    if rest.startswith("repository/commits/"):
        created = "2026-11-01T10:00:00+00:00"
        return {"id": COMMIT, "title": world.title, "author_name": world.author, "created_at": created}
    if rest == "issues":
        return world.issues
    raise _Refused(404)


@contextmanager
def serving(world: World, answer: Answer) -> Generator[str]:
    """Runs a fake; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            world.asked.append((self.command, self.path, dict(self.headers)))
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            try:
                if any(part in self.path for part in world.away):
                    raise _Refused(500, "<b>down</b>")
                found, more = answer(world, address.path, query, body, dict(self.headers))
                status = 303 if more else 200
            except _Refused as error:
                found, more, status = {"message": str(error)}, {}, error.status
            content = found.encode() if isinstance(found, str) else json.dumps(found).encode()
            self.send_response(status)
            for key, value in {**more, "content-length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _do

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
