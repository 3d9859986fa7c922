"""What the platform takes from a folder that a use case's code has filled."""

import hashlib
import json
import os
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from ecluse.errors import KitError
from ecluse.landed import read_manifest
from ecluse_core.container import Container
from ecluse_core.plain import NotPlain
from ecluse_local import landing

DAY = "date=2026-01-31"


@pytest.fixture(autouse=True)
def use_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECLUSE_USE_CASE", "bank-churn")


@pytest.fixture
def blobs() -> Container:
    return Container(MemoryStore())


def fill(folder: Path) -> Path:
    """A landing as the kit leaves one; gives its folder."""
    rows = folder / "bank-churn/customers"
    (rows / DAY).mkdir(parents=True)
    (rows / DAY / "part-0.parquet").write_bytes(b"rows")
    dates = {"2026-01-31": hashlib.sha256(b"rows").hexdigest()}
    (rows / "_landing.json").write_text(json.dumps({"parameters": {"rows": 4}, "dates": dates}))
    return rows


def test_a_landing_is_put_once_and_got(tmp_path: Path, blobs: Container) -> None:
    fill(tmp_path / "made")
    assert landing.put(tmp_path / "made", blobs).startswith("landed 1 dates: data version ")
    assert landing.put(tmp_path / "made", blobs).startswith("already landed")
    landing.get(tmp_path / "got", blobs)
    assert (tmp_path / "got/bank-churn/customers" / DAY / "part-0.parquet").read_bytes() == b"rows"


def test_nothing_is_taken_through_a_link(tmp_path: Path, blobs: Container) -> None:
    secret = fill(tmp_path / "victim")
    for made, link in (
        ("a", "bank-churn"),
        ("b", "bank-churn/customers"),
        ("c", f"bank-churn/customers/{DAY}"),
    ):
        place = tmp_path / made / link
        place.parent.mkdir(parents=True)
        place.symlink_to(secret.parent.parent / link)
        with pytest.raises(KitError, match="is a link"):
            landing.put(tmp_path / made, blobs)
    file = fill(tmp_path / "d") / DAY / "part-0.parquet"
    file.unlink()
    file.symlink_to(secret / DAY / "part-0.parquet")
    with pytest.raises(NotPlain, match=r"part-0\.parquet"):
        landing.put(tmp_path / "d", blobs)
    assert read_manifest(blobs) is None


def test_nothing_hangs_or_fills_the_memory(tmp_path: Path, blobs: Container) -> None:
    rows = fill(tmp_path / "large")
    os.truncate(rows / DAY / "part-0.parquet", landing.LARGEST_LANDING + 1)
    with pytest.raises(NotPlain, match="at most"):
        landing.put(tmp_path / "large", blobs)
    os.mkfifo(fill(tmp_path / "pipe") / "pipe")
    with pytest.raises(NotPlain, match="pipe"):
        landing.put(tmp_path / "pipe", blobs)


@pytest.mark.parametrize("manifest", ["[]", "{}", '{"parameters": 1}'])
def test_a_manifest_of_another_form_lands_nothing(tmp_path: Path, blobs: Container, manifest: str) -> None:
    (fill(tmp_path) / "_landing.json").write_text(manifest)
    with pytest.raises(KitError, match="no landing with a manifest"):
        landing.put(tmp_path, blobs)


def test_a_file_of_another_name_lands_nothing(tmp_path: Path, blobs: Container) -> None:
    (fill(tmp_path) / "keys").write_text("x")
    with pytest.raises(KitError, match="is no landed file"):
        landing.put(tmp_path, blobs)
