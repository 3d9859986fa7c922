"""Requests a second and their times at the model server, at `mlflow models serve`, and at a bare Starlette.

    PYTHONPATH=python .venv/bin/python bench/serving.py [--callers 8] [--rows 1] [--only] [--reload]

The same model and rows in one run. The model server verifies the caller, validates each
row and logs it durably; the others do none of that. The bare one parses the body, and answers.
"""

import argparse
import asyncio
import json
import os
import sys
import threading
import time
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.identity.tracking import SERVING, RunningEnvironment, environment
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


def measure(targets: dict[str, Target], args: argparse.Namespace) -> dict[str, tuple[float, float]]:
    """Of each the median of requests a second, and of the 99th percentile in seconds: one after the other,
    again and again, so that what else the machine does hits all of them.
    """
    rates, most = ({name: list[float]() for name in targets} for _ in range(2))
    for target in targets.values():
        asyncio.run(_load(target, args.callers, 1))
    for _ in range(args.rounds):
        for name, target in targets.items():
            load = asyncio.run(_load(target, args.callers, args.seconds))
            times = sorted(load.times)
            rates[name].append(len(times) / args.seconds)
            most[name].append(times[int(len(times) * 0.99)])
            print(
                f"{name:20} {rates[name][-1]:8.1f} requests/s, p50 {times[len(times) // 2] * 1000:7.1f} ms, "
                f"p99 {most[name][-1] * 1000:7.1f} ms, {load.failed} failed",
                flush=True,
            )
    return {name: (median(rates[name]), median(most[name])) for name in targets}


@contextmanager
def _reloading(url: str, token: str) -> Generator[None, None, None]:
    """Has the champion loaded again each second meanwhile."""
    over = threading.Event()

    def reload() -> None:
        while not over.wait(1):
            headers = {"Authorization": f"Bearer {token}"}
            urllib.request.urlopen(urllib.request.Request(f"{url}/reload", b"", headers), timeout=60).read()

    thread = threading.Thread(target=reload)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


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
    """All servers at once, of which one is asked at a time; then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--rows", type=int, default=1)
    parser.add_argument("--only", action="store_true", help="the model server alone")
    parser.add_argument("--reload", action="store_true", help="its champion is loaded again each second")
    args = parser.parse_args()
    records: list[dict[str, Any]] = [{**RECORD, "id": f"{{n}}-{row}"} for row in range(args.rows)]
    with TemporaryDirectory() as name, environment(Path(name)) as prod, ExitStack() as stack:
        folder = Path(name)
        land_data(prod)
        model_id = train(prod, Training("a" * 40))
        server = stack.enter_context(model_server(prod, folder, prod.store.url("inference", "write")))
        do_release(prod, "a" * 40, server)
        body, port = json.dumps({"records": records}), int(server.url.rpartition(":")[2])
        targets = {"model server": Target(port, "/score", body, prod.forge.person(aud=SERVING))}
        if not args.only:
            targets |= _others(prod, model_id, records, folder, stack)
        if args.reload:
            stack.enter_context(_reloading(server.url, prod.forge.ci("release", SERVING)))
        found = measure(targets, args)
    rate, most = found.pop("model server")
    for name, (its_rate, its_most) in found.items():
        print(f"model server / {name}: {rate / its_rate:.2f} × the requests, {most / its_most:.2f} × the p99")


def _others(
    prod: RunningEnvironment, model_id: str, records: list[dict[str, Any]], folder: Path, stack: ExitStack
) -> dict[str, Target]:
    """The servers to compare with: MLflow's with the same model, and one without any."""
    place = MlflowClient(prod.url).get_logged_model(model_id).artifact_location
    model = download_artifacts(artifact_uri=place, dst_path=str(folder / "model"))
    words = ["mlflow", "models", "serve", "-m", model, "-p", "{port}", "--env-manager", "local"]
    mlflow = stack.enter_context(_other(words, "/ping", folder))
    own = str(Path(__file__).parent)
    words = ["uvicorn", "--app-dir", own, "--port", "{port}", "--no-access-log", "serving:bare"]
    bare = stack.enter_context(_other(words, "/", folder))
    inputs = [{name: value for name, value in record.items() if name != "id"} for record in records]
    return {
        "mlflow models serve": Target(mlflow, "/invocations", json.dumps({"dataframe_records": inputs})),
        "bare Starlette": Target(bare, "/score", json.dumps({"records": records})),
    }


if __name__ == "__main__":
    main()
