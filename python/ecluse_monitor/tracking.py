"""What the monitor asks of the tracking server, by plain REST: MLflow's client is dear to import."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import requests

from ecluse_monitor.baseline import FORMAT, Baseline
from ecluse_monitor.errors import MonitorError

TIMEOUT = 20


def required(name: str) -> str:
    """An environment variable that must be there."""
    value = os.environ.get(name, "")
    if not value:
        raise MonitorError(f"{name} is not set; the environment's scheduler provides it")
    return value


def token_header(name: str) -> dict[str, str]:
    """A bearer header from the file that `name` points at, read anew each time, for tokens are renewed."""
    path = Path(required(name))
    try:
        return {"Authorization": f"Bearer {path.read_text().strip()}"}
    except OSError as error:
        raise MonitorError(f"{name}: {path.name} cannot be read ({error.strerror})") from error


@dataclass(frozen=True)
class Champion:
    """The model version that serves, and the baseline that its training run logged."""

    version: str
    run_id: str
    baseline: Baseline


def champion(use_case: str) -> Champion:
    """The use case's champion; MonitorError where there is none, or it has no baseline."""
    query = {"name": use_case, "alias": "champion"}
    answer = _get("/api/2.0/mlflow/registered-models/alias", query, "champion").json()
    model = cast(dict[str, Any], answer["model_version"])
    query = {"run_uuid": model.get("run_id", ""), "path": "monitor/baseline.json"}
    document = cast(Baseline, _get("/get-artifact", query, "baseline of the champion's run").json())
    if document.get("format") != FORMAT:
        raise MonitorError(f"baseline format must be {FORMAT}, got {document.get('format')!r}; train anew")
    return Champion(str(model["version"]), str(model["run_id"]), document)


def _get(path: str, query: dict[str, str], what: str) -> requests.Response:
    headers = {"X-MLFLOW-WORKSPACE": required("MLFLOW_WORKSPACE")}
    if os.environ.get("ECLUSE_TRACKING_TOKEN_FILE"):
        headers |= token_header("ECLUSE_TRACKING_TOKEN_FILE")
    url = required("MLFLOW_TRACKING_URI").rstrip("/") + path
    try:
        response = requests.get(url, query, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise MonitorError(f"tracking server: {what}: no answer ({type(error).__name__})") from error
    if response.status_code != 200:
        raise MonitorError(f"tracking server: {what}: HTTP {response.status_code} {response.text[:200]}")
    return response
