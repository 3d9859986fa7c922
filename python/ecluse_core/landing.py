"""Where rows of a use case land in a container: a Parquet file for each date, and a manifest of these bytes.

An environment has two such containers. Training reads `data`; the release judges models on `holdout`, which
nothing that trains can open.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ecluse_core.container import Container, Missing


class LandingError(Exception):
    """Nothing has landed, or not all of it; the message names the folder and the fix."""


def data_version(digests: Mapping[str, str]) -> str:
    """One hash over the sha256 of each landing date: equal data has an equal version, wherever it is."""
    return hashlib.sha256(json.dumps(sorted(digests.items())).encode()).hexdigest()


def sha256_of(contents: Mapping[str, bytes]) -> dict[str, str]:
    """The sha256 of each file, by landing date in its order."""
    return {day: hashlib.sha256(content).hexdigest() for day, content in sorted(contents.items())}


@dataclass(frozen=True)
class Files:
    """Every landed file by date (ISO, ascending), and the data version of exactly these bytes."""

    contents: dict[str, bytes]
    version: str


@dataclass(frozen=True)
class Landing:
    """The landing of one use case in one container; its methods raise BlobError."""

    container: Container
    use_case: str

    @property
    def folder(self) -> str:
        """Its folder in the container."""
        return f"{self.use_case}/customers"

    def manifest(self) -> dict[str, Any] | None:
        """What the last landing wrote: `parameters`, `version`, `dates`, `etags`; None where none was."""
        try:
            content = self.container.read(f"{self.folder}/_landing.json").content
        except Missing:
            return None
        return cast(dict[str, Any], json.loads(content))

    def etags(self) -> dict[str, str]:
        """ETag by name of every landed file, the manifest apart."""
        prefix = f"{self.folder}/date="
        found = self.container.etags(self.folder)
        return {name: etag for name, etag in found.items() if name.startswith(prefix)}

    def files(self) -> Files:
        """All that has landed; raises LandingError where nothing has, or a landing broke off."""
        contents = {day: self.container.read(name).content for day, name in self._names().items()}
        if not contents:
            raise LandingError(f"nothing has landed under {self.folder}: run python -m ecluse land")
        manifest, digests = self.manifest(), sha256_of(contents)
        if manifest is not None and manifest["dates"] != digests:
            raise LandingError(
                f"the landed files under {self.folder} differ from _landing.json: "
                "run python -m ecluse land --replace"
            )
        return Files(contents, data_version(digests))

    def is_complete(self, parameters: Mapping[str, Any]) -> bool:
        """Whether all of a landing of these parameters is here, as it was written."""
        found = self.manifest()
        return found is not None and found["parameters"] == parameters and found["etags"] == self.etags()

    def replace(self, contents: Mapping[str, bytes], parameters: Mapping[str, Any]) -> str:
        """Puts files, by date (ISO), in the place of what has landed; returns their data version."""
        digests, etags = sha256_of(contents), dict[str, str]()
        version = data_version(digests)
        manifest = {"parameters": parameters, "version": version, "dates": digests, "etags": etags}
        # The manifest goes first without ETags: a landing that dies here is neither complete nor readable.
        self._write(manifest)
        for day, name in self._names().items():
            if day not in contents:
                self.container.delete(name)
        for day, content in contents.items():
            name = f"{self.folder}/date={day}/part-0.parquet"
            etags[name] = self.container.write(name, content)
        self._write(manifest)
        return version

    def _names(self) -> dict[str, str]:
        prefix = f"{self.folder}/date="
        return {name.removeprefix(prefix).split("/")[0]: name for name in self.etags()}

    def _write(self, manifest: Mapping[str, Any]) -> None:
        self.container.write(f"{self.folder}/_landing.json", json.dumps(manifest, indent=1).encode())
