"""Servers for tests that are real ones, built from their Go modules and kept for the next run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def go_program(module: str) -> str:
    """The program of a module, such as `example.com/tool@v1.0.0`; skips the test where it cannot be built."""
    name = module.partition("@")[0].rpartition("/")[2]
    go = shutil.which("go", path=f"{os.environ.get('PATH', '')}:/usr/local/go/bin")
    if go is None:
        pytest.skip(f"{name}, which this test asks, is built with Go, and there is no go on PATH")
    folder = Path(__file__).parents[2] / "node_modules" / ".cache" / "ecluse" / "bin"
    # A build that is up to date takes a second; another toolchain is never fetched for one.
    environ = {**os.environ, "GOBIN": str(folder), "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    built = subprocess.run([go, "install", module], env=environ, capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"{name}, which this test asks, cannot be built: {built.stderr.strip().splitlines()[-1]}")
    return str(folder / name)
