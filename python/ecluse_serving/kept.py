"""The champion on the server's own disk: a server that starts again serves it at once.

It is a cache, and trusted no more than what the tracking server answers: its manifest is verified, and its
files are held against it, each time that it is loaded. Its version's number is none that the release signs.
"""

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecluse_release.manifest import TAG, ManifestError
from ecluse_serving.registry import RegistryError, Version


@dataclass(frozen=True)
class KeptChampion:
    """A folder with the files of the last champion, and the version that they are of."""

    folder: Path

    def champion(self, _name: str) -> Version:
        """As the registry's: the version that was kept; RegistryError where none is, or it is damaged."""
        try:
            found: Any = json.loads(self._named.read_text())
            return Version(str(found["number"]), str(found["model_id"]), {TAG: str(found["manifest"])})
        except FileNotFoundError:
            raise RegistryError("no champion is kept on the server's disk") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RegistryError(f"the champion on the server's disk cannot be read: {error!r}") from None

    def download(self, model_id: str, paths: Sequence[str], folder: Path) -> None:
        """As the registry's: copies these files of a signed manifest into a folder."""
        if self.champion("").model_id != model_id:
            raise ManifestError(f"the server's disk has another model than {model_id}")
        for path in paths:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._files / path, target)

    def keep(self, version: Version, folder: Path) -> None:
        """Keeps a verified champion in the place of the former one, which is gone even where this fails."""
        self.forget()
        draft = self.folder.with_name(f"{self.folder.name}-{uuid.uuid4()}")
        try:
            draft.mkdir(mode=0o700, parents=True)
            shutil.copytree(folder, draft / "files", copy_function=shutil.copyfile)
            named = {
                "number": version.number,
                "model_id": version.model_id,
                "manifest": version.tags[TAG],
            }
            (draft / "version.json").write_text(json.dumps(named))
            draft.rename(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def forget(self) -> None:
        """Removes it; what names it goes first, so that a part of it is none."""
        self._named.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _files(self) -> Path:
        return self.folder / "files"

    @property
    def _named(self) -> Path:
        return self.folder / "version.json"
