"""The state machine of alerts, without any service."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import Settings
from ecluse_monitor.state import Run, State, advance, empty, fingerprint, firing, mine, settle

START = datetime(2026, 11, 1, 6, tzinfo=UTC)
AGE = Finding("drift", Exit.CRITICAL, "age drifted", "age")


def on(day: int, run: str = "", version: str = "1") -> Run:
    now = START + timedelta(days=day)
    return Run(run or f"run-{day}", "dev", "churn", version, date(2026, 11, 1) + timedelta(days=day), now)


def step(
    state: State, day: int, *findings: Finding, muted: tuple[str, ...] = (), version: str = "1"
) -> State:
    run = on(day, version=version)
    return settle(advance(state, findings, run, Settings(), muted), run, sent=True)


def states(state: State) -> list[str]:
    return [alert["state"] for alert in state["alerts"].values()]


def test_an_alert_goes_its_way() -> None:
    state, seen = empty(), list[list[str]]()
    for day, bad in enumerate([True, True, True, False, False, True, False, False, False]):
        state = step(state, day, *([AGE] if bad else []))
        seen.append(states(state))
    firing, resolving = ["FIRING"], ["RESOLVING"]
    assert seen == [["PENDING"], firing, firing, resolving, resolving, firing, resolving, resolving, []]


def test_one_bad_day_is_told_to_nobody() -> None:
    state = advance(empty(), (AGE,), on(0), Settings(), ())
    assert (mine(state, on(0)), firing(state)) == ([], [])
    assert states(step(state, 1)) == []


def test_a_day_counts_once_however_often_it_is_checked() -> None:
    state = empty()
    for _ in range(5):
        state = step(state, 0, AGE)
    assert states(state) == ["PENDING"]


def test_a_firing_alert_is_told_once_and_again_after_the_cooldown() -> None:
    state, notified = empty(), list[int]()
    for day in range(6):
        advanced = advance(state, (AGE,), on(day), Settings(), ())
        notified += [day] * len(mine(advanced, on(day)))
        state = settle(advanced, on(day), sent=True)
    assert notified == [1, 4]


def test_muted_checks_neither_resolve_nor_worsen_an_alert() -> None:
    state = step(step(empty(), 0, AGE), 1, AGE)
    for day in range(2, 8):
        state = step(state, day, muted=("drift of age",))
    assert states(state) == ["FIRING"]


def test_a_new_champion_closes_the_alerts_of_the_old_one() -> None:
    state = step(step(empty(), 0, AGE), 1, AGE)
    run = on(2, version="2")
    after = advance(state, (), run, Settings(), ())
    assert after["alerts"] == {} and "model version 1" in mine(after, run)[0]


def test_what_was_not_sent_is_left_to_the_next_run() -> None:
    state = advance(step(empty(), 0, AGE), (AGE,), on(1), Settings(), ())
    failed = settle(state, on(1), sent=False)
    assert len(mine(advance(failed, (AGE,), on(1, "next"), Settings(), ()), on(1, "next"))) == 1


def test_a_claimed_message_is_taken_over_only_from_a_dead_run() -> None:
    state = advance(step(empty(), 0, AGE), (AGE,), on(1, "dead"), Settings(), ())
    soon = on(1, "soon")
    assert mine(advance(state, (AGE,), soon, Settings(), ()), soon) == []
    late = replace(on(1, "late"), now=soon.now + timedelta(minutes=11))
    assert len(mine(advance(state, (AGE,), late, Settings(), ()), late)) == 1


def test_fingerprints_tell_apart_what_differs() -> None:
    other = replace(AGE, segment="Spain"), replace(AGE, column="salary"), replace(AGE, check="nulls")
    prints = {fingerprint(on(0), finding) for finding in (AGE, *other)} | {
        fingerprint(on(0, version="2"), AGE),
        fingerprint(replace(on(0), environment="prod"), AGE),
    }
    assert len(prints) == 6
    assert fingerprint(on(5), replace(AGE, text="other words")) in prints
