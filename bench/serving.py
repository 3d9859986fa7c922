"""Requests a second and their times at the model server, at `mlflow models serve`, and at a bare Starlette.

    PYTHONPATH=python .venv/bin/python bench/serving.py [--seconds 10] [--callers 8] [--rows 1]

The same model and rows, one after the other in one run. The model server verifies the caller, validates each
row and logs it durably; the others do none of that. The bare one parses the body, and answers.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.identity.tracking import SERVING, environment
from tests.processes import free_port, python_environment, running
from tests.release.training import Training, land_data, train
from tests.serving.server import RECORD, do_release, model_server


async def _bare(request: Request) -> JSONResponse:
    return JSONResponse({"predictions": [0.5 for _ in json.loads(await request.body())["records"]]})


bare = Starlette(routes=[Route("/score", _bare, methods=["POST"])])


@dataclass(frozen=True)
class Target:
    """Where requests go, and what they say; `{n}` in a body is the request's number."""

    port: int
    path: str
    body: str
    token: str = ""

    def request(self, number: int) -> bytes:
        """The bytes of one request."""
        body = self.body.replace("{n}", str(number))
        lines = [f"POST {self.path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [
            "Content-Type: application/json",
            *([f"Authorization: Bearer {self.token}"] * bool(self.token)),
        ]
        return "\r\n".join([*lines, "", body]).encode()


class Load:
    """Callers that each ask again as soon as they are answered."""

    def __init__(self, target: Target, seconds: float) -> None:
        self.target, self.end = target, time.perf_counter() + seconds
        self.times, self.failed, self._number = list[float](), 0, 0

    async def call(self) -> None:
        """One caller, on one connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target.port)
        while (began := time.perf_counter()) < self.end:
            self._number += 1
            writer.write(self.target.request(self._number))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            answer = await reader.readexactly(int(length))
            self.times.append(time.perf_counter() - began)
            if b" 200 " not in head.partition(b"\r\n")[0]:
                self.failed += 1
                print(answer.decode()[:300], file=sys.stderr)
        writer.close()


async def _load(target: Target, callers: int, seconds: float) -> Load:
    load = Load(target, seconds)
    await asyncio.gather(*(load.call() for _ in range(callers)))
    return load


def measure(name: str, target: Target, args: argparse.Namespace) -> tuple[float, float]:
    """Requests a second and the 99th percentile in seconds, after a second of warming up; prints them."""
    asyncio.run(_load(target, args.callers, min(1, args.seconds)))
    load = asyncio.run(_load(target, args.callers, args.seconds))
    times = sorted(load.times)
    rate, (half, most) = len(times) / args.seconds, (times[int(len(times) * part)] for part in (0.5, 0.99))
    print(
        f"{name:20} {rate:8.1f} requests/s, p50 {half * 1000:7.1f} ms, p99 {most * 1000:7.1f} ms, "
        f"{load.failed} failed",
        flush=True,
    )
    return rate, most


@contextmanager
def _other(words: list[str], path: str, folder: Path) -> Generator[int, None, None]:
    port = free_port()
    environ = python_environment(MLFLOW_TRACKING_URI=f"sqlite:///{folder}/none.db", OMP_NUM_THREADS="1")
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    command = [sys.executable, "-W", "ignore", "-m", *(word.replace("{port}", str(port)) for word in words)]
    with running(
        command, environ, f"http://127.0.0.1:{port}{path}", folder / f"{words[0]}.log", any_status=True
    ):
        yield port


def main() -> None:
    """One after the other; then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--rows", type=int, default=1)
    parser.add_argument("--only", action="store_true", help="the model server alone")
    args = parser.parse_args()
    records: list[dict[str, Any]] = [{**RECORD, "id": f"{{n}}-{row}"} for row in range(args.rows)]
    inputs = [{name: value for name, value in record.items() if name != "id"} for record in records]
    body = json.dumps({"records": records})
    with TemporaryDirectory() as name, environment(Path(name)) as prod:
        folder, found = Path(name), dict[str, tuple[float, float]]()
        land_data(prod)
        model_id = train(prod, Training("a" * 40))
        with model_server(prod, folder, prod.store.url("inference", "write")) as server:
            do_release(prod, "a" * 40, server)
            token = prod.forge.person(aud=SERVING)
            port = int(server.url.rpartition(":")[2])
            found["model server"] = measure("model server", Target(port, "/score", body, token), args)
        if args.only:
            return
        place = MlflowClient(prod.url).get_logged_model(model_id).artifact_location
        model = download_artifacts(artifact_uri=place, dst_path=str(folder / "model"))
        words = ["mlflow", "models", "serve", "-m", model, "-p", "{port}", "--env-manager", "local"]
        with _other(words, "/ping", folder) as port:
            other = json.dumps({"dataframe_records": inputs})
            found["mlflow"] = measure("mlflow models serve", Target(port, "/invocations", other), args)
        with _other(
            ["uvicorn", "--app-dir", str(Path(__file__).parent), "--port", "{port}", "serving:bare"],
            "/",
            folder,
        ) as port:
            found["bare"] = measure("bare Starlette", Target(port, "/score", body), args)
    for name in ("mlflow", "bare"):
        rate, most = (own / its for own, its in zip(found["model server"], found[name], strict=True))
        print(f"model server / {name}: {rate:.2f} × the requests, {most:.2f} × the p99")


if __name__ == "__main__":
    main()
