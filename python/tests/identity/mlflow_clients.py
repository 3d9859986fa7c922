"""MLflow of other versions, clients and servers, each in an environment that is kept for the next run."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

UV = Path(__file__).parents[3] / ".uv/bin/uv"
LOCK = Path(__file__).parents[3] / "requirements.lock"
SERVER = ("psycopg2-binary==", "pydantic==", "pyjwt==", "cryptography==")
"""What `prepare` imports beside MLflow, at the version of the lock."""
EXTRA = ("setuptools==80.9.0",)
"""Clients before 2.10 import `pkg_resources`, which Python no longer has by itself."""


def client_python(version: str) -> str:
    """The Python that has this version of the client; skips the test where it cannot be installed."""
    return _python(f"mlflow-skinny-{version}", f"mlflow-skinny=={version}", *EXTRA)


def former_server_python(version: str) -> str:
    """The Python of a tracking server of this version, with what else the platform's present one has."""
    others = [line.split()[0] for line in LOCK.read_text().splitlines() if line.startswith(SERVER)]
    return _python(f"mlflow-{version}", f"mlflow[auth]=={version}", *others)


def _python(name: str, *wanted: str) -> str:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ecluse/clients"
    folder = cache / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    if not folder.exists():
        _install(folder, wanted)
    return str(folder / "bin/python")


def _install(folder: Path, wanted: tuple[str, ...]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another run may look for it meanwhile.
    draft = Path(tempfile.mkdtemp(dir=folder.parent)) / "environment"
    try:
        _uv("venv", "--relocatable", "--python", sys.executable, str(draft))
        _uv("pip", "install", "--python", str(draft / "bin/python"), *wanted)
        if not folder.exists():
            draft.rename(folder)
    finally:
        shutil.rmtree(draft.parent)


def _uv(*words: str) -> None:
    done = subprocess.run([str(UV), *words, "--quiet"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no MLflow of another version: {done.stderr.strip().splitlines()[-1]}")
