"""Starts what a pod runs, as a process: its command and environment, with the files of its image only."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.identity.packages import link_packages
from tests.processes import await_healthy

ROOT = Path(__file__).parents[3]
PODS: dict[str, dict[str, Any]] = json.loads((ROOT / "test/processes/pods.json").read_text())
_USER = 10001


class Cluster:
    """A folder with what the images hold, and the environment that a pod adds to the given variables."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, str] = {}
        folder.chmod(0o755)
        self.tmp = folder / "tmp"
        self.tmp.mkdir()
        self._user = _USER if os.getuid() == 0 and _runs_as(_USER) else None
        if self._user:
            os.chown(self.tmp, _USER, _USER)

    def run(self, role: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Runs a Job's container to its end."""
        words = self._process(role, variables)
        return subprocess.run(**words, capture_output=True, text=True, timeout=120)

    @contextmanager
    def server(self, role: str, **variables: str) -> Generator[str, None, None]:
        """Runs a server's container; gives its URL once its probe answers."""
        url = f"http://127.0.0.1:{variables['ECLUSE_PORT']}"
        log = self._folder / f"{role}.log"
        with log.open("wb") as out:
            words = self._process(role, variables)
            process = subprocess.Popen[bytes](**words, stdout=out, stderr=out)
        try:
            await_healthy(process, f"{url}/health", log)
            yield url
        finally:
            process.terminate()
            process.wait(20)

    def log(self, role: str) -> str:
        """What a server said so far."""
        return (self._folder / f"{role}.log").read_text()

    def _process(self, role: str, variables: dict[str, str]) -> dict[str, Any]:
        pod = PODS[role]
        missing = set(pod["env"]) ^ {name for name in variables if not name.startswith(_OF_THE_TEST)}
        assert not missing, f"{role}: pods.json and the test differ in {missing}"
        environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.tmp),
            "TMPDIR": str(self.tmp),
            "PYTHONPATH": self._image(pod["image"]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        # Without site: packages of this Python's own folder are not in the image.
        command = [sys.executable, "-S", "-W", "ignore", *pod["command"][1:]]
        words: dict[str, Any] = {"args": command, "env": {**environ, **variables}, "cwd": self.tmp}
        return {**words, "user": self._user, "group": self._user, "extra_groups": [] if self._user else None}

    def _image(self, name: str) -> str:
        """Where Python finds an image's packages, by its lock file, and modules, as its build does."""
        if name not in self._paths:
            packages = link_packages(
                ROOT / f"images/{name}/requirements.lock", self._folder / name / "packages"
            )
            modules = self._folder / name / "modules"
            given = (ROOT / f"images/{name}/Dockerfile.dockerignore").read_text()
            for package in re.findall(r"^!python/(\w+)/\*\.py$", given, re.MULTILINE):
                bytecode = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / "python" / package, modules / package, ignore=bytecode)
            self._paths[name] = f"{packages}{os.pathsep}{modules}"
        return self._paths[name]


# Azure's webhook and the stand-in's authority; the key of Azurite, which takes no tokens.
_OF_THE_TEST = ("AZURE_", "REQUESTS_CA_BUNDLE")


def _runs_as(user: int) -> bool:
    try:
        return subprocess.run([sys.executable, "-S", "-c", ""], user=user, group=user).returncode == 0
    except OSError:
        return False
