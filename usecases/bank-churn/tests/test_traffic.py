"""A day of traffic, as the model server sees it."""

import json
from typing import Any

import pytest

from bank_churn.features import INPUTS
from bank_churn.traffic import main

from tests.conftest import Server


@pytest.fixture
def serving(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A model server that gives everyone .25."""

    def reply(body: dict[str, Any]) -> dict[str, Any]:
        scored = [{"prediction_id": r["id"], "id": r["id"], "score": 0.25} for r in body["records"]]
        return {"model_version": "3", "predictions": scored}

    server.reply = reply
    for name, value in {"URL": server.url, "TOKEN": "t0ken"}.items():
        monkeypatch.setenv(f"ECLUSE_SERVING_{name}", value)
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    return server


def test_a_day_goes_out_in_batches(serving: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--date", "2026-11-23", "--rows", "1200", "--scenario", "nulls", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["batches"], summary["model_versions"]) == (1200, 3, ["3"])
    assert {(path, token) for path, _, token in serving.requests} == {("/score", "Bearer t0ken")}
    times = [body["time"] for _, body, _ in serving.requests]
    assert times[0] == "2026-11-23T00:00:00+00:00" and max(times) < "2026-11-24"
    rows = [record for _, body, _ in serving.requests for record in body["records"]]
    assert len({record["id"] for record in rows}) == 1200 and set(rows[0]) == {"id", *INPUTS}
    assert any(value is None for record in rows for value in record.values())


def test_a_refusal_is_told(serving: Server, capsys: pytest.CaptureFixture[str]) -> None:
    serving.status = 401
    assert main(["--rows", "10"]) == 1
    assert "HTTP 401" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--scenario", "rain"], ["--rows", "0"]])
def test_wrong_flags_send_nothing(serving: Server, flags: list[str]) -> None:
    assert main(flags) == 1
    assert serving.requests == []


def test_no_server(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ECLUSE_ENVIRONMENT", "dev")
    monkeypatch.delenv("ECLUSE_SERVING_URL", raising=False)
    assert main([]) == 1
    monkeypatch.setenv("ECLUSE_SERVING_URL", "http://127.0.0.1:9")
    assert main(["--rows", "10"]) == 1
    assert "no answer" in capsys.readouterr().err
