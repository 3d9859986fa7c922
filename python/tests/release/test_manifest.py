"""A signed manifest, and every way in which a folder or a signature differs from it."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from ecluse_release.manifest import (
    ManifestError,
    Statement,
    file_hashes,
    private_key,
    public_keys,
    read,
    seal,
    sign,
    verify_folder,
)
from tests.release.training import key_pair

PRIVATE, PUBLIC = key_pair()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "MLmodel").write_text("flavors")
    (tmp_path / "parts" / "model.skops").write_bytes(b"\x00\x01\x02")
    return tmp_path


def statement(folder: Path) -> Statement:
    names = "prod", "bank-churn", "m-1", "skops", "r-1"
    return Statement(*names, "a" * 40, "v1", "h1", "11", [], file_hashes(folder))


def test_what_is_signed_is_what_is_read(folder: Path) -> None:
    stated = statement(folder)
    again = read(sign(stated, private_key(PRIVATE)), public_keys(PUBLIC))
    assert again == stated
    assert set(again.files) == {"MLmodel", "parts/model.skops"}
    verify_folder(folder, again)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: (f / "MLmodel").unlink(), "MLmodel is missing"),
        (lambda f: (f / "extra.py").write_text(""), "extra.py is extra"),
        (lambda f: (f / "parts/model.skops").write_bytes(b"\x00\x01\x03"), "parts/model.skops has sha256"),
        (lambda f: (f / "link").symlink_to("MLmodel"), "link is a link"),
    ],
)
def test_a_changed_folder_is_refused(folder: Path, change: Callable[[Path], object], reason: str) -> None:
    stated = statement(folder)
    change(folder)
    with pytest.raises(ManifestError, match=reason):
        verify_folder(folder, stated)


@pytest.mark.parametrize(
    ("jws", "reason"),
    [
        (lambda s: "", "not signed by"),
        (lambda s: sign(s, private_key(key_pair()[0])), "not signed by"),
        (lambda s: sign(s, private_key(PRIVATE))[:-8] + "AAAAAAAA", "not signed by"),
        (lambda s: jwt.PyJWS().encode(b"{}", "k" * 32, "HS256"), "not signed by"),
        (lambda s: jwt.PyJWS().encode(b"{}", private_key(PRIVATE).private, "ES256"), "has type 'JWT'"),
        (
            lambda s: seal({}, "ecluse-manifest", private_key(PRIVATE)),
            "cannot be read",
        ),
    ],
)
def test_a_wrong_signature_is_refused(folder: Path, jws: Callable[[Statement], str], reason: str) -> None:
    with pytest.raises(ManifestError, match=reason):
        read(jws(statement(folder)), public_keys(PUBLIC))


@pytest.mark.parametrize("name", ["/etc/passwd", "../MLmodel", "parts/../../MLmodel"])
def test_a_file_outside_of_the_model_is_refused(folder: Path, name: str) -> None:
    signed = sign(replace(statement(folder), files={name: "0"}), private_key(PRIVATE))
    with pytest.raises(ManifestError, match="names a file outside of the model"):
        read(signed, public_keys(PUBLIC))


def test_after_a_rotation_what_the_former_key_signed_is_read(folder: Path) -> None:
    (new, newer), stated = (key_pair() for _ in range(2)), statement(folder)
    present, before = private_key(new[0] + PUBLIC), sign(stated, private_key(PRIVATE))
    assert read(before, present.public_keys()) == read(before, public_keys(new[1] + PUBLIC)) == stated
    assert read(sign(stated, present), public_keys(new[1])) == stated
    with pytest.raises(ManifestError, match="not signed by this environment's release key"):
        read(before, public_keys(newer[1] + new[1]))


def test_a_key_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(ManifestError, match="not an EC P-256 private key"):
        private_key(PUBLIC)
    with pytest.raises(ManifestError, match="not an EC P-256 public key"):
        public_keys("nonsense")
    with pytest.raises(ManifestError, match="not an EC P-256 public key"):
        private_key(PRIVATE + PRIVATE)
