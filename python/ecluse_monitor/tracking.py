"""What the monitor asks of the tracking server, by plain REST: MLflow's client is dear to import."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypedDict, cast

import requests

from ecluse_monitor.baseline import FORMAT, Baseline
from ecluse_monitor.classes import classes_of
from ecluse_monitor.errors import MonitorError, NoChampion
from ecluse_monitor.settings import Tracked

TIMEOUT = 20


def token_header(name: str, path: Path) -> dict[str, str]:
    """A bearer header from the file that the variable names, read each time, since tokens are renewed."""
    try:
        return {"Authorization": f"Bearer {path.read_text().strip()}"}
    except OSError as error:
        raise MonitorError(f"{name}: {path.name} cannot be read ({error.strerror})") from error


class Sending(TypedDict):
    """How a request to the tracking server is sent."""

    headers: dict[str, str]
    timeout: int
    verify: str | bool


def sending(given: Tracked) -> Sending:
    """What each request carries, and by which authority it knows the server: by default a public one."""
    path = given.tracking_token_file
    token = token_header("ECLUSE_TRACKING_TOKEN_FILE", path) if path else {}
    headers = {"X-MLFLOW-WORKSPACE": given.workspace, **token}
    return {"headers": headers, "timeout": TIMEOUT, "verify": str(given.authority or "") or True}


@dataclass(frozen=True)
class Champion:
    """The model version that serves, the day that it was made, and the baseline of its training run."""

    version: str
    run_id: str
    baseline: Baseline
    since: date = date.min

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it predicts, where these are several."""
        return classes_of(list(self.baseline.get("outputs", {})))

    @property
    def weights(self) -> dict[str, float]:
        """How much the model goes by each input, from 0 to 1."""
        return {name: column.get("importance", 0.0) for name, column in self.baseline["columns"].items()}


def champion(given: Tracked) -> Champion:
    """The use case's champion; NoChampion before its first release, MonitorError where it has no baseline."""
    query = {"name": given.use_case}
    # Not by the alias: whether there is none or something is wrong, MLflow's answer is a 400.
    registered = _get(given, "/api/2.0/mlflow/registered-models/get", query, "registered model").json()
    aliases = cast(list[dict[str, Any]], registered["registered_model"].get("aliases", []))
    version = next((str(each["version"]) for each in aliases if each["alias"] == "champion"), None)
    if version is None:
        raise NoChampion(
            f"{given.use_case} has no champion yet: its first release makes one, which is judged"
        )
    model = _version(given, version)
    query = {"run_uuid": model.get("run_id", ""), "path": "monitor/baseline.json"}
    document = cast(Baseline, _get(given, "/get-artifact", query, "baseline of the champion's run").json())
    if document.get("format") != FORMAT:
        raise MonitorError(f"baseline format must be {FORMAT}, got {document.get('format')!r}; train again")
    made = int(model.get("creation_timestamp", 0)) / 1000
    since = datetime.fromtimestamp(made, UTC).date()
    return Champion(str(model["version"]), str(model["run_id"]), document, since)


def run_of(given: Tracked, version: str) -> str:
    """The training run of a version."""
    return str(_version(given, version)["run_id"])


def tags_of(given: Tracked, run_id: str) -> dict[str, str]:
    """The tags of a run."""
    answer = _get(given, "/api/2.0/mlflow/runs/get", {"run_id": run_id}, "tags of a run").json()
    return {str(each["key"]): str(each["value"]) for each in answer["run"]["data"].get("tags", [])}


def set_tag(given: Tracked, run_id: str, key: str, value: str) -> None:
    """Sets a tag of a run."""
    post(given, "/api/2.0/mlflow/runs/set-tag", {"run_id": run_id, "key": key, "value": value}, f"tag {key}")


def _version(given: Tracked, version: str) -> dict[str, Any]:
    query = {"name": given.use_case, "version": version}
    answer = _get(given, "/api/2.0/mlflow/model-versions/get", query, f"version {version}").json()
    return cast(dict[str, Any], answer["model_version"])


def post(given: Tracked, path: str, body: dict[str, Any], what: str) -> None:
    """Sends a change; MonitorError where the server does not take it."""
    _send(given, "POST", path, what, json=body)


def _get(given: Tracked, path: str, query: dict[str, str], what: str) -> requests.Response:
    return _send(given, "GET", path, what, params=query)


def _send(given: Tracked, method: str, path: str, what: str, **content: Any) -> requests.Response:
    try:
        response = requests.request(method, given.tracking_uri + path, **content, **sending(given))
    except requests.RequestException as error:
        raise MonitorError(f"tracking server: {what}: no answer ({type(error).__name__})") from error
    if response.status_code != 200:
        raise MonitorError(f"tracking server: {what}: HTTP {response.status_code} {response.text[:200]}")
    return response
