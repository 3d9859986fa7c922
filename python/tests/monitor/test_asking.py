"""Retraining at a GitLab: a tag asks, a job of the environment answers, and the alert closes by it."""

import json
from pathlib import Path
from typing import Any

import mlflow
import pytest
import yaml
from mlflow import MlflowClient

from ecluse_core.errors import SettingError
from ecluse_monitor.asking import ASKED, BEGUN, Job
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.settings import Check as CheckSettings
from ecluse_monitor.watch import main as watch
from tests.monitor.conftest import Platform
from tests.monitor.test_retraining import Check, checking, live

KEY = "retraining of dev: version 1, 2026-11-02"
FILE = """\
stages: [check, dev]
workflow:
  name: $ECLUSE_RETRAINING
  rules: [{ if: $CI_COMMIT_BRANCH }]
variables: { OWN: "yes", ECLUSE_APPROVAL: automatic }
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_NAMESPACE/platform/check@0.1.0
  - component: ${CI_SERVER_FQDN}/$CI_PROJECT_NAMESPACE/platform/train@0.1.0
    inputs: { environment: dev, action: $CI_COMMIT_BRANCH }
    rules: [{ if: $CI_COMMIT_BRANCH }]
own: { script: [!reference [check, script], "echo $CI_COMMIT_SHA"] }
"""


@pytest.fixture
def check(environment: dict[str, str], platform: Platform, monkeypatch: Any, capsys: Any) -> Check:
    """Judges a day, where pipelines of the project ask what the monitor wants."""
    monkeypatch.setenv("ECLUSE_ASKS_RETRAINING", "true")

    return checking(platform, capsys)


def begin(platform: Platform, status: str = "running", key: str = KEY) -> None:
    """As the scheduled pipeline does that finds the tag."""
    url = "http://forge/9"
    platform.run_tags[BEGUN] = json.dumps({"key": key, "number": 9, "pipeline": url})
    platform.pipelines = [{"id": 9, "status": status, "web_url": url}]


def test_a_worse_model_is_asked_for_followed_and_replaced(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    for day in (1, 2, 3):
        live(environment, day, good=False)
    code, report = check("2026-11-02")
    assert (code, [each["status"] for each in report["retrainings"]]) == (20, ["asked"])
    assert json.loads(platform.run_tags[ASKED]) == {"key": KEY, "approval": True}
    assert "asks for a training because of performance" in platform.notes[-1]["body"]
    assert platform.pipelines == []  # nothing but GitLab's own schedule starts one
    # Of another day, or of nothing: it waits, and asks for no second one.
    begin(platform, key="retraining of dev: version 1, 2026-10-01")
    assert [each["status"] for each in check("2026-11-03")[1]["retrainings"]] == ["asked"]
    # It began, and its model serves, before the monitor looked again: that alert closes by it.
    begin(platform, "success")
    platform.version = "2"
    for day in (4, 5, 6):
        live(environment, day, good=True, version="2")
        code, report = check(f"2026-11-0{day}")
    assert (code, [each["status"] for each in report["retrainings"]]) == (0, ["served"])
    assert any("waits for somebody to let it on: http://forge/9" in note["body"] for note in platform.notes)
    assert "trained again by http://forge/9: model version 2 serves" in platform.notes[-1]["body"]
    assert platform.issues[0]["state"] == "closed"


def test_a_pipeline_that_failed_before_anybody_looked_is_told(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    for day in (1, 2, 3):
        live(environment, day, good=False)
    check("2026-11-02")
    begin(platform, "failed")
    (retraining,) = check("2026-11-03")[1]["retrainings"]
    assert (retraining["status"], retraining["number"]) == ("failed", 9)
    assert "training again ended as failed, the model stays: http://forge/9" in platform.notes[-1]["body"]


def test_another_model_that_serves_ends_what_nobody_began(
    environment: dict[str, str], check: Check, platform: Platform
) -> None:
    for day in (1, 2):
        live(environment, day, good=False)
    check("2026-11-02")
    platform.version = "2"
    live(environment, 3, good=True, version="2")
    assert [each["status"] for each in check("2026-11-03")[1]["retrainings"]] == ["gone"]


def test_it_asks_by_the_tag_or_starts_by_a_token_but_not_both(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECLUSE_ASKS_RETRAINING", "true")
    given = {**environment, "ECLUSE_ASKS_RETRAINING": "true"}
    assert CheckSettings.read(given).may_retrain
    with pytest.raises(SettingError, match="needs ECLUSE_FORGE_TOKEN_FILE, and no"):
        CheckSettings.read({**given, "ECLUSE_TRIGGER_TOKEN_FILE": "/t"})
    with pytest.raises(SettingError, match="needs ECLUSE_FORGE_TOKEN_FILE, and no"):
        CheckSettings.read({key: value for key, value in given.items() if "FORGE_TOKEN" not in key})


class Project:
    """A project's checkout with a champion, and what its scheduled job answers."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        uri = f"sqlite:///{folder}/mlflow.db"
        for name, value in {
            "MLFLOW_TRACKING_URI": uri,
            "ECLUSE_USE_CASE": "churn",
            "ECLUSE_ENVIRONMENT": "dev",
            "CI_PIPELINE_URL": "https://gitlab.example.com/9",
            "CI_SERVER_FQDN": "gitlab.example.com",
            "CI_PROJECT_NAMESPACE": "acme/ecluse",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)
        mlflow.set_tracking_uri(uri)
        mlflow.set_workspace(None)
        (folder / ".gitlab-ci.yml").write_text(FILE)
        self.client, self.set, self.out = MlflowClient(uri), monkeypatch.setenv, folder / "next.yml"
        self.client.create_registered_model("churn")
        self.run = self.client.create_run(self.client.create_experiment("churn", str(folder))).info.run_id
        self.client.create_model_version("churn", str(folder), self.run)
        self.client.set_registered_model_alias("churn", "champion", "1")

    def ask(self, key: str = KEY, approval: object = False) -> None:
        self.client.set_tag(self.run, ASKED, json.dumps({"key": key, "approval": approval}))

    def answers(self, pipeline: int) -> str:
        self.set("CI_PIPELINE_ID", str(pipeline))
        assert watch(["asked", "--out", str(self.out)]) == 0
        return self.out.read_text()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A champion that nobody wants to replace."""
    return Project(tmp_path, monkeypatch)


def test_a_job_answers_once(project: Project) -> None:
    nothing = yaml.safe_load(project.answers(8))
    assert nothing["nothing-to-train"]["tags"] == ["ecluse-dev"]
    project.ask()
    trains = project.answers(9)
    assert KEY in trains
    tags = project.client.get_run(project.run).data.tags
    assert json.loads(tags[BEGUN]) == {"key": KEY, "number": 9, "pipeline": "https://gitlab.example.com/9"}
    # The same job again, and then the next hour's.
    assert project.answers(9) == trains
    assert yaml.safe_load(project.answers(10)) == nothing
    project.ask("retraining of dev: version 1, 2026-11-30")
    assert "2026-11-30" in project.answers(11)


def test_in_a_freeze_period_nothing_is_begun(project: Project) -> None:
    project.ask()
    project.set("CI_DEPLOY_FREEZE", "true")
    assert "nothing-to-train" in project.answers(9)
    assert BEGUN not in project.client.get_run(project.run).data.tags
    project.set("CI_DEPLOY_FREEZE", "")
    assert KEY in project.answers(10)


def test_its_pipeline_is_the_use_cases_own_with_addresses_written_out(project: Project) -> None:
    project.ask(approval=True)
    text = project.answers(9)
    expected = (
        FILE.replace("$CI_SERVER_FQDN", "gitlab.example.com")
        .replace("${CI_SERVER_FQDN}", "gitlab.example.com")
        .replace("$CI_PROJECT_NAMESPACE", "acme/ecluse")
        .replace("ECLUSE_APPROVAL: automatic", f"ECLUSE_APPROVAL: manual, ECLUSE_RETRAINING: '{KEY}'")
    )
    assert _plain(text) == _plain(expected)
    assert "!reference" in text


def _plain(text: str) -> Any:
    return yaml.safe_load(text.replace("!reference", ""))


@pytest.mark.parametrize(
    ("key", "approval"),
    [
        ("retraining of prod: version 1, 2026-11-02", False),
        ("retraining of dev: version 1, 2026-11-02 $CI_JOB_TOKEN", False),
        (KEY, "manual"),
    ],
)
def test_a_tag_that_no_monitor_of_the_environment_wrote_begins_nothing(
    project: Project, capsys: pytest.CaptureFixture[str], key: str, approval: object
) -> None:
    project.ask(key, approval)
    project.set("CI_PIPELINE_ID", "9")
    assert watch(["asked", "--out", str(project.out)]) == 1
    assert "is not that of a monitor of dev" in capsys.readouterr().err
    assert not project.out.exists()


def test_an_include_by_a_variable_that_is_not_there_is_refused(project: Project, capsys: Any) -> None:
    Path(".gitlab-ci.yml").write_text("include: { local: $CI_OTHER_FOLDER/ci.yml }\n")
    project.ask()
    project.set("CI_PIPELINE_ID", "9")
    assert watch(["asked", "--out", str(project.out)]) == 1
    assert "include: $CI_OTHER_FOLDER is not set in this job" in capsys.readouterr().err
    with pytest.raises(MonitorError, match="'CI_PIPELINE_ID' is not set"):
        Job.read({})
