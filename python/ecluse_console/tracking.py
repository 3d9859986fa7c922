"""What a visitor reads at the tracking server, by the visitor's own session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ecluse_console.calls import Calls, Unread, Visitor
from ecluse_identity.sessions import COOKIE
from ecluse_release.records import ALIAS, Inventory, Trusted, read_inventory

_PAGE = 200
"""Versions that are asked for at once."""
_MOST = 1_000
"""Versions of a use case that a page looks at, the latest first."""


@dataclass(frozen=True)
class Version:
    """A version as the registry has it."""

    name: str
    version: str
    source: str | None
    run_id: str | None
    creation_timestamp: int
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Run:
    """A training run."""

    run_id: str
    experiment_id: str
    user: str
    status: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Tracking:
    """The tracking server, as one visitor sees it; every method raises Unread."""

    calls: Calls
    uri: str
    visitor: Visitor

    def workspaces(self) -> list[str]:
        """The use cases that the visitor may see."""
        found = self._get("/api/3.0/mlflow/workspaces", "", {})
        return [str(each["name"]) for each in found.get("workspaces", [])]

    def champion(self, use_case: str) -> Version | None:
        """The version with the alias; None before the first release."""
        try:
            query = {"name": use_case, "alias": ALIAS}
            found = self._get("/api/2.0/mlflow/registered-models/alias", use_case, query)
        except Unread as error:
            if _is_absent(error):
                return None
            raise
        return _version(found["model_version"])

    def inventory(self, trusted: Trusted) -> Inventory:
        """Every version, change and refusal that the environment's release has signed."""
        name = trusted.use_case
        try:
            found = self._get("/api/2.0/mlflow/registered-models/get", name, {"name": name})
        except Unread as error:
            if _is_absent(error):
                return read_inventory(trusted, {}, None, [], {})
            raise
        model = found["registered_model"]
        aliases = {str(each["alias"]): str(each["version"]) for each in model.get("aliases", [])}
        versions = self._versions(name)
        metrics = self._metrics(name, [each.run_id for each in versions if each.run_id])
        return read_inventory(trusted, _tags(model), aliases.get(ALIAS), versions, metrics)

    def run(self, use_case: str, run_id: str) -> Run:
        """A run, with its tags."""
        run = self._get("/api/2.0/mlflow/runs/get", use_case, {"run_id": run_id})["run"]
        info = run["info"]
        return Run(
            str(info["run_id"]),
            str(info["experiment_id"]),
            str(info.get("user_id", "")),
            str(info.get("status", "")),
            _tags(run.get("data", {})),
        )

    def _versions(self, name: str) -> list[Version]:
        found: list[Version] = []
        query = {"filter": f"name = '{name}'", "max_results": str(_PAGE)}
        while len(found) < _MOST:
            answer = self._get("/api/2.0/mlflow/model-versions/search", name, query)
            found += [_version(each) for each in answer.get("model_versions", [])]
            if not answer.get("next_page_token"):
                break
            query["page_token"] = str(answer["next_page_token"])
        return found

    def _metrics(self, name: str, runs: Sequence[str]) -> dict[str, dict[str, float]]:
        if not runs:
            return {}
        query = {"experiment_name": name}
        try:
            experiment = self._get("/api/2.0/mlflow/experiments/get-by-name", name, query)["experiment"]
        except Unread as error:
            if _is_absent(error):
                return {}
            raise
        body = {
            "experiment_ids": [experiment["experiment_id"]],
            "filter": "attributes.run_id IN (" + ", ".join(f"'{run}'" for run in sorted(set(runs))) + ")",
            "max_results": _MOST,
        }
        url = f"{self.uri}/api/2.0/mlflow/runs/search"
        answer = self.calls.post("the tracking server", url, self._headers(name), body)
        return {str(run["info"]["run_id"]): _measured(run["data"]) for run in answer.get("runs", [])}

    def _get(self, path: str, use_case: str, query: Mapping[str, str]) -> Any:
        headers = self._headers(use_case)
        return self.calls.json("the tracking server", f"{self.uri}{path}", headers, query)

    def _headers(self, use_case: str) -> dict[str, str]:
        # A session searches by POST, which the server takes from its own pages only.
        shown = {
            "Cookie": f"{COOKIE}={self.visitor.session}",
            "Origin": f"http://{urlsplit(self.uri).netloc}",
        }
        return {**shown, "X-MLFLOW-WORKSPACE": use_case} if use_case else shown


def _is_absent(error: Unread) -> bool:
    """MLflow answers a missing alias by 400."""
    return error.status == 404 or (error.status == 400 and "alias" in error.text)


def _version(found: Mapping[str, Any]) -> Version:
    return Version(
        str(found["name"]),
        str(found["version"]),
        found.get("source"),
        found.get("run_id"),
        int(found.get("creation_timestamp", 0)),
        _tags(found),
    )


def _tags(of: Mapping[str, Any]) -> dict[str, str]:
    return {str(each["key"]): str(each.get("value", "")) for each in of.get("tags", [])}


def _measured(data: Mapping[str, Any]) -> dict[str, float]:
    return {str(each["key"]): float(each["value"]) for each in data.get("metrics", [])}
