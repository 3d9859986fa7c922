"""TLS inside of an environment: the certificate of a server, and the authority that its clients trust.

Both are files that the platform mounts. A server reads its own once, at its start: a renewed certificate
comes with a new pod. A target that names none has plain HTTP, as the laptop on its loopback.
"""

import ssl
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

from pydantic import AfterValidator, Field

from ecluse_core.settings import Environment, Port

# TLS waits 30 seconds for an idle client's farewell, and a pod is killed by then.
_END_SECONDS = 15


def _served(folder: Path) -> Path:
    """Refuses at the start what would refuse every caller."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "tls.crt", folder / "tls.key")
    except OSError as error:
        raise ValueError(
            f"must be a folder with tls.crt and tls.key, PEM, of one key, got {str(folder)!r}: {error}"
        ) from None
    return folder


def _trusted(file: Path) -> Path:
    try:
        trusting(file)
    except OSError as error:
        raise ValueError(f"must be a file of certificates, PEM, got {str(file)!r}: {error}") from None
    return file


TlsFolder = Annotated[Path, AfterValidator(_served)]
Authority = Annotated[Path, AfterValidator(_trusted)]


class Listener(TypedDict):
    """What of uvicorn's options says how a server listens."""

    host: str
    port: int
    ssl_certfile: NotRequired[Path]
    ssl_keyfile: NotRequired[Path]
    timeout_graceful_shutdown: NotRequired[int]


class Listening(Environment):
    """A server: where it listens, and by which certificate; without one it takes plain HTTP."""

    host: str = "127.0.0.1"
    port: Port
    tls_folder: TlsFolder | None = None
    """A folder as Kubernetes mounts a Secret of the type kubernetes.io/tls."""

    @property
    def listening(self) -> Listener:
        """How uvicorn listens."""
        if self.tls_folder is None:
            return {"host": self.host, "port": self.port}
        return {
            "host": self.host,
            "port": self.port,
            "ssl_certfile": self.tls_folder / "tls.crt",
            "ssl_keyfile": self.tls_folder / "tls.key",
            "timeout_graceful_shutdown": _END_SECONDS,
        }


class Calling(Environment):
    """A client of the environment's servers, which it knows by one authority and no other."""

    authority: Authority | None = Field(default=None, alias="MLFLOW_TRACKING_SERVER_CERT_PATH")
    """MLflow's own client reads the variable too."""


def trusting(authority: Path | None) -> ssl.SSLContext | None:
    """What verifies a server by the authority alone; None leaves it to the machine's authorities."""
    return ssl.create_default_context(cafile=authority) if authority else None
