"""What a hostile training tries with the token and the variables of its job; prints the outcomes.

`hostile.json` names what no job is given, and an attacker may have guessed.
"""

import ctypes
import errno
import json
import os
import resource
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

GIVEN = json.loads(Path("hostile.json").read_text())
TRACKING = os.environ["MLFLOW_TRACKING_URI"]
USE_CASE = os.environ["CI_PROJECT_NAME"]
libc = ctypes.CDLL(None, use_errno=True)


def answer(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> int:
    """The status of a request."""
    request = urllib.request.Request(url, body, {"x-ms-version": "2021-12-02", **headers}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def tracking(path: str, method: str = "GET", body: object = None, raw: bytes | None = None) -> int:
    """The status of a request to the tracking server, with the job's own token."""
    headers = {
        "Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}",
        "X-MLflow-Workspace": USE_CASE,
        "Content-Type": "application/json",
    }
    return answer(
        f"{TRACKING}/api/2.0/{path}", method, raw or (body and json.dumps(body).encode()), **headers
    )


def listing(container: str) -> int:
    """The status of listing a container with the signature of the training data."""
    url = os.environ["ECLUSE_DATA_URL"].replace("/data?", f"/{container}?")
    return answer(f"{url}&restype=container&comp=list")


def refused(attempt: Callable[[], object]) -> str:
    """The kernel's word on an attempt, or that it was done."""
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "done"


def ipc(call: str, *arguments: int) -> Callable[[], None]:
    """A call of the C library that gives -1 where it is refused."""

    def attempt() -> None:
        if getattr(libc, call)(*arguments) == -1:
            raise OSError(ctypes.get_errno(), call)

    return attempt


pid = GIVEN["server"]
limits = (0, 0)
outcomes = {
    "the training data": listing("data"),
    "the hold-out": listing("holdout"),
    "production's ports": [
        refused(lambda port=port: socket.create_connection(("127.0.0.1", port), 5)) for port in GIVEN["ports"]
    ],
    "shared memory": refused(ipc("shmget", GIVEN["key"], 0, 0)),
    "message queue": refused(ipc("msgget", GIVEN["key"], 0)),
    "/dev/shm": refused(lambda: list(Path("/dev/shm").iterdir())),
    "kill": refused(lambda: os.kill(pid, 9)),
    "prlimit": refused(lambda: resource.prlimit(pid, resource.RLIMIT_CPU, limits)),
    "process": refused(lambda: Path(f"/proc/{pid}/environ").read_bytes()),
    "a run of its own": tracking(
        "mlflow/experiments/get-by-name?experiment_name=" + USE_CASE,
    ),
    "the champion's files": [
        tracking(f"{GIVEN['champion']}/{name}", "PUT", raw=b"x") for name in ("model.skops", "added.bin")
    ],
    "the alias": tracking(
        "mlflow/registered-models/alias",
        "POST",
        {"name": USE_CASE, "alias": "champion", "version": "1"},
    ),
    "no alias": tracking("mlflow/registered-models/alias", "DELETE", {"name": USE_CASE, "alias": "champion"}),
}
print("outcomes " + json.dumps(outcomes))
