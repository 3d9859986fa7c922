"""The state machine of alerts, without any service."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ecluse_monitor.causes import by_cause, digest
from ecluse_monitor.errors import Exit, MonitorError
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import AlertSettings
from ecluse_monitor.state import (
    Day,
    Run,
    State,
    acknowledge,
    advance,
    empty,
    firing,
    mine,
    mute,
    others,
    settle,
    take_over,
)

FIRST = date(2026, 11, 1)
START = datetime(2026, 11, 2, 6, tzinfo=UTC)
CRITICAL = Finding(
    "drift", Exit.CRITICAL, "age drifted: mean 38.9 → 44 (+0.49 sd)", "age", value=0.5, limit=0.2
)
WARNING = replace(CRITICAL, severity=Exit.WARNING, value=0.1, limit=0.05)
BROKEN = Finding("schema", Exit.BROKEN, "age is missing", "age")
SETTINGS = AlertSettings()


def on(day: int, id_: str = "", version: str = "1") -> Run:
    return Run(id_ or f"run-{day}", "dev", "churn", version, FIRST + timedelta(day), START + timedelta(day))


def play(days: list[Finding | None], state: State | None = None, first: int = 0) -> tuple[State, list[str]]:
    """The state after days with a finding or without, and what was sent, after the number of its day."""
    state, sent = state or empty(), list[str]()
    for number, finding in enumerate(days, first):
        run = on(number)
        state = advance(state, Day((finding,) if finding else ()), run, SETTINGS)
        sent += [f"{number} {message['text']}" for message in mine(state, run)]
        state = settle(state, run, sent=True)
    return state, sent


def states(state: State) -> list[str]:
    return [alert["state"] for alert in state["alerts"].values()]


def test_an_alert_goes_its_way() -> None:
    state, seen = empty(), list[list[str]]()
    for day, finding in enumerate([CRITICAL, CRITICAL, None, CRITICAL, None, None]):
        state, _ = play([finding], state, day)
        seen.append(states(state))
    state = acknowledge(state, "drift", "ana", FIRST + timedelta(9))
    seen.append(states(state))
    for day, finding in enumerate([CRITICAL, None, None, None], 6):
        state, _ = play([finding], state, day)
        seen.append(states(state))
    expected = "PENDING FIRING RESOLVING FIRING RESOLVING RESOLVING ACKED ACKED RESOLVING RESOLVING"
    assert seen == [*([each] for each in expected.split()), []]


def test_one_bad_day_is_sent_to_nobody() -> None:
    state, sent = play([CRITICAL])
    assert (sent, firing(state)) == ([], [])
    assert states(play([None, None], state, 1)[0]) == []


def test_every_other_day_is_within_the_window() -> None:
    state, sent = play([CRITICAL, None] * 4)
    assert states(state) == ["RESOLVING"]
    assert [line[:2] for line in sent] == ["2 ", "6 "]  # opened, and again after the cooldown


def test_a_day_without_a_run_is_no_evidence() -> None:
    state, _ = play([CRITICAL])
    state, sent = play([CRITICAL], state, 20)
    assert (states(state), sent) == (["PENDING"], [])
    state, _ = play([CRITICAL, CRITICAL])
    assert states(play([None], state, 30)[0]) == ["RESOLVING"]


def test_a_broken_contract_is_sent_at_once() -> None:
    assert play([BROKEN])[1] == ["0 **broken** on 2026-11-01, since 2026-11-01: age is missing"]


def test_what_gets_worse_is_sent_at_once_even_where_somebody_looks_after_it() -> None:
    state, sent = play([WARNING, WARNING, WARNING, CRITICAL])
    assert [line[:12] for line in sent] == ["1 **warning*", "3 **critical"]
    state, _ = play([WARNING, WARNING])
    state = acknowledge(state, "drift", "ana", FIRST + timedelta(9))
    state, sent = play([WARNING, CRITICAL, WARNING], settle(take_over(state, on(1), ()), on(1), sent=True), 2)
    assert ([line[:12] for line in sent], states(state)) == (["3 **critical"], ["FIRING"])


def test_an_open_alert_is_sent_again_after_the_cooldown_unless_somebody_looks_after_it() -> None:
    assert [line[0] for line in play([CRITICAL] * 8)[1]] == ["1", "4", "7"]
    state = acknowledge(play([CRITICAL] * 2)[0], "drift", "ana", FIRST + timedelta(5))
    state, sent = play([CRITICAL] * 8, state, 2)
    assert [line[:5] for line in sent] == ["2 dri", "6 **c", "9 **c"]  # that she does, and from its end on


def test_a_day_counts_once_and_a_clock_set_back_changes_nothing() -> None:
    state, _ = play([CRITICAL, CRITICAL, None, None, None])
    assert states(state) == []
    for day in (4, 1, 1, 0, 3):
        state, sent = play([BROKEN], state, day)
        assert (states(state), sent) == ([], [])
    run = replace(on(5), now=START - timedelta(days=3))
    state = advance(state, Day(()), run, SETTINGS)
    assert state["last_success"] == (START + timedelta(4)).isoformat()
    state, _ = play([CRITICAL, CRITICAL], first=0)
    back = replace(on(2), now=START - timedelta(days=30))
    assert mine(advance(state, Day((CRITICAL,)), back, SETTINGS), back) == []


@pytest.mark.parametrize("muted", [("drift of age",), ("drift", "prediction")])
def test_what_could_not_be_answered_neither_resolves_nor_worsens_an_alert(muted: tuple[str, ...]) -> None:
    state, _ = play([CRITICAL, CRITICAL])
    for day in range(2, 8):
        state = advance(state, Day((), muted), on(day), SETTINGS)
    assert states(state) == ["FIRING"]
    for day in range(8, 11):
        state = advance(state, Day((), ("drift of salary",)), on(day), SETTINGS)
    assert states(state) == []


def test_a_mute_has_an_end_and_is_of_one_column() -> None:
    wanted = {"cause": "drift", "column": "age", "owner": "ana", "until": "2026-11-03", "reason": "campaign"}
    state = mute(empty(), wanted)  # type: ignore[arg-type]
    other = replace(CRITICAL, column="salary", text="salary drifted")
    both, _ = play([other, other], state)
    assert [alert["columns"] for alert in firing(both)] == [["salary"]]
    state, sent = play([CRITICAL] * 5, state)
    assert ([line[0] for line in sent], state["mutes"]) == (["4"], [])


def test_a_new_champion_closes_the_alerts_of_the_old_one() -> None:
    state, _ = play([CRITICAL, CRITICAL])
    run = on(2, version="2")
    after = advance(state, Day(()), run, SETTINGS)
    assert after["alerts"] == {} and "model version 1" in mine(after, run)[0]["text"]


def test_what_was_not_sent_is_left_to_the_next_run() -> None:
    state, _ = play([CRITICAL])
    state = settle(advance(state, Day((CRITICAL,)), on(1), SETTINGS), on(1), sent=False)
    again = on(1, "next")
    assert len(mine(advance(state, Day((CRITICAL,)), again, SETTINGS), again)) == 1


def test_a_message_of_another_run_is_taken_over_only_where_that_is_dead() -> None:
    state = advance(play([CRITICAL])[0], Day((CRITICAL,)), on(1, "first"), SETTINGS)
    second, third = on(1, "second"), on(1, "third")
    state = advance(state, Day((CRITICAL,)), second, SETTINGS)
    assert (mine(state, second), others(state, second)) == ([], {"first"})
    state = take_over(state, second, {"first"})
    assert len(mine(state, second)) == 1
    assert mine(take_over(state, third, {"first"}), third) == []


def test_only_an_open_alert_is_acknowledged() -> None:
    with pytest.raises(MonitorError, match=r"open alert \(there is none\), got drift"):
        acknowledge(play([CRITICAL])[0], "drift", "ana", FIRST)


def test_five_columns_that_drift_are_one_alert_with_the_three_most_important() -> None:
    findings = [replace(WARNING, column=name, text=f"{name} drifted: +0.1 sd") for name in "abcde"]
    weights = {"a": 0.1, "b": 0.2, "c": 0.9, "d": 0.8, "e": 0.7}
    text, columns = digest(findings, weights)
    assert text == (
        "c drifted: +0.1 sd, importance 0.90; d drifted: +0.1 sd, importance 0.80; "
        "e drifted: +0.1 sd, importance 0.70; and 2 more columns"
    )
    assert columns == ["c", "d", "e", "b", "a"]
    run = on(0)
    state = advance(empty(), Day(tuple(findings), (), weights), run, AlertSettings(bad_days=1))
    assert len(mine(state, run)) == 1


def test_what_a_broken_column_explains_is_part_of_that() -> None:
    score = Finding("prediction", Exit.WARNING, "score drifted", "score")
    salary = replace(CRITICAL, column="salary")
    assert {cause: len(each) for cause, each in by_cause([BROKEN, CRITICAL, score]).items()} == {
        "contract": 3
    }
    found = by_cause([BROKEN, CRITICAL, salary, score])
    assert {cause: [each.column for each in of] for cause, of in found.items()} == {
        "contract": ["age", "age"],
        "drift": ["salary", "score"],
    }
