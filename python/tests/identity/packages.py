"""The packages of an image, without the image: a folder that holds what its lock file names, and no more."""

import re
from importlib.metadata import distributions
from pathlib import Path, PurePath


def locked(lock: Path) -> dict[str, str]:
    """Versions by normal name, as a lock file pins them."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def normal(name: str) -> str:
    """A package's name as lock files have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def link_packages(lock: Path, folder: Path) -> Path:
    """Links the packages of a lock file from this Python into `folder`; LookupError for one that is not here.

    A process whose path is this folder finds no other package, as in the image that is made by the lock file.
    """
    wanted, found = locked(lock), dict[str, str]()
    for distribution in distributions():
        name = normal(distribution.name)
        if name in wanted:
            found[name] = distribution.version
            files = [PurePath(file) for file in distribution.files or () if ".." not in file.parts]
            _link(Path(str(distribution.locate_file(""))), folder, files)
    if found != wanted:
        raise LookupError(f"not here as {lock} has it: {dict(wanted.items() - found.items())}")
    return folder


def _link(source: Path, target: Path, files: list[PurePath]) -> None:
    """Links files and whole folders; one without `__init__.py` may be several packages' (google, azure)."""
    target.mkdir(parents=True, exist_ok=True)
    for top in {file.parts[0] for file in files}:
        inside = [PurePath(*file.parts[1:]) for file in files if file.parts[0] == top and len(file.parts) > 1]
        if inside and not (source / top / "__init__.py").exists():
            _link(source / top, target / top, inside)
        elif not (target / top).exists():
            (target / top).symlink_to(source / top)
