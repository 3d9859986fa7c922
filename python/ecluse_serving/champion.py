"""The champion that serves: fetched, held against its signed manifest, and only then loaded."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import polars as pl

from ecluse_models.confined import ConfinedModel, confined_model
from ecluse_models.model import ModelError
from ecluse_release.manifest import TAG, ManifestError, PublicKeys, Statement, read, verify_folder
from ecluse_serving.kept import KeptChampion
from ecluse_serving.registry import NoChampion, RegistryError, Version

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
    model_id: str
    reference: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The usual value of each input, as the release signed it."""


class Versions(Protocol):
    """Where champions come from: the registry, or the server's own disk."""

    def champion(self, name: str) -> Version:
        """The version that serves; raises RegistryError."""
        ...

    def download(self, model_id: str, paths: list[str], folder: Path) -> None:
        """Copies these files of a signed manifest into a folder."""
        ...


@dataclass(frozen=True)
class Source:
    """Where champions come from, what their manifests must state, and where one that is loaded is kept."""

    registry: Versions
    environment: str
    use_case: str
    key: PublicKeys
    kept: KeptChampion | None = None

    def load(self, serving: Champion | None = None) -> Champion:
        """The present champion, or `serving` when that is it; raises one of LoadError with the reason."""
        return self.load_version(self.registry.champion(self.use_case), serving)

    def load_version(self, version: Version, serving: Champion | None = None) -> Champion:
        """A version under its manifest, or `serving` when that is it; raises one of LoadError."""
        # The number of a version is not signed, and the id of its model is.
        if serving and (serving.version, serving.model_id) == (version.number, version.model_id):
            return serving
        statement = self._stated(version)
        with TemporaryDirectory(prefix="ecluse-champion-") as name:
            folder = Path(name)
            self.registry.download(statement.model_id, sorted(statement.files), folder)
            verify_folder(folder, statement)
            model = confined_model(folder)
            if model.format != statement.format:
                raise ManifestError(
                    f"version {version.number} was released for format {statement.format!r}, "
                    f"not {model.format!r}"
                )
            self._keep(version, folder)
        _warm_up(model)
        found = (version.number, statement.commit, statement.data_version, model, statement.model_id)
        return Champion(*found, statement.reference)

    def _stated(self, version: Version) -> Statement:
        """The statement of a version's manifest, which has to be of this environment and use case."""
        statement = read(version.tags.get(TAG, ""), self.key)
        for name, stated, wanted in (
            ("environment", statement.environment, self.environment),
            ("use case", statement.use_case, self.use_case),
            ("model", statement.model_id, version.model_id),
        ):
            if stated != wanted:
                raise ManifestError(
                    f"version {version.number} was released for {name} {stated!r}, not {wanted!r}"
                )
        return statement

    def _keep(self, version: Version, folder: Path) -> None:
        if self.kept is None:
            return
        try:
            self.kept.keep(version, folder)
        except OSError as error:
            _log.error("version %s serves, but is not kept for a restart: %s", version.number, error)


def _warm_up(model: ConfinedModel) -> None:
    """Scores a row, so that no caller waits for what a model does the first time; it may refuse that row."""
    values = {"string": "", "boolean": False}
    row = {column.name: [values.get(column.type, 0)] for column in model.inputs}
    with suppress(ModelError):
        model.score(pl.DataFrame(row, schema={column.name: column.dtype for column in model.inputs}))


class Holder:
    """Keeps the champion that serves; a refused one never replaces it.

    `answered` is true from the registry's first answer on: before, nobody knows whether there is a champion.
    Until then one serves that `load_kept` gives. It goes when the registry names none, or one that is
    refused: it might have been taken back while this server did not run.
    """

    def __init__(
        self,
        load: Callable[[Champion | None], Champion],
        load_kept: Callable[[], Champion] | None = None,
    ) -> None:
        self._load, self._load_kept = load, load_kept
        self._lock = threading.Lock()
        self.champion: Champion | None = None
        self.answered = False
        self.reason = "no champion was looked for yet"

    @property
    def is_ready(self) -> bool:
        """Whether a champion serves, or it is known that there is none."""
        return self.answered or self.champion is not None

    def reload(self) -> Champion:
        """Loads the present champion and serves it; raises one of LoadError, and goes on with the former."""
        with self._lock:
            return self._serve(None)

    def follow(self, period: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Serves what the registry names, for ever: asks each period, and more often for a first champion."""
        wait = min(_FIRST_WAIT_SECONDS, period)
        self._begin()
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

    def _begin(self) -> None:
        """Serves what is kept, until the registry answers."""
        with self._lock:
            if self._load_kept is None or self.is_ready:
                return
            try:
                self.champion = self._load_kept()
                _log.info("champion is version %s, as kept on the disk", self.champion.version)
            except LoadError as error:
                _log.info("no champion is served from the disk: %s", error)
            except Exception:
                _log.exception("the champion on the disk could not be loaded")

    def _serve(self, serving: Champion | None) -> Champion:
        try:
            found = self._load(serving)
        except LoadError as error:
            self.reason = str(error)
            if isinstance(error, _Answered) and not self.answered:
                self.champion, self.answered = None, True
            _log.error("champion refused: %s", error)
            raise
        if found is not self.champion:
            _log.info("champion is version %s, commit %s", found.version, found.commit)
        self.champion, self.reason, self.answered = found, "", True
        return found
