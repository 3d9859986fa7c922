"""A service whose spec or key is damaged does not start, and its log says which file it is."""

import base64
import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ecluse_local.launch import read

KEY = bytes(range(32))


def write(folder: Path, key: bytes = KEY) -> Path:
    nonce = os.urandom(12)
    body = AESGCM(KEY).encrypt(nonce, b'{"PASSWORD": "word"}', None)
    sealed = f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(body).decode()}"
    (folder / "dev").write_text(base64.b64encode(key).decode())
    spec = {"env": {"A": "b"}, "key": str(folder / "dev"), "sealed": sealed}
    (folder / "store.json").write_text(json.dumps(spec))
    return folder / "store.json"


def test_the_environment_is_the_open_and_the_sealed_part(tmp_path: Path) -> None:
    assert read(str(write(tmp_path)))[1] == {"A": "b", "PASSWORD": "word"}


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"key": "/nowhere"}'])
def test_a_damaged_spec_is_said(tmp_path: Path, text: str) -> None:
    file = write(tmp_path)
    file.write_text(text)
    with pytest.raises(
        SystemExit, match=r"store\.json cannot be read, or opened .*bring the environment up again"
    ):
        read(str(file))


@pytest.mark.parametrize("key", [KEY[::-1], KEY[:7], b""])
def test_another_key_is_said(tmp_path: Path, key: bytes) -> None:
    file = write(tmp_path, key)
    with pytest.raises(SystemExit, match="restore that key"):
        read(str(file))
