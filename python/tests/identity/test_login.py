"""The login that notebooks renew by."""

import json
import sys
from pathlib import Path

import pytest
from mlflow.tracking.request_auth.registry import fetch_auth
from requests import PreparedRequest

from ecluse_identity import login


def signed() -> str:
    auth = fetch_auth("ecluse-login")
    assert auth is not None, "MLflow does not find the entry point"
    request = PreparedRequest()
    request.prepare(method="GET", url="http://127.0.0.1")
    return str(auth(request).headers["Authorization"])


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command that gives another token at each call."""
    counter = tmp_path / "counter"
    code = f"import pathlib; p = pathlib.Path({str(counter)!r}); p.open('a').write('x'); "
    code += "print(len(p.read_text()))"
    monkeypatch.setenv("ECLUSE_LOGIN_COMMAND", json.dumps([sys.executable, "-c", code]))
    monkeypatch.setattr(login, "_LOGIN", login._Login())  # pyright: ignore[reportPrivateUsage]
    return counter


def test_a_token_is_kept_and_then_renewed(command: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (signed(), signed()) == ("Bearer 1", "Bearer 1")
    monkeypatch.setattr(login, "RENEW_SECONDS", -1)
    assert signed() == "Bearer 2"


def test_a_login_that_fails_is_told(command: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [sys.executable, "-c", "raise SystemExit('the forge is not up')"]
    monkeypatch.setenv("ECLUSE_LOGIN_COMMAND", json.dumps(failing))
    with pytest.raises(PermissionError, match="the forge is not up"):
        signed()
