"""Two replicas of the model server, of which the release reaches one: both serve what the registry names."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from tests.identity.tracking import RunningEnvironment
from tests.release.training import USE_CASE, Training, train
from tests.serving.server import Running, do_release, model_server

FIRST, SECOND = "e" * 40, "f" * 40
PERIOD = 1
# What a busy machine takes to fetch and load a model.
PATIENCE = 60


@pytest.fixture
def servers(prod: RunningEnvironment, tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    url, period = prod.store.url("inference", "write"), {"ECLUSE_CHAMPION_SECONDS": str(PERIOD)}
    with (
        model_server(prod, folders[0], url, **period) as one,
        model_server(prod, folders[1], url, **period) as other,
    ):
        yield one, other


def version(server: Running) -> str | None:
    return server.call("/health")[1]["version"]


def await_health(server: Running, key: str, wanted: str) -> None:
    end = time.monotonic() + PERIOD + PATIENCE
    while (found := server.call("/health")[1][key]) != wanted:
        assert time.monotonic() < end, f"{key} is {found}, not {wanted}"
        time.sleep(0.1)


def test_both_follow_a_release_and_a_rollback_and_refuse_what_was_not_released(
    prod: RunningEnvironment, servers: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    notified, other = servers
    released: list[str] = []
    for commit in (FIRST, SECOND):
        train(prod, Training(commit))
        do_release(prod, commit, notified)
        released.append(version(notified) or "")
        await_health(other, "version", released[-1])
    assert released[0] != released[1]

    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", prod.forge.ci("release"))
    client = MlflowClient(prod.url)
    source = str(client.get_model_version(USE_CASE, released[1]).source)
    model_id = source.removeprefix("models:/")
    unsigned = client.create_model_version(USE_CASE, source, model_id=model_id)
    client.set_registered_model_alias(USE_CASE, "champion", str(unsigned.version))
    for server in servers:
        await_health(server, "last_reload", "refused")
        assert version(server) == released[1]
        assert "champion refused" in server.log.read_text()

    client.set_registered_model_alias(USE_CASE, "champion", released[0])
    for server in servers:
        await_health(server, "version", released[0])
        assert server.call("/health")[1]["last_reload"] == "ok"
