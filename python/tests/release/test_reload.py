"""A release waits until every replica serves it: a stand-in for a Service before some of them."""

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

import pytest

from ecluse_release.reload import ReloadError, require_served
from ecluse_release.settings import Serving

Replica = Callable[[], str | None]


@contextmanager
def service(*replicas: Replica) -> Generator[tuple[str, list[str]], None, None]:
    """Gives each request to the next replica, which says its version or has none; notes what was asked."""
    asked: list[str] = []
    turns = cycle(replicas)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            version = next(turns)()
            self.send_response(200 if version else 503)
            self.end_headers()
            self.wfile.write(json.dumps({"version": version}).encode())

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_one_process_is_asked_once() -> None:
    with service(lambda: "2") as (url, asked):
        require_served(Serving(url, "t", 1, 30), "2")
    assert asked == ["POST /reload"]


@pytest.mark.parametrize("before", ["1", None])
def test_replicas_are_waited_for_and_then_met_for_more_than_a_period(before: str | None) -> None:
    behind: list[float] = []

    def late() -> str | None:
        if len(behind) == 5:
            return "2"
        behind.append(time.monotonic())
        return before

    with service(lambda: "2", late) as (url, asked):
        require_served(Serving(url, "t", 2, 1), "2")
    assert time.monotonic() - behind[-1] > 1
    # Every other question meets the late one; twenty answers in a row are wanted after its last wrong one.
    assert asked == ["POST /reload"] + ["GET /champion"] * (9 + 20)


def test_a_replica_that_stays_behind_is_named() -> None:
    reason = "serves version 1, not 2, in one of its replicas after 10 seconds"
    with service(lambda: "2", lambda: "1") as (url, _), pytest.raises(ReloadError, match=reason):
        require_served(Serving(url, "t", 2, 1), "2")


def test_a_replica_that_was_told_and_serves_another_is_not_waited_for() -> None:
    reason = "serves version 1, not 2"
    with service(lambda: "1") as (url, asked), pytest.raises(ReloadError, match=reason):
        require_served(Serving(url, "t", 4, 30), "2")
    assert asked == ["POST /reload"]
