"""Who is champion is followed: what a server does with each answer, and how often it asks."""

from typing import Any

import pytest

from ecluse_models.confined import ConfinedModel
from ecluse_models.model import ModelError
from ecluse_release.manifest import ManifestError
from ecluse_serving.champion import Champion, Holder
from ecluse_serving.registry import NoChampion, RegistryError


class _Stopped(Exception):
    """Ends what else never ends."""


def champion(version: str) -> Champion:
    process: Any = None
    model = ConfinedModel("classifier", (), "skops", "nothing", process)
    return Champion(version, "a" * 40, "v1", model)


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
