"""Fetches the files of a logged model, by MLflow's client."""

from collections.abc import Iterable
from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts


def download_model(client: MlflowClient, model_id: str, folder: Path) -> Path:
    """Downloads the files of a logged model into a new folder, and gives the folder that holds them."""
    folder.mkdir(parents=True)
    # By place and not by `models:/`, for which MLflow adds a file of its own to what it downloads.
    place = client.get_logged_model(model_id).artifact_location
    return Path(download_artifacts(artifact_uri=place, dst_path=str(folder)))


def download_files(client: MlflowClient, model_id: str, names: Iterable[str], folder: Path) -> Path:
    """Downloads these files of a signed manifest, and nothing that somebody has put beside them."""
    place = client.get_logged_model(model_id).artifact_location
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        download_artifacts(artifact_uri=f"{place}/{name}", dst_path=str(target.parent))
    return folder
