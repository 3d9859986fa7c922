"""A real S3 server for tests: versitygw, built from its Go module and kept for the next run."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.go_programs import go_program
from tests.identity.tls import Certificates
from tests.processes import free_port, running

MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
REGION = "eu-test-1"


@dataclass(frozen=True)
class S3:
    """A running S3 server, and the one key that it knows."""

    endpoint: str
    key: str = field(default_factory=lambda: secrets.token_hex(8))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def environ(self, **buckets: str) -> dict[str, str]:
        """The variables that open these buckets, each under the name of its variable."""
        query = urlencode({"endpoint": self.endpoint, "region": REGION})
        urls = {variable: f"s3://{bucket}?{query}" for variable, bucket in buckets.items()}
        return {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret, **urls}


@contextmanager
def s3_server(folder: Path, *buckets: str, tls: Certificates | None = None) -> Generator[S3, None, None]:
    """Runs a server with these buckets on a free port; skips the test where there can be none."""
    program = go_program(MODULE)
    for bucket in buckets:
        (folder / "objects" / bucket).mkdir(parents=True)
        _require_attributes(folder / "objects" / bucket)
    port = free_port()
    server = S3(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
    command = [program, "--port", f"127.0.0.1:{port}", "--region", REGION, "--quiet"]
    command += ["--cert", str(tls.certificate), "--key", str(tls.key)] if tls else []
    storage = ["posix", str(folder / "objects")]
    environ = {"ROOT_ACCESS_KEY": server.key, "ROOT_SECRET_KEY": server.secret}
    log = folder / "s3.log"
    with running([*command, *storage], environ, server.endpoint, log, any_status=True):
        yield server


def _require_attributes(folder: Path) -> None:
    """ETags are stored in these: in files of their own (`--sidecar`) conditional writes lose some."""
    try:
        os.setxattr(folder, "user.ecluse", b"")
    except OSError as error:
        pytest.skip(f"the S3 server of this test needs extended attributes in {folder}: {error.strerror}")
