"""What people do to the issue by hand: to be assigned, to close it, and to open it again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ecluse_monitor.errors import Exit
from ecluse_monitor.hands import Hand, hand_of, looked_after
from ecluse_monitor.state import State, acknowledge, advance, mine, settle
from tests.monitor.conftest import Platform, draw
from tests.monitor.test_commands import Check, Environment, check, log
from tests.monitor.test_state import CRITICAL, FIRST, SETTINGS, WARNING, Day, on, play, states

__all__ = ["check"]

TODAY = datetime.now(UTC).date()
WEEK = timedelta(days=7)
ANA = Hand("ana", FIRST + timedelta(1), "closed the issue")
NOBODY = Hand("", FIRST + timedelta(1), "")


@pytest.fixture
def days(environment: Environment, platform: Platform) -> None:
    """Days of drift, that gets worse on the fifth."""
    for day in range(1, 8):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift=0.15 if day < 5 else 0.5))


@pytest.mark.usefixtures("days")
def test_who_closes_the_issue_looks_after_it_until_it_gets_worse(check: Check, platform: Platform) -> None:
    assert check("2026-11-01")[0] == Exit.WARNING
    (issue,) = platform.issues
    issue |= {
        "state": "closed",
        "closed_by": {"username": "ana"},
        "closed_at": f"{TODAY}T08:00:00.000Z",
    }
    alert = check("2026-11-02")[1]["alerts"]["drift"]
    assert (alert["state"], alert["owner"], alert["owned_until"]) == ("ACKED", "ana", f"{TODAY + WEEK}")
    assert (issue["state"], len(platform.notes)) == ("closed", 2)
    assert (
        f"drift: ana closed the issue, and looks after it until {TODAY + WEEK}" in platform.notes[1]["body"]
    )
    # That is sent once, and the issue stays closed.
    check("2026-11-03")
    assert (issue["state"], len(platform.notes)) == ("closed", 2)
    assert check("2026-11-05")[1]["alerts"]["drift"]["state"] == "FIRING"
    assert (issue["state"], len(platform.notes)) == ("opened", 3)
    assert "**critical** on 2026-11-05" in platform.notes[2]["body"]


@pytest.mark.usefixtures("days")
def test_to_open_it_again_takes_that_back(check: Check, platform: Platform) -> None:
    check("2026-11-01")
    (issue,) = platform.issues
    issue |= {"state": "closed", "closed_by": None}
    assert check("2026-11-02")[1]["alerts"]["drift"]["owner"] == "somebody"
    issue["state"] = "opened"
    alert = check("2026-11-03")[1]["alerts"]["drift"]
    assert (alert["state"], alert["owner"], issue["state"]) == ("FIRING", "", "opened")


@pytest.mark.usefixtures("days")
def test_who_is_assigned_looks_after_it_for_as_long(check: Check, platform: Platform) -> None:
    check("2026-11-01")
    platform.issues[0]["assignees"] = [{"username": "ana"}, {"username": "ben"}]
    alert = check("2026-11-02")[1]["alerts"]["drift"]
    assert (alert["state"], alert["owner"]) == ("ACKED", "ana, ben")
    platform.issues[0]["assignees"] = []
    assert check("2026-11-03")[1]["alerts"]["drift"]["state"] == "FIRING"


@pytest.mark.usefixtures("days")
def test_a_forge_that_is_away_changes_nothing_of_it(check: Check, platform: Platform) -> None:
    check("2026-11-01")
    platform.issues[0]["state"] = "closed"
    platform.forge_status = 503
    code, report = check("2026-11-02")
    assert (code, report["alerts"]["drift"]["state"]) == (Exit.WARNING, "FIRING")


def test_an_issue_that_the_monitor_could_not_write_yet_says_nothing(
    environment: Environment, check: Check, platform: Platform
) -> None:
    for day, shift in enumerate((0.5, 0, 0, 0, 0.5, 0.5), 1):
        log(environment, f"2026-11-0{day}", draw(2000, day, shift))
    for day in (1, 2, 3, 4):
        check(f"2026-11-0{day}")
    # Closed by the monitor, which cannot open it again now.
    platform.forge_status = 503
    assert check("2026-11-05")[0] == Exit.FAULT
    platform.forge_status = 0
    alert = check("2026-11-06")[1]["alerts"]["drift"]
    assert (alert["state"], platform.issues[0]["state"]) == ("FIRING", "opened")


def test_its_word_ends_and_goes_again_once_the_alert_was_sent() -> None:
    state = looked_after(play([WARNING, WARNING])[0], ANA, FIRST + timedelta(1), WEEK)
    sent: list[str] = []
    for number in range(2, 12):
        run = on(number)
        state = looked_after(state, ANA, run.as_of, WEEK)
        state = advance(state, Day((WARNING,)), run, SETTINGS)
        sent += [f"{number} {message['text'][:11]}" for message in mine(state, run)]
        state = settle(state, run, sent=True)
    assert (sent, states(state)) == (["2 drift: ana ", "9 **warning**"], ["FIRING"])


def test_what_ack_said_stays_and_one_that_has_ended_is_free() -> None:
    state = acknowledge(play([CRITICAL, CRITICAL])[0], "drift", "ben", FIRST + timedelta(4))

    def owner(hand: Hand, day: int) -> str:
        return looked_after(state, hand, FIRST + timedelta(day), WEEK)["alerts"]["drift"]["owner"]

    assert [owner(ANA, 2), owner(NOBODY, 2), owner(NOBODY, 5), owner(ANA, 5)] == ["ben", "ben", "ben", "ana"]


@pytest.mark.parametrize(
    ("issue", "owner"),
    [
        ({"state": "opened"}, ""),
        ({"state": "opened", "assignees": None}, ""),
        ({"state": "closed", "closed_at": None}, "somebody"),
    ],
)
def test_a_forge_may_say_less(issue: dict[str, Any], owner: str) -> None:
    assert hand_of(issue, FIRST).owner == owner and hand_of(issue, FIRST).since == FIRST


def test_nobody_looks_after_what_is_only_suspected() -> None:
    state: State = play([CRITICAL])[0]
    assert looked_after(state, ANA, date(2026, 11, 2), WEEK) == state
