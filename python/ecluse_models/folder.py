"""What the folder of a stored model holds; free of what loads models."""

from pathlib import Path

from ecluse_models.model import ModelError

_MOST_FILES = 100


def files_of(folder: Path) -> dict[str, Path]:
    """The files of an MLflow model folder by their names; raises ModelError for a link, or too many."""
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    links = [path.name for path in paths if path.is_symlink() or not path.is_file()]
    if links:
        raise ModelError(f"the model's folder holds {links[0]}, which is no file; log the model alone")
    if len(paths) > _MOST_FILES:
        raise ModelError(
            f"the model's folder holds {len(paths)} files, and may hold {_MOST_FILES}; log the model alone"
        )
    return {path.relative_to(folder).as_posix(): path for path in paths}
