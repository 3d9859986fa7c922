"""Takes landed rows between a folder and an environment's container.

A use case's code makes rows, and may have no credential for the container: it reads and writes a folder.
`python -m ecluse_local.landing get FOLDER` fills the folder from the container of ECLUSE_DATA_URL.
`put FOLDER` lands what the code left there, and prints the line for the user. Exit 0 done, 1 refused.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Final

from ecluse.errors import KitError
from ecluse.land import store
from ecluse.landed import container, folder, landed_etags, read_manifest
from ecluse_core.container import BlobError, Container
from ecluse_core.plain import NotPlain, read_plain

LARGEST_LANDING: Final = 4 << 30
"""The bytes of all files of a landing: they are in memory at once."""


def get(root: Path, blobs: Container) -> str:
    """Copies all that has landed into the folder."""
    names = blobs.etags(folder())
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(blobs.read(name).content)
    return f"{len(names)} files"


def put(root: Path, blobs: Container) -> str:
    """Lands what is in the folder, unless the container holds the same. After a KitError nothing landed."""
    # From the top: a link above the landing is one too.
    landing = f"{folder()}/"
    below = {name: content for name, content in regular_files(root).items() if name.startswith(landing)}
    files = {name.removeprefix(landing): content for name, content in below.items()}
    manifest = json.loads(files.pop("_landing.json", b"{}"))
    if not isinstance(manifest, dict) or not isinstance(manifest.get("parameters"), dict):
        raise KitError(f"{root} holds no landing with a manifest: land into it by python -m ecluse land")
    parameters, dates = manifest["parameters"], manifest.get("dates")
    contents = {_date(name): content for name, content in files.items()}
    if not contents:
        raise KitError(
            f"{root} holds no landing: run python -m ecluse land with ECLUSE_DATA_URL=file://{root}"
        )
    landed = read_manifest(blobs)
    same = landed and (landed["parameters"], landed["dates"]) == (parameters, dates)
    if landed and same and landed["etags"] == landed_etags(blobs):
        return f"already landed, nothing to do: data version {landed['version']}"
    return f"landed {len(contents)} dates: data version {store(blobs, contents, parameters)}"


def _date(name: str) -> str:
    """The date of `date=<date>/part-0.parquet`."""
    day = name.removeprefix("date=").removesuffix("/part-0.parquet")
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise KitError(f"{name} is no landed file; a landing has date=<date>/part-0.parquet") from None


def regular_files(root: Path) -> dict[str, bytes]:
    """The content of each file below a folder, by its path in it; raises KitError for a linked folder.

    Untrusted code made them: a link could name what only its reader may read.
    """
    found: dict[str, bytes] = {}
    left = LARGEST_LANDING
    for parent, folders, names in os.walk(root):
        for folder_name in folders:
            if Path(parent, folder_name).is_symlink():
                raise KitError(f"{Path(parent, folder_name)} is a link; land files only")
        for name in names:
            path = Path(parent, name)
            found[path.relative_to(root).as_posix()] = content = read_plain(path, left)
            left -= len(content)
    return found


def main(words: list[str]) -> int:
    """Entry point."""
    try:
        print({"get": get, "put": put}[words[0]](Path(words[1]), container()))
    except (BlobError, KitError, NotPlain, ValueError) as error:
        print(f"landing: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
