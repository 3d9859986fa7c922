"""The kernel of a notebook, started as `ecluse shell --kernel` registers it, and asked as Jupyter does."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "local/kernel/requirements.lock"
ASKS = """
import sys

sys.path.append(sys.argv[1])
from jupyter_client import BlockingKernelClient

client = BlockingKernelClient(connection_file=sys.argv[2])
client.load_connection_file()
client.start_channels()
client.wait_for_ready(timeout=120)
client.execute_interactive("import sys, ecluse_core; print(sys.path[-1], sys.executable)", timeout=60)
client.shutdown()
"""


def packages() -> Path:
    """The folder of Jupyter's packages, kept for the next run; skips the test where they cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ecluse"
    folder = cache / f"kernel-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=cache))
        words = ["pip", "install", "--quiet", "--python", sys.executable, "--require-hashes", "--target"]
        command = [str(ROOT / ".uv/bin/uv"), *words, str(draft), "--requirements", str(LOCK)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no packages of Jupyter: {done.stderr.strip().splitlines()[-1]}")
        if not folder.exists():
            draft.rename(folder)
    return folder


def test_a_notebook_runs_in_the_environment_whose_packages_it_has_last(tmp_path: Path) -> None:
    folder, connection = packages(), tmp_path / "kernel.json"
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "IPYTHONDIR": str(tmp_path / "ipython")}
    command = [sys.executable, "-m", "ecluse_local.kernel", str(folder), "-f", str(connection)]
    kernel = subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        while not (connection.exists() and connection.read_text().strip().endswith("}")):
            assert kernel.poll() is None, "the kernel ended"
            time.sleep(0.2)
        asked = [sys.executable, "-c", ASKS, str(folder), str(connection)]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=240)
        assert done.stdout == f"{folder} {sys.executable}\n", done.stderr
        assert kernel.wait(60) == 0
    finally:
        kernel.kill()
