"""Takes landed rows between a folder and an environment's containers.

A use case's code makes rows, and may have no credential for a container: it reads and writes a folder.
`python -m ecluse_local.landing get FOLDER` makes FOLDER/data hold the use case's landing in ECLUSE_DATA_URL.
`put FOLDER` lands what the code left in FOLDER/data and FOLDER/holdout, and prints the line for the user.
What is held out it chooses again. Exit 0 done, 1 refused.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

from obstore.store import LocalStore

from ecluse.errors import KitError
from ecluse.land import Stores
from ecluse.landed import holdout, training_data
from ecluse_core.container import BlobError, Container
from ecluse_core.landing import Landing, LandingError, sha256_of
from ecluse_core.plain import NotPlain, read_plain

LARGEST_LANDING: Final = 4 << 30
"""The bytes of all files of a landing: they are in memory at once."""
PARTS: Final = ("data", "holdout")
"""The folders of what training reads and of what is held out, as the containers are named."""


def get(root: Path, landing: Landing) -> str:
    """Makes the folder hold what training reads, and nothing else; where it does, it is left alone."""
    copy = Landing(Container(LocalStore(root / "data", mkdir=True)), landing.use_case)
    landed, copied = landing.manifest() or {}, copy.manifest() or {}
    parameters = landed.get("parameters", {})
    is_same = bool(landed) and landed["version"] == copied.get("version")
    if is_same and landing.is_complete(parameters) and copy.is_complete(parameters):
        return f"data version {copied['version']}, copied before"
    return f"data version {copy.replace(landing.files().contents, parameters)}"


def put(root: Path, stores: Stores) -> str:
    """Lands what is in the folder, unless the containers hold the same. After a KitError nothing landed."""
    made = regular_files(root)
    parameters, contents = dict[str, Any](), dict[str, bytes]()
    for part in PARTS:
        # From the top: a link above the landing is one too.
        landing = f"{part}/{stores.data.folder}/"
        below = {name: content for name, content in made.items() if name.startswith(landing)}
        files = {name.removeprefix(landing): content for name, content in below.items()}
        parameters = _parameters(files.pop("_landing.json", b"{}"), root)
        contents |= {_date(name): content for name, content in files.items()}
    if stores.is_complete(parameters) and stores.digests() == sha256_of(contents):
        return f"already landed, nothing to do: data version {stores.version}"
    return f"landed {len(contents)} dates: data version {stores.replace(contents, parameters)}"


def _parameters(manifest: bytes, root: Path) -> dict[str, Any]:
    found = json.loads(manifest)
    if not isinstance(found, dict) or not isinstance(found.get("parameters"), dict):
        raise KitError(
            f"{root} holds no landing with a manifest: land into it by python -m ecluse land, with "
            f"ECLUSE_DATA_URL=file://{root}/data and ECLUSE_HOLDOUT_URL=file://{root}/holdout"
        )
    return found["parameters"]


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
        command, folder = words[0], Path(words[1])
        if command == "get":
            print(get(folder, training_data()))
        else:
            print(put(folder, Stores(training_data(), holdout())))
    except (BlobError, KitError, LandingError, NotPlain, ValueError) as error:
        print(f"landing: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
