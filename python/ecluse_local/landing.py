"""Takes landed rows between a folder and an environment's container.

A use case's code makes rows, and may have no credential for the container: it reads and writes a folder.
`python -m ecluse_local.landing get FOLDER` fills the folder from the container of ECLUSE_DATA_URL.
`put FOLDER` lands what the code left there, and prints the line for the user. Exit 0 done, 1 refused.
"""

import json
import os
import stat
import sys
from datetime import date
from pathlib import Path

from ecluse.errors import KitError
from ecluse.land import store
from ecluse.landed import container, folder, landed_etags, read_manifest
from ecluse_core.container import BlobError, Container


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
    files = regular_files(root / folder())
    manifest = json.loads(files.pop("_landing.json", b"{}"))
    parameters, dates = manifest.get("parameters"), manifest.get("dates")
    contents = {_date(name): content for name, content in files.items()}
    if not contents or not isinstance(parameters, dict):
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
    """The content of each file below a folder, by its path; raises KitError for a link or anything else.

    Untrusted code made them: a link could name what only its reader may read.
    """
    found: dict[str, bytes] = {}
    for parent, folders, names in os.walk(root):
        for name in [*folders, *names]:
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                raise KitError(f"{path} is neither a file nor a folder; remove it")
        for name in names:
            path = Path(parent, name)
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                found[str(path.relative_to(root))] = file.read()
    return found


def main(words: list[str]) -> int:
    """Entry point."""
    try:
        print({"get": get, "put": put}[words[0]](Path(words[1]), container()))
    except (BlobError, KitError) as error:
        print(f"landing: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
