"""The release as the platform's pipeline on a cluster runs it: `python -m ecluse_release.job [--json]`.

The stack gives the runner's pod, for every use case of its environment, `ECLUSE_RELEASES`:

    {"bank-churn": {"project": "ecluse/bank-churn", "gates": {"metric": "roc_auc", ...},
                    "data_url": "https://...", "serving_url": "https://..."}}

and `ECLUSE_ENVIRONMENT`, `MLFLOW_TRACKING_URI`, `ECLUSE_SIGNING_KEY`, `ECLUSE_SERVING_REPLICAS`. The pipeline
that asks names `ECLUSE_USE_CASE`, `ECLUSE_COMMIT` and `ECLUSE_PIPELINE_ID`. GitLab must let it name nothing
else: a variable of a pipeline goes before one of the runner. Exits as `python -m ecluse_release` does.
"""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, cast

from ecluse_release.command import run
from ecluse_release.settings import SettingError, Settings, required, settings

_KEYS = ("project", "gates", "data_url", "serving_url")


def _mapping(value: object, key: str) -> dict[str, Any]:
    # The value is not told: URLs may hold a signature.
    if not isinstance(value, dict):
        raise SettingError(f"{key} must be a JSON object, got a {type(value).__name__}; the stack sets it")
    return cast(dict[str, Any], value)


def _entry(environ: Mapping[str, str]) -> dict[str, Any]:
    """What `ECLUSE_RELEASES` says of the use case."""
    try:
        releases = _mapping(json.loads(required(environ, "ECLUSE_RELEASES")), "ECLUSE_RELEASES")
    except json.JSONDecodeError as error:
        raise SettingError(f"ECLUSE_RELEASES is not JSON: {error.msg}; the stack sets it") from None
    use_case = required(environ, "ECLUSE_USE_CASE")
    if use_case not in releases:
        raise SettingError(
            f"ECLUSE_USE_CASE must be one of {', '.join(sorted(releases))}, got {use_case[:80]!r}; "
            "add it to useCases of the environment's stack"
        )
    where = f"ECLUSE_RELEASES.{use_case}"
    entry = _mapping(releases[use_case], where)
    if set(entry) != set(_KEYS):
        raise SettingError(f"{where} must have {', '.join(_KEYS)}, got {', '.join(sorted(entry))}")
    _mapping(entry["gates"], f"{where}.gates")
    for key in ("project", "data_url", "serving_url"):
        if not isinstance(entry[key], str) or not entry[key]:
            raise SettingError(f"{where}.{key} must be a text that is not empty; the stack sets it")
    return entry


def job_settings(environ: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """The settings of the release that was asked for, and the variables it runs with; raises SettingError."""
    entry, use_case = _entry(environ), environ["ECLUSE_USE_CASE"]
    variables = {
        **environ,
        "MLFLOW_WORKSPACE": use_case,
        "ECLUSE_PROJECT": entry["project"],
        "ECLUSE_GATES": json.dumps(entry["gates"]),
        "ECLUSE_DATA_URL": entry["data_url"],
        "ECLUSE_SERVING_URL": entry["serving_url"],
    }
    return settings(variables), variables


def _read() -> Settings:
    found, variables = job_settings(os.environ)
    os.environ.update(variables)  # MLflow's client reads its workspace there
    return found


if __name__ == "__main__":
    sys.exit(run("ecluse_release.job", __doc__, _read))
