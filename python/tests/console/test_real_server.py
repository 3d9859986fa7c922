"""The console before a real tracking server, which has released two versions and refused a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.console import Running, console
from tests.console.fakes import World
from tests.identity.tracking import RunningEnvironment
from tests.release.released import FIRST, POOR, PUBLIC, SECOND, two_versions


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """The environment."""
    with two_versions(tmp_path_factory.mktemp("prod")) as running:
        yield running


@pytest.fixture(scope="module")
def running(prod: RunningEnvironment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Its console, with nobody logged in."""
    del tmp_path_factory
    changes = {"ECLUSE_ENVIRONMENT": "prod", "ECLUSE_TIER": "production", "ECLUSE_SIGNING_PUBLIC_KEY": PUBLIC}
    with console(World(), tracking=prod.url, **changes) as found:
        yield found


def log_in(running: Running, prod: RunningEnvironment, **claims: object) -> int:
    """Follows a link; the status of its answer."""
    running.cookies = {}
    running.world.codes["code"] = ("ana-forge", prod.forge.person(60, **claims))
    answer = running.ask("/?login=code")
    for cookie in answer.headers.getlist("set-cookie"):
        name, _, rest = cookie.partition("=")
        running.cookies[name] = rest.partition(";")[0]
    return answer.status


def test_a_person_sees_versions_gates_and_refusals_as_they_were_signed(
    running: Running, prod: RunningEnvironment
) -> None:
    assert log_in(running, prod) == 200
    home = running.page("/")
    assert "version 2" in home and SECOND[:8] in home and "released by grace" in home
    text = running.page("/use-cases/bank-churn")
    assert 'aria-label="floor:' in text and FIRST[:8] in text and POOR[:8] in text
    assert "cannot be shown: the tracking server" not in text and "Not to be believed" not in text


def test_lineage_verifies_a_version_to_its_run(running: Running, prod: RunningEnvironment) -> None:
    assert log_in(running, prod) == 200
    text = running.page("/lineage?q=2&use_case=bank-churn")
    assert "signed by the release of prod" in text and SECOND in text
    assert "ci:ecluse/bank-churn:prod:train" in text
    assert "and the version has" not in text


def test_a_login_is_used_up_and_other_tokens_are_none(running: Running, prod: RunningEnvironment) -> None:
    token = prod.forge.person(60)
    running.cookies = {}
    for expected in (200, 403):
        running.world.codes["code"] = ("ana-forge", token)
        assert running.ask("/?login=code").status == expected
    for token in (
        prod.forge.ci("train"),
        prod.forge.person(3600),
        prod.forge.person(60, aud="ecluse-dev-tracking"),
    ):
        running.world.codes["code"] = ("ana-forge", token)
        assert running.ask("/?login=code").status == 403
    assert log_in(running, prod, groups=["others"]) == 403
    running.cookies = {"ecluse_session": "made.up.session"}
    assert running.ask("/").status == 401


def test_reading_leaves_no_trace_of_the_console_itself(prod: RunningEnvironment, tmp_path: Path) -> None:
    del tmp_path
    log = Path(prod.folder, "server.log").read_text()
    assert "person:ada GET /api/2.0/mlflow/registered-models/alias" in log
