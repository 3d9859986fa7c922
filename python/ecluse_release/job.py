"""The release as the platform's pipeline on a cluster runs it: `python -m ecluse_release.job [--json]`.

The stack gives the runner's pod, for every use case of its environment, `ECLUSE_RELEASES`:

    {"bank-churn": {"project": "ecluse/bank-churn", "gates": {"metric": "roc_auc", ...},
                    "contract": {"target": "churned", "id": "customer_id"}, "data_url": "https://...",
                    "holdout_url": "https://...", "serving_url": "https://..."}}

and `ECLUSE_ENVIRONMENT`, `MLFLOW_TRACKING_URI`, `ECLUSE_SIGNING_KEY`, `ECLUSE_SERVING_REPLICAS`. The pipeline
that asks names `ECLUSE_USE_CASE`, `ECLUSE_COMMIT` and `ECLUSE_PIPELINE_ID`. GitLab must let it name nothing
else: a variable of a pipeline goes before one of the runner. Exits as `python -m ecluse_release` does.
"""

import os
import sys
from collections.abc import Mapping
from typing import Self

from pydantic import Json, model_validator

from ecluse_core.settings import Document, Environment, Secret, Text
from ecluse_release.command import run
from ecluse_release.settings import Accountability, Contract, Gates, RolloutRules, Settings


class Release(Document):
    """What the stack says of the releases of one use case."""

    project: Text
    gates: Gates
    contract: Contract
    accountability: Accountability | None = None
    data_url: Secret
    holdout_url: Secret
    serving_url: Text
    rollout: RolloutRules | None = None


class Requested(Environment):
    """Which use case a pipeline asks to release, of those that the stack knows."""

    releases: Json[dict[str, Release]]
    use_case: str

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.use_case not in self.releases:
            raise ValueError(
                f"ECLUSE_USE_CASE must be one of {', '.join(sorted(self.releases))}, got "
                f"{self.use_case[:80]!r}; add it to useCases of the environment's stack"
            )
        return self


def job_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of the use case that was asked for, by the stack's settings; raises SettingError."""
    asked = Requested.read(environ)
    release = asked.releases[asked.use_case]
    answers = release.accountability
    return {
        **environ,
        "ECLUSE_ACCOUNTABILITY": answers.model_dump_json() if answers else "",
        "MLFLOW_WORKSPACE": asked.use_case,
        "ECLUSE_PROJECT": release.project,
        "ECLUSE_GATES": release.gates.model_dump_json(),
        "ECLUSE_CONTRACT": release.contract.model_dump_json(),
        "ECLUSE_DATA_URL": release.data_url,
        "ECLUSE_HOLDOUT_URL": release.holdout_url,
        "ECLUSE_SERVING_URL": release.serving_url,
        "ECLUSE_ROLLOUT": release.rollout.model_dump_json() if release.rollout else "",
    }


def job_settings(environ: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """The settings of the release that was asked for, and the variables it runs with; raises SettingError."""
    variables = job_variables(environ)
    return Settings.read(variables), variables


def _read() -> Settings:
    found, variables = job_settings(os.environ)
    os.environ.update(variables)  # MLflow's client reads its workspace there
    return found


if __name__ == "__main__":
    sys.exit(run("ecluse_release.job", __doc__, _read))
