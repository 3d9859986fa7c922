"""What one visitor's page is drawn from: the environment's servers, each asked as this visitor."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecluse_console import reports
from ecluse_console.calls import Calls, Unread, Visitor
from ecluse_console.forge import Forge
from ecluse_console.settings import Settings, UseCase
from ecluse_console.tracking import Tracking
from ecluse_release.records import Trusted


@dataclass(frozen=True)
class Desk:
    """The servers of an environment, as one visitor sees them."""

    settings: Settings
    calls: Calls
    visitor: Visitor
    visible: frozenset[str]
    """Use cases that the tracking server shows to this visitor: nothing of another is asked for."""

    @property
    def environment(self) -> str:
        """Its name."""
        return self.settings.environment

    @property
    def branch(self) -> str:
        """The branch whose pipelines concern it: production takes what is on main, others any."""
        return "main" if self.settings.tier == "production" else ""

    @property
    def tracking(self) -> Tracking:
        """The tracking server."""
        return Tracking(self.calls, self.settings.tracking_uri, self.visitor)

    @property
    def forge(self) -> Forge:
        """The forge."""
        return Forge(self.calls, self.settings.forge_url, self.visitor)

    @property
    def use_cases(self) -> list[UseCase]:
        """Those that the visitor may see, in the order of the settings."""
        return [each for each in self.settings.use_cases if each.name in self.visible]

    def use_case(self, name: str) -> UseCase | None:
        """The use case of this name, where the visitor may see it."""
        return next((each for each in self.use_cases if each.name == name), None)

    def trusted(self, use_case: str) -> Trusted:
        """Whose records of a use case are believed."""
        return Trusted(self.environment, use_case, self.settings.signing_key)

    def latest_report(self, use_case: str) -> reports.Report | None:
        """The monitor's newest report."""
        return reports.latest(self._container(use_case), use_case)

    def report_history(self, use_case: str) -> list[reports.Report]:
        """The monitor's reports of a month, the newest first."""
        return reports.history(self._container(use_case), use_case)

    def _container(self, use_case: str) -> Any:
        """The store of reports knows no people: the tracking server has said who may see the use case."""
        if use_case not in self.visible:
            raise Unread("you have no right to read this use case")
        return self.settings.reports

    def serves(self, use_case: UseCase) -> str:
        """The version that a model server has loaded; empty while it has none."""
        answer = self._open(f"the model server of {use_case.name}", f"{use_case.serving}/health")
        return str(answer.get("version") or "")

    def tracking_answers(self) -> str:
        """That the tracking server and its database answer."""
        self.calls.get("the tracking server", f"{self.settings.tracking_uri}/ready", {}, {})
        return "answers"

    def forge_answers(self) -> str:
        """That the forge answers."""
        if not self.settings.forge_url:
            raise Unread("this environment has none")
        self._open("the forge", f"{self.settings.forge_url}/health")
        return "answers"

    def _open(self, what: str, url: str) -> Mapping[str, Any]:
        return json.loads(self.calls.get(what, url, {}, {}))
