"""The champion of a use case: the version with its alias, under the manifest that its release signed."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_models.confined import confined_model
from ecluse_models.download import download_files
from ecluse_models.model import Model, ModelError
from ecluse_release import manifest
from ecluse_release.manifest import PublicKeys
from ecluse_release.records import ALIAS, stated


@dataclass(frozen=True)
class Champion:
    """A released version and its model, which is that of the manifest."""

    version: ModelVersion
    model: Model


def champion_version(client: MlflowClient, use_case: str) -> ModelVersion | None:
    """The version that has the champion's alias, or None."""
    aliases = client.get_registered_model(use_case).aliases
    return client.get_model_version(use_case, aliases[ALIAS]) if ALIAS in aliases else None


def load(
    client: MlflowClient,
    version: ModelVersion,
    environment: str,
    key: PublicKeys,
    folder: Path,
) -> Champion:
    """Loads a version as it was released in this environment; raises ManifestError or ModelError."""
    statement = stated(version, environment, key)
    files = download_files(client, statement.model_id, statement.files, folder)
    manifest.verify_folder(files, statement)
    return Champion(version, confined_model(files))


def why_not(client: MlflowClient, version: ModelVersion, environment: str, key: PublicKeys) -> str | None:
    """Why a version is not what a release of this environment signed, or None; it is loaded to find out."""
    with TemporaryDirectory(prefix="ecluse-version-") as folder:
        try:
            load(client, version, environment, key, Path(folder, "model"))
        except (manifest.ManifestError, ModelError) as error:
            return str(error)
    return None
