"""The release as a cluster's job: the stack's settings of a use case, and every request that is refused."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from ecluse_core.errors import SettingError
from ecluse_release.job import job_settings
from tests.identity.tracking import RunningEnvironment
from tests.processes import python_environment
from tests.release.released import ANSWERS
from tests.release.training import RULES, Training, key_pair, release_variables, train

PRIVATE, _ = key_pair()
COMMIT, INTRUDER = "a2" * 20, "b2" * 20
TRAINER = "ci:ecluse/bank-churn:prod:train"
RELEASE: Mapping[str, Any] = {
    "project": "ecluse/bank-churn",
    "gates": RULES,
    "contract": {"target": "churn", "id": "customer_id"},
    "data_url": "https://blobs.example/data?sig=hidden",
    "holdout_url": "https://blobs.example/holdout?sig=hidden",
    "serving_url": "https://bank-churn.example",
}
GOOD: Mapping[str, str] = {
    "ECLUSE_RELEASES": json.dumps({"bank-churn": RELEASE}),
    "ECLUSE_ENVIRONMENT": "prod",
    "MLFLOW_TRACKING_URI": "https://tracking.example",
    "ECLUSE_SIGNING_KEY": PRIVATE,
    "ECLUSE_SERVING_REPLICAS": "2",
    "ECLUSE_USE_CASE": "bank-churn",
    "ECLUSE_COMMIT": COMMIT,
    "ECLUSE_PIPELINE_ID": "11",
    "MLFLOW_TRACKING_TOKEN": "t",
    "ECLUSE_SERVING_TOKEN": "s",
}


def test_the_use_cases_own_settings_are_taken() -> None:
    asked = {
        **GOOD,
        "ECLUSE_GATES": "{}",
        "ECLUSE_CONTRACT": "{}",
        "MLFLOW_WORKSPACE": "other",
        "ECLUSE_SERVING_URL": "http://evil",
    }
    found, variables = job_settings(asked)
    assert found.serving is not None
    assert (found.serving.url, found.serving.replicas) == ("https://bank-churn.example", 2)
    assert found.rules.floor == RULES["floor"]
    assert found.trainer == TRAINER
    assert variables["MLFLOW_WORKSPACE"] == "bank-churn"
    assert variables["ECLUSE_DATA_URL"] == RELEASE["data_url"]
    assert variables["ECLUSE_HOLDOUT_URL"] == RELEASE["holdout_url"]
    assert (found.contract.target, found.contract.baseline) == ("churn", None)
    assert found.accountability is None


def test_who_answers_is_the_stacks_word() -> None:
    releases = json.dumps({"bank-churn": {**RELEASE, "accountability": ANSWERS}})
    found, _ = job_settings({**GOOD, "ECLUSE_RELEASES": releases, "ECLUSE_ACCOUNTABILITY": "{}"})
    assert found.accountability is not None
    assert found.accountability.model_dump(mode="json") == ANSWERS
    asked = {**GOOD, "ECLUSE_ACCOUNTABILITY": json.dumps(ANSWERS)}
    assert job_settings(asked)[0].accountability is None


def releases(**changes: object) -> dict[str, str]:
    return {"ECLUSE_RELEASES": json.dumps({"bank-churn": {**RELEASE, **changes}})}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ECLUSE_USE_CASE": "fraud"}, "ECLUSE_USE_CASE must be one of bank-churn, got 'fraud'; add it to"),
        ({"ECLUSE_USE_CASE": "../bank-churn"}, "ECLUSE_USE_CASE must be one of bank-churn, got '../bank"),
        ({"ECLUSE_COMMIT": "main"}, "ECLUSE_COMMIT must be a full commit id of 40 hex digits, got 'main'"),
        ({"ECLUSE_COMMIT": COMMIT + "\n"}, "ECLUSE_COMMIT must be a full commit id"),
        ({"ECLUSE_PIPELINE_ID": "-1"}, "ECLUSE_PIPELINE_ID must be the number of a pipeline, got '-1'"),
        ({"ECLUSE_RELEASES": "{"}, "ECLUSE_RELEASES is not JSON: .*; the stack sets it"),
        ({"ECLUSE_RELEASES": "[]"}, "ECLUSE_RELEASES must be an object, got a list"),
        ({"ECLUSE_RELEASES": '{"bank-churn": 1}'}, "ECLUSE_RELEASES: bank-churn must be an object, got 1"),
        (releases(extra=1), "ECLUSE_RELEASES: bank-churn.extra is no setting"),
        (releases(gates="{}"), "ECLUSE_RELEASES: bank-churn.gates must be .*object"),
        (releases(gates={**RULES, "floor": 2}), "gates.roc_auc.floor must be .* 1, got 2"),
        (releases(serving_url=""), "serving_url must have at least 1 character, got ''"),
        (releases(data_url=7), "data_url must be a valid string$"),
        (releases(contract={"target": "churn"}), "bank-churn.contract.id is missing"),
        (releases(project=None), "project must be a valid string, got None"),
    ],
)
def test_a_wrong_request_or_setting_is_named(changes: Mapping[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message) as error:
        job_settings({**GOOD, **changes})
    assert "hidden" not in str(error.value)


@pytest.mark.parametrize("missing", GOOD)
def test_a_missing_variable_is_refused(missing: str) -> None:
    with pytest.raises(SettingError, match=f"{missing} is not set"):
        job_settings({name: value for name, value in GOOD.items() if name != missing})


def as_job(environment: RunningEnvironment, commit: str, **changes: str) -> tuple[int, str]:
    """Exit code and output of the job in a pod, under floors that no model reaches."""
    known = release_variables(environment, commit, PRIVATE)
    segments = [{"column": "country", "floor": 0.99, "max_gap": 0.5, "min_rows": 200}]
    gates = {**RULES, "floor": 0.99, "segments": segments}
    urls = {"data_url": known["ECLUSE_DATA_URL"], "holdout_url": known["ECLUSE_HOLDOUT_URL"]}
    entry = {**RELEASE, **urls, "gates": gates}
    for name in (
        "ECLUSE_GATES",
        "ECLUSE_CONTRACT",
        "ECLUSE_DATA_URL",
        "ECLUSE_HOLDOUT_URL",
        "MLFLOW_WORKSPACE",
    ):
        del known[name]
    given = {**GOOD, **known, "ECLUSE_RELEASES": json.dumps({"bank-churn": entry}), **changes}
    environ = python_environment(**given)
    command = [sys.executable, "-W", "ignore", "-m", "ecluse_release.job"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr + done.stdout


def test_only_what_the_pipeline_trained_is_released(prod: RunningEnvironment) -> None:
    claimed = {"mlflow.user": TRAINER}
    train(prod, Training(INTRUDER, token=prod.workloads.workload("monitor"), tags=claimed))
    code, text = as_job(prod, INTRUDER)
    assert (code, f"not of {TRAINER}; train commit" in text) == (1, True)

    train(prod, Training(COMMIT))
    code, text = as_job(prod, COMMIT)
    refused = "refused by: floor, segment country=France, segment country=Spain"
    assert (code, text.splitlines()[-1]) == (1, refused)
    assert "passed   gap country=Spain" in text
    assert "a model is confined by a list of system calls" in text


def test_a_wrong_setting_is_exit_code_two(prod: RunningEnvironment) -> None:
    code, text = as_job(prod, COMMIT, ECLUSE_USE_CASE="fraud")
    assert (code, "ecluse_release.job: ECLUSE_USE_CASE must be one of" in text) == (2, True)
