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

from ecluse_models.confined import ConfinedModel, confined_model
from ecluse_models.model import ModelError
from ecluse_release.manifest import ManifestError, read, verify_folder
from ecluse_serving.registry import NoChampion, Registry, RegistryError

_FIRST_WAIT_SECONDS = 1.0
_log = logging.getLogger(__name__)

# The last four: a tracking server that breaks off, or answers with something else than it should.
LoadError = (ManifestError, ModelError, RegistryError, OSError, HTTPException, KeyError, ValueError)
# Errors that mean: the registry answered that there is no champion, or none that may serve.
_Answered = (NoChampion, ManifestError, ModelError)


@dataclass(frozen=True)
class Champion:
    """A verified model, loaded in a process of its own, and where it comes from."""

    version: str
    commit: str
    data_version: str
    model: ConfinedModel


@dataclass(frozen=True)
class Source:
    """Where champions come from, and what their manifests must state."""

    registry: Registry
    environment: str
    use_case: str
    key: ec.EllipticCurvePublicKey

    def load(self, serving: Champion | None = None) -> Champion:
        """The present champion, or `serving` when that is it; raises one of LoadError with the reason."""
        version = self.registry.champion(self.use_case)
        if serving and serving.version == version.number:
            return serving
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
            model = confined_model(folder)
        if model.format != statement.format:
            raise ManifestError(
                f"version {version.number} was released for format {statement.format!r}, not {model.format!r}"
            )
        return Champion(version.number, statement.commit, statement.data_version, model)


class Holder:
    """Keeps the champion that serves; a refused one never replaces it.

    `answered` is true from the registry's first answer on: before, nobody knows whether there is a champion.
    """

    def __init__(self, load: Callable[[Champion | None], Champion]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self.champion: Champion | None = None
        self.answered = False
        self.reason = "no champion was looked for yet"

    def reload(self) -> Champion:
        """Loads the present champion and serves it; raises one of LoadError, and goes on with the former."""
        with self._lock:
            return self._serve(None)

    def follow(self, period: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Serves what the registry names, for ever: asks each period, and more often for a first champion."""
        wait = min(_FIRST_WAIT_SECONDS, period)
        while True:
            try:
                with self._lock:
                    self._serve(self.champion)
            except LoadError:
                pass
            except Exception:
                # A thread that ended would leave this replica behind for good.
                _log.exception("the champion could not be followed")
            sleep(period if self.champion else wait)
            wait = min(2 * wait, period)

    def _serve(self, serving: Champion | None) -> Champion:
        try:
            found = self._load(serving)
        except LoadError as error:
            self.reason = str(error)
            self.answered = self.answered or isinstance(error, _Answered)
            _log.error("champion refused: %s", error)
            raise
        if found is not self.champion:
            _log.info("champion is version %s, commit %s", found.version, found.commit)
        self.champion, self.reason, self.answered = found, "", True
        return found
