"""Alerts at a real Alertmanager: there while the monitor finds them, and gone when it finds them no more."""

import json
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ecluse_monitor.__main__ import main
from ecluse_monitor.alertmanager import Alertmanager
from ecluse_monitor.baseline import Baseline
from ecluse_monitor.judged import Place
from tests.go_programs import go_program
from tests.identity.tls import Certificates
from tests.monitor.conftest import Platform, draw
from tests.monitor.receiver import LOOPBACK, Receiver
from tests.monitor.test_commands import log
from tests.monitor.test_state import on
from tests.processes import free_port

MODULE = "github.com/prometheus/alertmanager/cmd/alertmanager@v0.29.0"


@dataclass(frozen=True)
class Running:
    """A running Alertmanager, below a path of its host, and how it is known."""

    url: str
    trust: ssl.SSLContext

    def alerts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Its active alerts, by cause and severity."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts?active=true", context=self.trust) as answer:
            found = json.load(answer)
        return {(each["labels"]["cause"], each["labels"]["severity"]): each for each in found}


@contextmanager
def alertmanager(folder: Path, tls: Certificates, port: int) -> Generator[Running]:
    """Runs one with nothing in its memory; skips the test where it cannot be built."""
    program = go_program(MODULE)
    (folder / "config.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    server = {"cert_file": str(tls.certificate), "key_file": str(tls.key)}
    (folder / "web.yml").write_text(json.dumps({"tls_server_config": server}))
    url = f"https://localhost:{port}/alerts"
    words = [
        f"--config.file={folder / 'config.yml'}",
        f"--web.config.file={folder / 'web.yml'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url={url}",
        f"--storage.path={folder / 'data'}",
        "--cluster.listen-address=",
    ]
    with (folder / "log").open("ab") as out, subprocess.Popen([program, *words], stderr=out) as process:
        try:
            _await(port, folder / "log")
            yield Running(url, ssl.create_default_context(cafile=tls.authority))
        finally:
            process.terminate()


def _await(port: int, log: Path) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise RuntimeError(f"Alertmanager does not listen:\n{log.read_text()[-2000:]}")


@pytest.fixture
def place(
    environment: dict[str, str],
    baseline: Baseline,
    platform: Platform,
    trusted: None,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The port that the monitor of a use case sends its alerts to."""
    alert = {"bad_days": 1, "clear_after": 1, "sinks": ["alertmanager"]}
    platform.baseline = {**baseline, "settings": {"alert": alert}}
    port = free_port()
    networks = [f"{network}" for network in LOOPBACK]
    url = f"https://localhost:{port}/alerts/"
    monkeypatch.setenv("ECLUSE_ALERTMANAGER", json.dumps({"url": url, "networks": networks}))
    log(environment, "2026-11-01", draw(2000, 1, shift=0.5))
    log(environment, "2026-11-02", draw(2000, 2))
    return str(port)


def check(day: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Judges a day; the exit code and the report."""
    code = main(["check", "--as-of", day, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_an_alert_holds_until_a_good_day_and_comes_back_to_one_that_forgot_it(
    place: str, tls: Certificates, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with alertmanager(tmp_path, tls, int(place)) as server:
        assert check("2026-11-01", capsys)[0] == 20
        (found,) = server.alerts().values()
        assert found["labels"] == {
            "alertname": "EcluseMonitor",
            **{"environment": "dev", "use_case": "churn", "demonstration": "false"},
            **{"cause": "drift", "severity": "critical"},
        }
        assert "drifted" in found["annotations"]["summary"]
        assert found["startsAt"].startswith("2026-11-01T00:00:00")
    with alertmanager(tmp_path, tls, int(place)) as server:
        assert server.alerts() == {}
        # Nothing is new, and it hears of the alert all the same.
        code, report = check("2026-11-01", capsys)
        assert (code, report["unsent"], list(server.alerts())) == (
            20,
            {"alertmanager": 0},
            [("drift", "critical")],
        )
        assert (check("2026-11-02", capsys)[0], server.alerts()) == (0, {})


def test_one_that_is_away_is_a_fault_and_hears_of_it_from_the_next_run(
    place: str, tls: Certificates, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = check("2026-11-01", capsys)
    assert (code, "alertmanager: localhost: no answer" in document["reason"]) == (70, True)
    with alertmanager(tmp_path, tls, int(place)) as server:
        assert (check("2026-11-01", capsys)[0], list(server.alerts())) == (20, [("drift", "critical")])


def test_its_token_is_in_the_header_alone(receiver: Receiver, trusted: None) -> None:
    manager = Alertmanager(Place("alertmanager", receiver.url, LOOPBACK), "to-ken", timedelta(hours=2))
    manager.send(on(0), [], demonstration=True)
    ((headers, body),) = receiver.got
    assert (headers["Authorization"], b"to-ken" in body) == ("Bearer to-ken", False)
    # Nothing is open: each alert that there could be is one that has ended.
    assert all(alert.keys() == {"labels", "endsAt"} for alert in json.loads(body))
    assert {alert["labels"]["demonstration"] for alert in json.loads(body)} == {"true"}
