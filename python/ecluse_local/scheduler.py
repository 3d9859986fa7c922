"""The environment's scheduler: what a cluster's token projection and CronJobs do, for one machine.

`python -m ecluse_local.scheduler` reads `ECLUSE_SCHEDULES` (JSON): `issuer`; `tokens`, a list of `{subject,
audience, file}` written and renewed for the workloads; `jobs`, a list of `{name, cron, command, env}`
(five-field cron, UTC). `ECLUSE_WORKLOAD_KEY` is the issuer's private key, PEM.
"""

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import jwt
from croniter import croniter
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm
from pydantic import Field, Json

from ecluse_core.errors import SettingError
from ecluse_core.settings import Document, Environment, Secret, Text

TOKEN_SECONDS = 600
RENEW_SECONDS = 120
JOB_SECONDS = 1800


class Token(Document):
    """A projected token: its subject, its audience, and the file that holds it."""

    subject: Text
    audience: Text
    file: Text


class Job(Document):
    """A command that starts at the times of `cron`; a run that lasts past the next time leaves that out."""

    name: Text
    cron: Text
    command: list[str]
    env: dict[str, str]


class Schedules(Document):
    """The tokens to project, as the issuer says they are its own, and the jobs to start."""

    issuer: Text
    tokens: tuple[Token, ...]
    jobs: tuple[Job, ...]


class Settings(Environment):
    """What the scheduler is given; variables of jobs hold secrets."""

    schedules: Json[Schedules] = Field(repr=False, json_schema_extra={"writeOnly": True})
    workload_key: Secret


def thumbprint(private_key: str) -> str:
    """RFC 7638 thumbprint of the public half: the `kid` that the environment's JWKS has."""
    public = load_pem_private_key(private_key.encode(), None).public_key()
    jwk = json.loads(ECAlgorithm.to_jwk(public))  # pyright: ignore[reportArgumentType]
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def mint(issuer: str, private_key: str, kid: str, token: Token) -> str:
    """A JWT as a ServiceAccount's, for one audience, good for `TOKEN_SECONDS`."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": token.subject,
        "aud": token.audience,
        "iat": now,
        "nbf": now,
        "exp": now + TOKEN_SECONDS,
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode(claims, private_key, algorithm="ES256", headers={"kid": kid})


def project(path: Path, text: str) -> None:
    """Writes a token where a reader sees the old one or the new one, never half of one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.rename(path)


class Projection:
    """The tokens in their files, each renewed in time by the clock that its readers judge it by."""

    def __init__(self, schedules: Schedules, private_key: str) -> None:
        self._schedules, self._private_key = schedules, private_key
        self._kid = thumbprint(private_key)
        self._minted = 0.0

    def renew(self, now: float) -> None:
        """Writes new tokens when the present ones are old, or of the future since the clock was set back."""
        if 0 <= now - self._minted < RENEW_SECONDS:
            return
        try:
            for token in self._schedules.tokens:
                text = mint(self._schedules.issuer, self._private_key, self._kid, token)
                project(Path(token.file), text)
            self._minted = now
        except OSError as error:
            print(f"tokens are not renewed: {error}; free some space, they are tried again", flush=True)


class Plan:
    """When each job is next due."""

    def __init__(self, jobs: tuple[Job, ...], now: datetime) -> None:
        self._jobs = jobs
        self._due = {job.name: next_time(job, now) for job in jobs}

    def take(self, now: datetime) -> list[Job]:
        """The jobs that are due: each once, however many of its times a jump of the clock has passed over."""
        due = [job for job in self._jobs if now >= self._due[job.name]]
        # Of all: where the clock was set back, none waits until it is as late as it once was.
        self._due = {job.name: next_time(job, now) for job in self._jobs}
        return due


class Runs:
    """The jobs that are under way: each at most once at a time, and none for longer than `JOB_SECONDS`."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}

    def start(self, job: Job) -> None:
        """Starts a job, unless its last run is still under way."""
        if job.name in self._running:
            print(f"{job.name}: is still running; this time is left out", flush=True)
            return
        print(f"{job.name}: starts", flush=True)
        self._running[job.name] = (subprocess.Popen(job.command, env=job.env), time.monotonic())

    def settle(self) -> None:
        """Reports jobs that ended, and ends those that take too long."""
        for name, (process, began) in list(self._running.items()):
            if process.poll() is not None:
                print(f"{name}: ended with {process.returncode}", flush=True)
                del self._running[name]
            elif time.monotonic() - began > JOB_SECONDS:
                print(f"{name}: killed after {JOB_SECONDS} s", flush=True)
                process.kill()


def stop(*_: object) -> None:
    """Ends at once: a job that is under way is the process manager's to end."""
    sys.exit(0)


def main() -> int:
    """Projects tokens and starts due jobs until a signal stops it; returns 1 when a setting is wrong."""
    try:
        settings = Settings.read(os.environ)
    except SettingError as error:
        print(f"ecluse_local.scheduler: {error}", file=sys.stderr)
        return 1
    projection = Projection(settings.schedules, settings.workload_key)
    plan = Plan(settings.schedules.jobs, datetime.now(UTC))
    signal.signal(signal.SIGTERM, stop)
    runs = Runs()
    while True:
        projection.renew(time.time())
        for job in plan.take(datetime.now(UTC)):
            runs.start(job)
        runs.settle()
        time.sleep(1)


def next_time(job: Job, now: datetime) -> datetime:
    """When the job is next due, after now."""
    return croniter(job.cron, now).get_next(datetime)


if __name__ == "__main__":
    sys.exit(main())
