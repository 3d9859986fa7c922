"""A commit that is trained twice: which run is the other, and what comes to the same metric."""

from typing import Any, cast

import pytest
from mlflow import MlflowClient

from ecluse_core.verified import COMMIT
from ecluse_release import classification
from ecluse_release.gates import Rules
from ecluse_release.repeat import repeat_gate, unrepeated
from ecluse_release.training import TrainingRun, find_other
from tests.release.test_gates import GOOD, LABELS, NOISE

TRAINER, ID = "ci:ecluse/bank-churn:prod:train", "a" * 40
RULES = Rules(classification, 0.8, 0.02, 0.01, {}, max_retrain_gap=0.001)


@pytest.mark.parametrize(("other", "result"), [(GOOD, "pass"), (GOOD / 2, "pass"), (NOISE, "fail")])
def test_the_metric_of_both_is_compared(other: Any, result: str) -> None:
    """An order that is the same gives the same ROC AUC."""
    gate = repeat_gate(GOOD, other, LABELS, RULES)
    assert (gate.name, gate.result, gate.passed) == ("reproducibility", result, result == "pass")
    assert gate.value is not None and (gate.value > gate.bound == 0.001) == (result == "fail")
    assert ("random_state" in gate.fix) == (result == "fail")


def test_one_training_is_too_little() -> None:
    gate = unrepeated("there is no other", RULES, 10)
    assert (gate.result, gate.passed, gate.value, gate.reason) == (
        "undecided",
        False,
        None,
        "there is no other",
    )
    assert "`twice: true` at the component train" in gate.fix


class Runs:
    """A tracking server that has these runs, the newest first."""

    def __init__(self, *runs: tuple[str, str, str, str]) -> None:
        self.runs = [_run(*run) for run in runs]

    def get_experiment_by_name(self, _name: str) -> Any:
        return _Of(experiment_id="1")

    def search_runs(self, *_asked: object, **_order: object) -> list[Any]:
        return self.runs


class _Of:
    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


def _run(name: str, user: str, commit: str, version: str) -> Any:
    tags = {COMMIT: commit, "ecluse.commit": ID, "ecluse.data_version": version}
    outputs = _Of(model_outputs=[_Of(model_id=f"m-{name}")])
    return _Of(info=_Of(run_id=name, user_id=user), data=_Of(tags=tags), outputs=outputs)


def test_the_other_is_the_projects_own_of_this_commit_and_data() -> None:
    own, older = ("candidate", TRAINER, ID, "v1"), ("older", TRAINER, ID, "v1")
    wrong = [
        ("data", TRAINER, ID, "v2"),
        ("user", "person:eve", ID, "v1"),
        ("commit", TRAINER, "b" * 40, "v1"),
    ]
    candidate = TrainingRun("candidate", "m-candidate", ID, "v1")

    def found(*runs: tuple[str, str, str, str]) -> TrainingRun | None:
        return find_other(cast(MlflowClient, Runs(*runs)), "bank-churn", "prod", candidate, TRAINER)

    assert found(own, *wrong) is None
    other = found(own, *wrong, older)
    assert other is not None and (other.run_id, other.model_id) == ("older", "m-older")
