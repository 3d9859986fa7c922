"""Who is champion is followed: what a server does with each answer, and how often it asks."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ecluse_models.confined import ConfinedModel
from ecluse_models.model import ModelError
from ecluse_release.manifest import ManifestError, public_keys
from ecluse_serving.champion import Champion, Holder, Source
from ecluse_serving.kept import KeptChampion
from ecluse_serving.registry import NoChampion, RegistryError, Version
from tests.release.training import key_pair


class _Stopped(Exception):
    """Ends what else never ends."""


def champion(version: str) -> Champion:
    process: Any = None
    model = ConfinedModel("classifier", (), "skops", "nothing", process, 0)
    return Champion(version, "a" * 40, "v1", model, "m-1")


def followed(holder: Holder, times: int, period: float = 30) -> list[float]:
    """Lets a holder ask so many times; gives its waits."""
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == times:
            raise _Stopped

    with pytest.raises(_Stopped):
        holder.follow(period, sleep)
    return waits


def test_waiting_for_a_first_champion_backs_off_to_the_period() -> None:
    answers = iter([*[RegistryError("down")] * 7, champion("1"), champion("1")])

    def load(_serving: Champion | None) -> Champion:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    holder = Holder(load)
    assert followed(holder, 9) == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert holder.champion is not None


def test_a_served_champion_is_asked_for_each_period() -> None:
    assert followed(Holder(lambda serving: serving or champion("1")), 3) == [30, 30, 30]


@pytest.mark.parametrize("error", [RegistryError("refused"), RuntimeError("unforeseen")])
def test_what_cannot_be_loaded_replaces_nothing_and_is_tried_again(error: Exception) -> None:
    answers = iter([champion("1"), error, error, champion("2"), error])

    def load(_serving: Champion | None) -> Champion:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    holder = Holder(load)
    served: list[str | None] = []
    for _ in range(5):
        followed(holder, 1)
        served.append(holder.champion.version if holder.champion else None)
    assert served == ["1", "1", "1", "2", "2"]


@pytest.mark.parametrize(
    ("answer", "answered"),
    [
        (champion("1"), True),
        (NoChampion("none yet"), True),
        (ManifestError("unsigned"), True),
        (ModelError("unreadable"), True),
        (RegistryError("the tracking server could not be asked"), False),
        (TimeoutError("broken off"), False),
        (RuntimeError("unforeseen"), False),
    ],
)
def test_a_registry_has_answered_when_it_named_a_champion_or_none(
    answer: Champion | Exception, answered: bool
) -> None:
    answers = iter([answer, RegistryError("down")])

    def load(_serving: Champion | None) -> Champion:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    holder = Holder(load)
    assert not holder.answered
    followed(holder, 2)
    assert holder.answered == answered


def test_a_reload_verifies_what_serves_anew() -> None:
    asked: list[Champion | None] = []

    def load(serving: Champion | None) -> Champion:
        asked.append(serving)
        return serving or champion("1")

    holder = Holder(load)
    first = holder.reload()
    followed(holder, 1)
    assert holder.champion is first
    assert holder.reload() is not first
    assert asked == [None, first, None]


def kept() -> Champion:
    return champion("kept")


@pytest.mark.parametrize(
    ("answer", "served", "ready"),
    [
        (champion("2"), "2", True),
        (RegistryError("the tracking server could not be asked"), "kept", True),
        (RuntimeError("unforeseen"), "kept", True),
        (NoChampion("none any more"), None, True),
        (ManifestError("unsigned"), None, True),
    ],
)
def test_what_was_kept_serves_until_the_registry_answers(
    answer: Champion | Exception, served: str | None, ready: bool
) -> None:
    asked: list[Champion | None] = []

    def load(serving: Champion | None) -> Champion:
        asked.append(serving)
        if isinstance(answer, Exception):
            raise answer
        return answer

    holder = Holder(load, kept)
    followed(holder, 2)
    assert asked[0] is not None and asked[0].version == "kept"
    assert (holder.champion and holder.champion.version, holder.is_ready) == (served, ready)


def test_a_confirmed_champion_goes_on_when_a_later_one_is_refused() -> None:
    answers = iter([True, False])

    def load(serving: Champion | None) -> Champion:
        if next(answers) and serving:
            return serving
        raise ManifestError("unsigned")

    holder = Holder(load, kept)
    followed(holder, 2)
    assert holder.champion is not None and holder.champion.version == "kept"


@pytest.mark.parametrize(
    "error", [RegistryError("none is kept"), ManifestError("damaged"), RuntimeError("odd")]
)
def test_a_server_without_a_good_copy_waits_for_the_registry(error: Exception) -> None:
    def load_kept() -> Champion:
        raise error

    def load(_serving: Champion | None) -> Champion:
        raise RegistryError("down")

    holder = Holder(load, load_kept)
    followed(holder, 1)
    assert holder.champion is None and not holder.is_ready


def test_another_model_under_the_number_that_serves_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of what is kept is not signed: it must not hide the version that the registry names."""

    class Named:
        def champion(self, name: str) -> Version:
            assert name == "churn"
            return Version("5", "m-5", {})

        def download(self, model_id: str, paths: list[str], folder: Path) -> None:
            raise AssertionError(f"{model_id} {paths} {folder}")

    named: Any = Named()
    source = Source(named, "prod", "churn", public_keys(key_pair()[1]))
    own = replace(champion("5"), model_id="m-5")
    assert source.load(own) is own
    with pytest.raises(ManifestError, match="not signed"):
        source.load(replace(own, model_id="m-4"))


def test_a_kept_champion_is_replaced_as_a_whole_and_damage_is_none(tmp_path: Path) -> None:
    disk, files = KeptChampion(tmp_path / "serving" / "champion"), tmp_path / "files"
    for number in ("1", "2"):
        shutil.rmtree(files, ignore_errors=True)
        (files / "data").mkdir(parents=True)
        (files / "data" / f"model-{number}").write_text(number)
        disk.keep(Version(number, f"m-{number}", {"ecluse.manifest": "signed"}), files)
    assert disk.champion("churn") == Version("2", "m-2", {"ecluse.manifest": "signed"})
    disk.download("m-2", ["data/model-2"], tmp_path / "copy")
    assert (tmp_path / "copy" / "data" / "model-2").read_text() == "2"
    assert [path.name for path in disk.folder.parent.iterdir()] == ["champion"]
    assert not list(disk.folder.rglob("model-1"))
    with pytest.raises(ManifestError, match="another model than m-1"):
        disk.download("m-1", ["data/model-1"], tmp_path / "copy")
    with pytest.raises(OSError):
        disk.keep(Version("3", "m-3", {"ecluse.manifest": "signed"}), tmp_path / "none")
    with pytest.raises(RegistryError, match="no champion is kept"):
        disk.champion("churn")
    disk.folder.mkdir()
    for damaged in ("", "{}", "[1]", '"text"', "\0"):
        (disk.folder / "version.json").write_text(damaged)
        with pytest.raises(RegistryError, match="cannot be read"):
            disk.champion("churn")
