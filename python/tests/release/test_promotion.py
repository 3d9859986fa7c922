"""A version that was released before becomes champion again, and all that does not."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ecluse_core.errors import SettingError
from ecluse_release.job import job_variables
from ecluse_release.judge import Refusal
from ecluse_release.promotion import Asked, Promoted, promote
from ecluse_release.settings import ChampionSettings
from tests.identity.tracking import RunningEnvironment
from tests.processes import python_environment
from tests.release.released import FIRST, as_release, read, version
from tests.release.test_job import RELEASE
from tests.release.test_reload import service
from tests.release.training import USE_CASE, Training, train


@pytest.fixture
def settings(released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch) -> ChampionSettings:
    """What grace's job has, without a model server."""
    return ChampionSettings.read(as_release(released, FIRST, monkeypatch))


@pytest.fixture(autouse=True)
def at_the_second(released: RunningEnvironment, settings: ChampionSettings) -> Iterator[None]:
    """Each test begins and ends with version 2 as champion."""
    yield
    with pytest.MonkeyPatch.context() as monkeypatch:
        as_release(released, FIRST, monkeypatch)
        promote(settings, "promote", "2", "the next test")


def champion() -> str:
    """The version that has the alias."""
    return str(MlflowClient().get_model_version_by_alias(USE_CASE, "champion").version)


def test_a_rollback_takes_the_version_before_and_a_promotion_the_later_one(
    released: RunningEnvironment, settings: ChampionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = promote(settings, "rollback", None, "version 2 is slow")
    assert (done.changed, done.champion, done.former) == (True, "1", "2")
    assert (done.message, champion()) == ("version 1 is champion: rolled back by grace", "1")
    with pytest.raises(Refusal, match="no version before version 1 was released"):
        promote(settings, "rollback", None, "once more")
    assert not promote(settings, "promote", "1", "again").changed
    promote(settings, "promote", "2", "it was not version 2")

    found = read(released, monkeypatch)
    assert (found.champion, found.problems) == ("2", [])
    back, forth = version(found, "1").changes[-1], version(found, "2").changes[-1]
    assert (back.action, back.former, back.reason) == ("rolled back", "2", "version 2 is slow")
    assert (forth.action, forth.former, forth.reason) == ("promoted", "1", "it was not version 2")
    assert (back.person, back.pipeline_id) == ("grace", "77")


@pytest.mark.parametrize(
    ("asked", "to", "reason", "error", "message"),
    [
        ("promote", "99", "why", Refusal, "there is no version 99; there are: .*2, 1"),
        ("rollback", "../1", "why", Refusal, "there is no version ../1"),
        ("promote", None, "why", SettingError, "promote needs --to with the number of a version"),
        ("rollback", "1", "  ", SettingError, "reason must be one line of 1 to 400 characters"),
        ("rollback", "1", "a\nb", SettingError, "reason must be one line"),
        ("rollback", "1", "a" * 401, SettingError, "reason must be one line"),
    ],
)
def test_a_wrong_request_is_refused_in_words(
    settings: ChampionSettings,
    asked: Asked,
    to: str | None,
    reason: str,
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        promote(settings, asked, to, reason)
    assert champion() == "2"


def test_a_rollback_goes_back_only(settings: ChampionSettings) -> None:
    promote(settings, "rollback", "1", "to the first")
    with pytest.raises(Refusal, match="version 2 came after champion 1; promote takes a later version"):
        promote(settings, "rollback", "2", "forward")


def test_what_no_release_has_signed_is_never_champion(
    released: RunningEnvironment, settings: ChampionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stray version, one with another's manifest, and one whose files are not those that were signed."""
    client, commit = MlflowClient(), "e3" * 20
    signed = client.get_model_version(USE_CASE, "1").tags["ecluse.manifest"]
    model_id = train(released, Training(commit))
    as_release(released, FIRST, monkeypatch)
    for tags, why in (({}, "is not signed by"), ({"ecluse.manifest": signed}, "not of this version")):
        made = client.create_model_version(USE_CASE, f"models:/{model_id}", tags=tags, model_id=model_id)
        stray = str(made.version)
        with pytest.raises(Refusal, match=f"version {stray} cannot be champion: .*{why}"):
            promote(settings, "promote", stray, "it is better")

    def damaged(*_: object) -> str:
        return "the model is not the one that was released: MLmodel is missing"

    monkeypatch.setattr("ecluse_release.promotion.why_not", damaged)
    with pytest.raises(Refusal, match="version 1 cannot be champion: the model is not the one"):
        promote(settings, "rollback", None, "back")
    assert champion() == "2"


@pytest.mark.parametrize("who", ["training", "person", "monitor"])
def test_only_the_release_may(
    released: RunningEnvironment,
    settings: ChampionSettings,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
) -> None:
    """A job of any branch, a person and a monitor are refused by the tracking server, with the key even."""
    tokens = {
        "training": released.forge.ci(),
        "person": released.forge.person(),
        "monitor": released.workloads.workload("monitor"),
    }
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", tokens[who])
    with pytest.raises(MlflowException, match="Permission denied"):
        promote(settings, "rollback", None, "I want it")
    assert (champion(), read(released, monkeypatch).problems) == ("2", [])


def serving(settings: ChampionSettings, url: str) -> ChampionSettings:
    """The same with a model server."""
    return settings.model_copy(update={"serving_url": url, "serving_token": "t", "serving_replicas": 1})


def test_a_version_that_the_server_does_not_load_leaves_the_former_one(
    released: RunningEnvironment, settings: ChampionSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        service(lambda: "2") as (url, _),
        pytest.raises(Refusal, match="version 1 is not champion: the model server serves version 2"),
    ):
        promote(serving(settings, url), "rollback", None, "back")
    assert champion() == "2"
    # It is passed over from then on, unless it is named.
    with pytest.raises(Refusal, match="no version before version 2 was released"):
        promote(settings, "rollback", None, "back")
    found = read(released, monkeypatch)
    last = version(found, "2").changes[-1]
    assert (last.action, last.former, found.problems) == ("taken back", "1", [])
    as_release(released, FIRST, monkeypatch)
    with service(lambda: "1") as (url, asked):
        assert promote(serving(settings, url), "rollback", "1", "back").changed
    assert (champion(), asked) == ("1", ["POST /reload"])


def as_command(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    """The command as the pipeline of the platform runs it on a cluster: exit code and what it prints."""
    known = as_release(released, FIRST, monkeypatch)
    # None listens there, so that nothing changes for good.
    stack = {"ECLUSE_RELEASES": json.dumps({USE_CASE: {**RELEASE, "serving_url": "http://127.0.0.1:9"}})}
    given = {**known, **stack, "ECLUSE_SERVING_TOKEN": "s", "ECLUSE_SERVING_REPLICAS": "2"}
    assert job_variables(given)["ECLUSE_SERVING_URL"] == "http://127.0.0.1:9"
    del given["MLFLOW_WORKSPACE"]
    command = [sys.executable, "-W", "ignore", "-m", "ecluse_release.promotion", *words]
    environ = python_environment(**given)
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_the_command_takes_the_stacks_model_server(
    released: RunningEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, said = as_command(released, monkeypatch, "rollback", "--to=1", "--reason=slow")
    assert (code, "refused: version 1 is not champion: the model server gave no answer" in said) == (1, True)
    code, said, _ = as_command(released, monkeypatch, "promote", "--to=2", "--reason=x", "--json")
    document: Promoted = Promoted(**json.loads(said))
    assert (code, document.changed, document.champion) == (0, False, "2")
    code, _, said = as_command(released, monkeypatch, "promote", "--to=", "--reason=x")
    assert (code, said) == (
        2,
        "ecluse_release.promotion: promote needs --to with the number of a version\n",
    )
