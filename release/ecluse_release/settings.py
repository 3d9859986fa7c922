"""The environment variables of a release, read once.

`ECLUSE_GATES` is a JSON document; all but `segments` is required:

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

from ecluse_release.gates import Rules, SegmentRule
from ecluse_release.period import champion_seconds


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


def _required(environ: Mapping[str, str], name: str) -> str:
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
    token, replicas = (_required(environ, f"ECLUSE_SERVING_{name}") for name in ("TOKEN", "REPLICAS"))
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
        document: dict[str, Any] = json.loads(text)
        metric = document.pop("metric")
        segments = tuple(SegmentRule(**item) for item in document.pop("segments", []))
        rules = Rules(**document, segments=segments)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingError(f"ECLUSE_GATES is not as in ecluse_release/settings.py: {error!r}") from None
    if metric != "roc_auc":
        raise SettingError(f"ECLUSE_GATES: metric must be 'roc_auc', got {metric!r}")
    numbers: dict[str, Any] = {**document}
    for segment in segments:
        numbers[f"segments.{segment.column}.floor"] = segment.floor
    for key, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise SettingError(f"ECLUSE_GATES: {key} must be a number from 0 to 1, got {value!r}")
    return rules


def settings(environ: Mapping[str, str]) -> Settings:
    """Reads the variables of a release; raises SettingError."""
    commit = _required(environ, "ECLUSE_COMMIT")
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise SettingError(f"ECLUSE_COMMIT must be a full commit id of 40 hex digits, got {commit!r}")
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_WORKSPACE"):
        _required(environ, name)
    return Settings(
        use_case=_required(environ, "ECLUSE_USE_CASE"),
        environment=_required(environ, "ECLUSE_ENVIRONMENT"),
        commit=commit,
        pipeline_id=_required(environ, "ECLUSE_PIPELINE_ID"),
        data=_data(environ),
        signing_key=_required(environ, "ECLUSE_SIGNING_KEY"),
        rules=parse_rules(_required(environ, "ECLUSE_GATES")),
        serving=_serving(environ),
    )
