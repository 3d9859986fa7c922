"""What a visitor reads at the forge, by GitLab's API and the visitor's own token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ecluse_console.calls import Calls, Stranger, Unread, Visitor

MONITOR = "ecluse-monitor"
"""The label of the monitor's issues."""
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Forge:
    """The forge, as one visitor sees it; every method raises Unread."""

    calls: Calls
    url: str | None
    visitor: Visitor

    def pipelines(self, project: str, most: int, branch: str = "") -> list[Document]:
        """The latest pipelines of a branch, or of all, the newest first."""
        of = {"ref": branch} if branch else {}
        return list(self._get(project, "pipelines", {"per_page": str(most), **of}))

    def pipeline(self, project: str, number: str) -> Document:
        """One pipeline."""
        return dict(self._get(project, f"pipelines/{quote(number, safe='')}", {}))

    def jobs(self, project: str, number: str) -> list[Document]:
        """The jobs of a pipeline, in the order of its stages."""
        return list(self._get(project, f"pipelines/{quote(number, safe='')}/jobs", {"per_page": "100"}))

    def trace(self, project: str, job: str) -> str:
        """The log of a job."""
        return self._raw(project, f"jobs/{quote(job, safe='')}/trace", {}).decode(errors="replace")

    def commit(self, project: str, sha: str) -> Document:
        """A commit: its title, author and time."""
        return dict(self._get(project, f"repository/commits/{quote(sha, safe='')}", {}))

    def incidents(self, project: str, environment: str) -> list[Document]:
        """The open issues of the monitor in an environment."""
        query = {"state": "opened", "labels": f"{MONITOR},{environment}", "per_page": "20"}
        return list(self._get(project, "issues", query))

    def _get(self, project: str, path: str, query: Mapping[str, str]) -> Any:
        return self.calls.json("the forge", self._address(project, path), self._headers(), query)

    def _raw(self, project: str, path: str, query: Mapping[str, str]) -> bytes:
        return self.calls.get("the forge", self._address(project, path), self._headers(), query)

    def _address(self, project: str, path: str) -> str:
        if not self.url or not project:
            raise Unread("this environment has no forge")
        return f"{self.url}/api/v4/projects/{quote(project, safe='')}/{path}"

    def _headers(self) -> dict[str, str]:
        if not self.visitor.forge:
            raise Stranger("you are not logged in to the forge: log in again")
        return {"Authorization": f"Bearer {self.visitor.forge}"}
