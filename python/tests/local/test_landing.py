"""What the platform takes from a folder that a use case's code has filled."""

import os
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from ecluse.errors import KitError
from ecluse.land import Stores
from ecluse_core.container import Container
from ecluse_core.landing import Landing
from ecluse_core.plain import NotPlain
from ecluse_local import landing

DAYS = ("2026-01-31", "2026-02-28", "2026-03-31")
DAY = f"date={DAYS[0]}"


@pytest.fixture(autouse=True)
def use_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECLUSE_USE_CASE", "bank-churn")


@pytest.fixture
def stores() -> Stores:
    return Stores(*(Landing(Container(MemoryStore()), "bank-churn") for _ in range(2)))


def fill(folder: Path, *, swapped: bool = False) -> Path:
    """A landing as the kit leaves one, or one that holds out what it should not; gives its training data."""
    parts = [DAYS[:2], DAYS[2:]]
    for part, days in zip(landing.PARTS, parts[::-1] if swapped else parts, strict=True):
        place = Container(LocalStore(folder / part, mkdir=True))
        Landing(place, "bank-churn").replace({day: f"rows of {day}".encode() for day in days}, {"rows": 4})
    return folder / "data/bank-churn/customers"


def test_a_landing_is_put_once_and_got(tmp_path: Path, stores: Stores) -> None:
    fill(tmp_path / "made")
    assert landing.put(tmp_path / "made", stores).startswith("landed 3 dates: data version ")
    assert landing.put(tmp_path / "made", stores).startswith("already landed")
    landing.get(tmp_path / "got", stores.data)
    got = Landing(Container(LocalStore(tmp_path / "got/data")), "bank-churn").files().contents
    assert list(got) == list(DAYS[:2])


def test_a_copy_follows_what_has_landed(tmp_path: Path, stores: Stores) -> None:
    copy = Landing(Container(LocalStore(tmp_path / "data", mkdir=True)), "bank-churn")
    stores.data.replace({day: b"old" for day in DAYS}, {"rows": 1})
    old = landing.get(tmp_path, stores.data)
    file = tmp_path / f"data/bank-churn/customers/{DAY}/part-0.parquet"
    written = file.stat().st_mtime_ns
    assert landing.get(tmp_path, stores.data) == f"{old}, copied before"
    assert file.stat().st_mtime_ns == written
    stores.data.replace({day: b"new" for day in DAYS[1:]}, {"rows": 2})
    assert landing.get(tmp_path, stores.data) != old
    assert copy.files().contents == {day: b"new" for day in DAYS[1:]}
    # What a person changed in a copy, the next one puts right.
    file = tmp_path / f"data/bank-churn/customers/date={DAYS[1]}/part-0.parquet"
    file.write_bytes(b"changed by hand")
    landing.get(tmp_path, stores.data)
    assert file.read_bytes() == b"new"


def test_a_copy_has_the_rows_of_one_use_case_only(tmp_path: Path, stores: Stores) -> None:
    stores.data.replace({day: b"own" for day in DAYS}, {})
    Landing(stores.data.container, "heating").replace({day: b"of others" for day in DAYS}, {})
    landing.get(tmp_path, stores.data)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["bank-churn"]


def test_nothing_landed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("ECLUSE_DATA_URL", f"file://{tmp_path}/empty")
    assert landing.main(["get", str(tmp_path / "copy")]) == 1
    assert "nothing has landed under bank-churn/customers" in capsys.readouterr().err


def test_what_is_held_out_is_the_platforms_choice(tmp_path: Path, stores: Stores) -> None:
    fill(tmp_path, swapped=True)
    landing.put(tmp_path, stores)
    assert list(stores.holdout.files().contents) == [DAYS[2]]
    assert list(stores.data.files().contents) == list(DAYS[:2])


def test_nothing_is_taken_through_a_link(tmp_path: Path, stores: Stores) -> None:
    fill(tmp_path / "victim")
    for made, link in (
        ("a", "data/bank-churn"),
        ("b", "data/bank-churn/customers"),
        ("c", f"data/bank-churn/customers/{DAY}"),
    ):
        place = tmp_path / made / link
        place.parent.mkdir(parents=True)
        place.symlink_to(tmp_path / "victim" / link)
        with pytest.raises(KitError, match="is a link"):
            landing.put(tmp_path / made, stores)
    file = fill(tmp_path / "d") / DAY / "part-0.parquet"
    file.unlink()
    file.symlink_to(tmp_path / "victim/data/bank-churn/customers" / DAY / "part-0.parquet")
    with pytest.raises(NotPlain, match=r"part-0\.parquet"):
        landing.put(tmp_path / "d", stores)
    assert stores.data.manifest() is None and stores.holdout.manifest() is None


def test_nothing_hangs_or_fills_the_memory(tmp_path: Path, stores: Stores) -> None:
    rows = fill(tmp_path / "large")
    os.truncate(rows / DAY / "part-0.parquet", landing.LARGEST_LANDING + 1)
    with pytest.raises(NotPlain, match="at most"):
        landing.put(tmp_path / "large", stores)
    os.mkfifo(fill(tmp_path / "pipe") / "pipe")
    with pytest.raises(NotPlain, match="pipe"):
        landing.put(tmp_path / "pipe", stores)


@pytest.mark.parametrize("manifest", ["[]", "{}", '{"parameters": 1}'])
def test_a_manifest_of_another_form_lands_nothing(tmp_path: Path, stores: Stores, manifest: str) -> None:
    (fill(tmp_path) / "_landing.json").write_text(manifest)
    with pytest.raises(KitError, match="no landing with a manifest"):
        landing.put(tmp_path, stores)


def test_a_file_of_another_name_lands_nothing(tmp_path: Path, stores: Stores) -> None:
    (fill(tmp_path) / "keys").write_text("x")
    with pytest.raises(KitError, match="is no landed file"):
        landing.put(tmp_path, stores)
