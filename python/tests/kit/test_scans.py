"""The scans refuse what they must: secrets and advisories; one that breaks off is no pass."""

import json
from pathlib import Path

import pytest

from ecluse.scans import scan_dependencies, scan_secrets

from .conftest import Server


def test_a_secret_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ok.py").write_text("x = 1\n")
    assert scan_secrets(tmp_path) == 0
    key = "AKIA" + "IOSFODNN7" + "EXAMPLE"
    (tmp_path / "settings.py").write_text(f'key = "{key}"\n')
    assert scan_secrets(tmp_path) == 1
    assert "settings.py:1: AWS Access Key" in capsys.readouterr().err


def status() -> str:
    return str(json.loads(Path("build/dependency-scan.json").read_text())["status"])


def test_a_scan_without_advisories_is_not_run(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECLUSE_ADVISORIES_URL", raising=False)
    assert (scan_dependencies(lock), status()) == (0, "not run")


def test_an_advisory_fails_the_scan(lock: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECLUSE_ADVISORIES_URL", server.url)
    server.reply = lambda _: {"results": [{}, {}]}
    assert (scan_dependencies(lock), status()) == (0, "passed")
    server.reply = lambda _: {"results": [{}, {"vulns": [{"id": "PYSEC-1"}]}]}
    assert (scan_dependencies(lock), status()) == (1, "failed")
    assert [query["version"] for query in server.requests[0][1]["queries"]] == ["1.0", "2.0"]


def no_results(_: object) -> dict[str, list[str]]:
    return {"results": []}


def test_a_scan_that_breaks_off_is_no_pass(
    lock: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECLUSE_ADVISORIES_URL", server.url)
    server.status = 503
    assert (scan_dependencies(lock), status()) == (1, "error")
    server.status, server.reply = 200, no_results
    assert (scan_dependencies(lock), status()) == (1, "error")
    lock.write_text("")
    assert (scan_dependencies(lock), status()) == (1, "error")
