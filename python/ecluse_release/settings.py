"""The environment variables of a release, read once.

`ECLUSE_GATES` is a JSON document; all but `segments` is required. The metric `roc_auc` judges a binary
classifier, `r2` a regressor, which has `max_bias` in place of `max_brier`:

    {"metric": "roc_auc", "floor": 0.80, "baseline_margin": 0.02, "non_inferiority_margin": 0.005,
     "max_brier": 0.15, "segments": [{"column": "country", "floor": 0.70, "min_rows": 200}]}
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecluse_monitor.container import BlobError, Container
from ecluse_monitor.opening import open_container
from ecluse_release import classification, regression
from ecluse_release.gates import Rules, SegmentRule, Task
from ecluse_release.period import champion_seconds

TASKS: Mapping[str, Task] = {classification.METRIC: classification, regression.METRIC: regression}
_NUMBERS = ("floor", "baseline_margin", "non_inferiority_margin")


class SettingError(ValueError):
    """A variable is missing or wrong; the message names it, its value and the fix."""


@dataclass(frozen=True)
class Serving:
    """The model server to reload, a token for it, its most replicas, and how often each asks for itself."""

    url: str
    token: str
    replicas: int
    champion_seconds: int


@dataclass(frozen=True)
class Settings:
    """What a release works on."""

    use_case: str
    environment: str
    commit: str
    pipeline_id: str
    data: Container
    signing_key: str
    rules: Rules
    serving: Serving | None
    trainers: frozenset[str]
    """The MLflow users whose runs may be released."""


def required(environ: Mapping[str, str], name: str) -> str:
    """The value of a variable; raises SettingError where it is not set."""
    value = environ.get(name, "")
    if not value:
        raise SettingError(f"{name} is not set; the platform's release job sets it")
    return value


def _data(environ: Mapping[str, str]) -> Container:
    try:
        return open_container("ECLUSE_DATA_URL", environ)
    except BlobError as error:
        raise SettingError(str(error)) from None


def _serving(environ: Mapping[str, str]) -> Serving | None:
    url = environ.get("ECLUSE_SERVING_URL", "")
    if not url:
        return None
    token, replicas = (required(environ, f"ECLUSE_SERVING_{name}") for name in ("TOKEN", "REPLICAS"))
    if not replicas.isdecimal() or not int(replicas):
        raise SettingError(
            f"ECLUSE_SERVING_REPLICAS must be the most replicas of the model server, got {replicas!r}"
        )
    try:
        return Serving(url.rstrip("/"), token, int(replicas), champion_seconds(environ))
    except ValueError as error:
        raise SettingError(str(error)) from None


def parse_rules(text: str) -> Rules:
    """Parses the JSON text of `ECLUSE_GATES`; raises SettingError."""
    try:
        document: dict[str, Any] = dict(json.loads(text))
        segments = tuple(SegmentRule(**item) for item in document.pop("segments", []))
    except (ValueError, TypeError) as error:
        raise SettingError(f"ECLUSE_GATES is not as in ecluse_release/settings.py: {error!r}") from None
    metric = document.pop("metric", None)
    task = TASKS.get(str(metric))
    if task is None:
        raise SettingError(f"ECLUSE_GATES: metric must be {' or '.join(map(repr, TASKS))}, got {metric!r}")
    names = (*_NUMBERS, task.ERROR_BOUND)
    unknown = document.keys() - set(names)
    if unknown:
        key = min(unknown)
        fix = f"metric {metric!r} has no such key; use {', '.join(names)}"
        raise SettingError(f"ECLUSE_GATES: {key} is {document[key]!r}: {fix}")
    floor, baseline, non_inferiority, error = (_share(name, document.get(name)) for name in names)
    for segment in segments:
        _share(f"segments.{segment.column}.floor", segment.floor)
    return Rules(task, floor, baseline, non_inferiority, error, segments)


def _share(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise SettingError(f"ECLUSE_GATES: {key} must be a number from 0 to 1, got {value!r}")
    return value


def _formed(environ: Mapping[str, str], name: str, pattern: str, form: str) -> str:
    value = required(environ, name)
    if not re.fullmatch(pattern, value):
        raise SettingError(f"{name} must be {form}, got {value[:80]!r}")
    return value


def _trainers(environ: Mapping[str, str]) -> frozenset[str]:
    """Who trains a use case: jobs of its project (`ECLUSE_PROJECT`), and the cluster's training template."""
    use_case, environment = required(environ, "ECLUSE_USE_CASE"), required(environ, "ECLUSE_ENVIRONMENT")
    project = required(environ, "ECLUSE_PROJECT")
    return frozenset({f"ci:{project}:{environment}:train", f"workload:{use_case}:{environment}:train"})


def settings(environ: Mapping[str, str]) -> Settings:
    """Reads the variables of a release; raises SettingError."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_WORKSPACE"):
        required(environ, name)
    return Settings(
        use_case=required(environ, "ECLUSE_USE_CASE"),
        environment=required(environ, "ECLUSE_ENVIRONMENT"),
        commit=_formed(environ, "ECLUSE_COMMIT", "[0-9a-f]{40}", "a full commit id of 40 hex digits"),
        pipeline_id=_formed(environ, "ECLUSE_PIPELINE_ID", "[0-9]{1,20}", "the number of a pipeline"),
        data=_data(environ),
        signing_key=required(environ, "ECLUSE_SIGNING_KEY"),
        rules=parse_rules(required(environ, "ECLUSE_GATES")),
        serving=_serving(environ),
        trainers=_trainers(environ),
    )
