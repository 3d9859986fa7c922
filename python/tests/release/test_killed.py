"""A release that is ended by `kill -9` at any moment: the champion is whole, and the next release succeeds.

`MOMENTS=50 SEED=7 pytest python/tests/release/test_killed.py` tries more moments, or others.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_release.manifest import public_keys, read
from tests.identity.tracking import RunningEnvironment, environment
from tests.processes import python_environment
from tests.release.training import Training, key_pair, land_data, release_variables, train

PRIVATE, PUBLIC = key_pair()
MOMENTS = int(os.environ.get("MOMENTS", "2"))
SEED = int(os.environ.get("SEED", "20261128"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """An environment of its own, since champions change here."""
    with environment(tmp_path_factory.mktemp("killed release")) as running:
        land_data(running)
        yield running


def start(environment: RunningEnvironment, commit: str) -> subprocess.Popen[str]:
    """A release as the platform's job runs it, in a process group of its own."""
    environ = python_environment(**release_variables(environment, commit, PRIVATE))
    command = [sys.executable, "-W", "ignore", "-m", "ecluse_release", "--json"]
    return subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(environment: RunningEnvironment, commit: str) -> None:
    process = start(environment, commit)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said


def kill_at(process: subprocess.Popen[str], seconds: float) -> None:
    """Kills a release at that second, and waits until the worker that held its model is gone too."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a process of the release lives on")


def champion(environment: RunningEnvironment) -> str:
    """The commit of the champion; its manifest must be of the same model."""
    client = MlflowClient(environment.url)
    version = client.get_model_version_by_alias("bank-churn", "champion")
    statement = read(version.tags["ecluse.manifest"], public_keys(PUBLIC))
    assert f"models:/{statement.model_id}" == version.source
    assert statement.commit == version.tags["ecluse.commit"]
    return statement.commit


def versions(environment: RunningEnvironment, commit: str) -> list[ModelVersion]:
    found = MlflowClient(environment.url).search_model_versions("name='bank-churn'")
    return [version for version in found if version.tags["ecluse.commit"] == commit]


def test_a_killed_release_leaves_one_whole_champion(
    own: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    print(f"seed {SEED}")
    moments = random.Random(SEED)
    former = f"{0:040x}"
    train(own, Training(former))
    began = time.monotonic()
    finish(own, former)
    seconds = time.monotonic() - began
    for number in range(1, MOMENTS + 1):
        commit = f"{number:040x}"
        train(own, Training(commit))
        kill_at(start(own, commit), moments.uniform(0, seconds))
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", own.forge.person())
        assert champion(own) in (former, commit)
        finish(own, commit)
        assert champion(own) == commit
        # One that was killed before it moved the alias leaves its version, which nobody serves.
        assert len(versions(own, commit)) in (1, 2)
        former = commit
