"""The champion that serves: fetched, held against its signed manifest, and only then loaded."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric import ec
from ecluse_release.manifest import ManifestError, read, verify_folder
from ecluse_release.model import Model, ModelError, load_model

from ecluse_serving.registry import Registry, RegistryError

_FIRST_WAIT_SECONDS = 1.0
_LAST_WAIT_SECONDS = 60.0
_log = logging.getLogger(__name__)

# The last four: a tracking server that breaks off, or answers with something else than it should.
LoadError = (ManifestError, ModelError, RegistryError, OSError, HTTPException, KeyError, ValueError)


@dataclass(frozen=True)
class Champion:
    """A verified, loaded model and where it comes from."""

    version: str
    commit: str
    data_version: str
    model: Model


@dataclass(frozen=True)
class Source:
    """Where champions come from, and what their manifests must state."""

    registry: Registry
    environment: str
    use_case: str
    key: ec.EllipticCurvePublicKey

    def load(self) -> Champion:
        """The present champion; raises one of LoadError with the reason."""
        version = self.registry.champion(self.use_case)
        statement = read(version.tags.get("ecluse.manifest", ""), self.key)
        for name, stated, wanted in (
            ("environment", statement.environment, self.environment),
            ("use case", statement.use_case, self.use_case),
            ("model", statement.model_id, version.model_id),
        ):
            if stated != wanted:
                raise ManifestError(
                    f"version {version.number} was released for {name} {stated!r}, not {wanted!r}"
                )
        with TemporaryDirectory(prefix="ecluse-champion-") as name:
            folder = Path(name)
            self.registry.download(statement.model_id, sorted(statement.files), folder)
            verify_folder(folder, statement)
            model = load_model(folder)
        return Champion(version.number, statement.commit, statement.data_version, model)


class Holder:
    """Keeps the champion that serves; a refused one never replaces it."""

    def __init__(self, load: Callable[[], Champion]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self.champion: Champion | None = None
        self.reason = "no champion was looked for yet"

    def reload(self) -> Champion:
        """Loads the present champion and serves it; raises one of LoadError, and goes on with the former."""
        with self._lock:
            try:
                self.champion = self._load()
            except LoadError as error:
                self.reason = str(error)
                _log.error("champion refused: %s", error)
                raise
            self.reason = ""
            _log.info("champion is version %s, commit %s", self.champion.version, self.champion.commit)
            return self.champion

    def await_first(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Tries until there is a champion, ever less often."""
        wait = _FIRST_WAIT_SECONDS
        while self.champion is None:
            try:
                self.reload()
            except LoadError:
                sleep(wait)
                wait = min(2 * wait, _LAST_WAIT_SECONDS)
