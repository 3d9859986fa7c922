"""Rollouts with real model servers: a good challenger becomes champion, and a bad one never does."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from ecluse_release.judge import Refusal
from tests.identity.tracking import environment
from tests.release.training import CUSTOMERS, Training, land_data, train
from tests.serving.rollouts import Rolling
from tests.serving.server import model_server

FIRST = "a1" * 20
GOOD = HistGradientBoostingClassifier(max_iter=50, random_state=1)


def pipeline(model: object, unknown: str = "use_encoded_value") -> Pipeline:
    """A pipeline that ends in a model; its encoder may refuse texts that it has not seen."""
    known: dict[str, Any] = {} if unknown == "error" else {"unknown_value": -1}
    columns = ColumnTransformer(
        [("country", OrdinalEncoder(handle_unknown=unknown, **known), ["country"])], remainder="passthrough"
    )
    return make_pipeline(columns, SimpleImputer(), model)


@pytest.fixture(scope="module")
def rolling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rolling]:
    """An environment with a first champion, which is none of a rollout."""
    with environment(Path(tmp_path_factory.mktemp("rollout"))) as prod:
        land_data(prod)
        folder = Path(tmp_path_factory.mktemp("server"))
        given = {"ECLUSE_SERVING_ROLLOUT": "true", "ECLUSE_CHAMPION_SECONDS": "1"}
        with model_server(prod, folder, prod.store.url("inference", "write"), **given) as server:
            found = Rolling(prod, server)
            train(prod, Training(FIRST))
            assert found.release(FIRST).message == "version 1 is champion"
            yield found


@pytest.fixture(scope="module")
def again(rolling: Rolling) -> str:
    """A model that is as good as the champion."""
    return train(rolling.prod, Training("a2" * 20))


def trained(rolling: Rolling, model: Pipeline) -> str:
    """A model of the first rows."""
    return train(rolling.prod, Training("a3" * 20, model))


def test_a_good_challenger_is_scored_in_the_shadow_then_answers_some_and_is_promoted(
    rolling: Rolling,
) -> None:
    former, commit = rolling.served()["version"], "a4" * 20
    train(rolling.prod, Training(commit, pipeline(GOOD)))
    outcome = rolling.release(commit)
    version = outcome.version or ""
    assert outcome.message == f"version {version} is challenger of version {former}, in the shadow"
    assert rolling.release(commit).message == f"commit {commit} is challenger already"
    shown = {"version": version, "step": 0, "stage": "shadow"}
    assert (rolling.served()["version"], rolling.served()["challenger"]) == (former, shown)
    waits = rolling.step()
    assert (waits.decision, waits.stage) == ("stays", "shadow"), waits.message
    assert rolling.send() == {former: 250}
    assert set(rolling.logged()) == {former}, "no log has what the shadow scored"
    moved = rolling.step()
    assert (moved.decision, moved.stage) == ("moved", "canary 50 %"), moved
    with rolling.reloading():
        answered = rolling.send()
    assert 80 < answered[version] < 170 and answered.total() == 250
    # The same caller's ids meet the same version.
    assert rolling.send() == answered
    assert rolling.logged()[version] == 4 * 2 * answered[version]
    done = rolling.step()
    assert (done.decision, done.champion, done.challenger) == ("promoted", version, None), done
    assert (rolling.served()["version"], rolling.served()["challenger"]) == (version, None)
    assert (rolling.step().decision, rolling.actions(version)) == ("none", ["shadow", "canary", "promoted"])


def test_a_slow_challenger_is_given_up_and_no_rollback_takes_it(rolling: Rolling) -> None:
    former = rolling.served()["version"]
    forest = RandomForestClassifier(500, max_depth=4, random_state=0)
    version = rolling.challenge(trained(rolling, pipeline(forest)))
    done = rolling.decided(1, max_latency_ratio=2)
    assert (done.decision, done.challenger) == ("withdrawn", version), done
    assert "beyond its bound in shadow: latency" in done.message
    assert (rolling.send(20), rolling.served()["version"]) == ({former: 20}, former)
    assert rolling.actions(version) == ["shadow", "withdrawn"]


def test_a_shifted_challenger_is_given_up(rolling: Rolling) -> None:
    former = rolling.served()["version"]
    shifted = HistGradientBoostingClassifier(max_iter=50, class_weight={0: 1, 1: 20})
    rolling.challenge(trained(rolling, pipeline(shifted)))
    done = rolling.decided(4)
    assert (done.decision, "in shadow: scores" in done.message) == ("withdrawn", True), done
    assert rolling.served()["version"] == former


def test_what_a_challenger_fails_is_answered_by_the_champion_and_it_is_given_up(rolling: Rolling) -> None:
    former = rolling.served()["version"]
    # It refuses a country that training had not, of which the champion makes nothing.
    version = rolling.challenge(trained(rolling, pipeline(GOOD, "error")))
    assert rolling.send(30, country="Italy") == {former: 30}
    shadow = rolling.counts()["challenger"]
    assert shadow["errors"] == shadow["requests"] > 0
    rolling.move(50)
    assert rolling.send(60, country="Italy") == {former: 60}
    assert 15 < rolling.counts()["challenger"]["errors"] < 45
    done = rolling.step()
    assert (done.decision, done.challenger) == ("withdrawn", version), done
    assert "beyond its bound in canary 50 %: errors" in done.message


@pytest.mark.parametrize(("undecided", "decision"), [("withdraw", "withdrawn"), ("promote", "promoted")])
def test_too_little_to_decide_goes_by_the_settings_once_the_time_is_over(
    rolling: Rolling, again: str, undecided: str, decision: str
) -> None:
    version = rolling.challenge(again)
    rolling.send(3)
    waits = rolling.step(shadow_minutes=5, canary=[])
    assert (waits.decision, "0 of 5 minutes are over" in waits.message) == ("stays", True)
    waits = rolling.step(canary=[])
    assert (waits.decision, "too little to decide in shadow" in waits.message) == ("stays", True)
    done = rolling.step(canary=[], limit_minutes=0, undecided=undecided)
    assert (done.decision, "too little" in done.message) == (decision, True), done
    assert rolling.actions(version) == ["shadow", decision]


def test_another_champion_by_hand_ends_a_rollout(rolling: Rolling, again: str) -> None:
    former, version = rolling.served()["version"], rolling.challenge(again)
    rolling.promote("rollback", None)
    assert rolling.served()["challenger"] is None
    assert rolling.actions(version) == ["shadow", "withdrawn"]
    rolling.promote("promote", former)
    version = rolling.challenge(again)
    # The champion itself by hand: it stays, and the challenger is given up.
    rolling.promote("promote", former)
    assert (rolling.step().decision, rolling.actions(version)) == ("none", ["shadow", "withdrawn"])
    version = rolling.challenge(again)
    rolling.promote("promote", version)
    assert (rolling.served()["version"], rolling.step().decision) == (version, "none")
    assert rolling.actions(version) == ["shadow", "promoted"]


def test_a_stage_that_no_release_signed_is_not_followed(rolling: Rolling, again: str) -> None:
    former = rolling.served()["version"]
    version = rolling.challenge(again)
    rolling.forge_stage()
    assert "not signed by this environment's release key" in rolling.served()["challenger_refused"]
    assert rolling.send(20) == {former: 20}
    done = rolling.step()
    assert (done.decision, rolling.actions(version)) == ("withdrawn", ["shadow", "withdrawn"]), done


def test_counts_outlive_the_server_and_are_added_over_replicas(
    rolling: Rolling, again: str, tmp_path: Path
) -> None:
    rolling.challenge(again)
    rolling.move(50)
    given = {"ECLUSE_SERVING_ROLLOUT": "true", "ECLUSE_CHAMPION_SECONDS": "1"}
    url = rolling.prod.store.url("inference", "write")
    with model_server(rolling.prod, tmp_path, url, **given) as server:
        other = replace(rolling, server=server)
        other.reload()
        other.send(20)
        # It is written down when the registry is asked.
        other.reload()
        before = other.counts()
        assert before["champion"]["requests"] + before["challenger"]["requests"] == 20
    with model_server(rolling.prod, tmp_path, url, **given) as server:
        other = replace(rolling, server=server)
        other.reload()
        assert other.counts() == before
    assert rolling.counts()["instance"] != before["instance"]
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{rolling.server.url}/rollout", timeout=60)


def test_other_inputs_are_not_rolled_out_and_wait_for_a_person(rolling: Rolling) -> None:
    former, commit = rolling.served()["version"], "a5" * 20
    fewer = replace(CUSTOMERS, features=["age", "balance", "products"])
    train(rolling.prod, Training(commit, make_pipeline(SimpleImputer(), GOOD), data=fewer))
    with pytest.raises(Refusal, match=f"not those of champion {former}, which callers must know"):
        rolling.release(commit)
    latest = rolling.inventory().versions[0].version
    assert (rolling.served()["version"], rolling.actions(latest)) == (former, ["withdrawn"])
    rolling.promote("promote", latest)
    assert rolling.served()["version"] == latest
