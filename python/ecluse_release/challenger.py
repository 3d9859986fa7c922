"""The challenger of a use case: begins a rollout, moves it to its next stage, and gives it up.

Each step is recorded at the version before anything else changes, as changes of the champion are.
"""

from dataclasses import dataclass, replace

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from ecluse_release import stage as stages
from ecluse_release.changes import Actor, Champions, now
from ecluse_release.judge import Refusal
from ecluse_release.manifest import ManifestError
from ecluse_release.records import Action, model_of
from ecluse_release.reload import ReloadError, require_challenger
from ecluse_release.settings import Serving
from ecluse_release.stage import CHALLENGER, Stage


@dataclass(frozen=True)
class Challengers:
    """The challengers of one use case in one environment, which whoever has the release's key may change."""

    champions: Champions

    @property
    def client(self) -> MlflowClient:
        """Of the registry."""
        return self.champions.client

    def present(self) -> ModelVersion | None:
        """The version that has the challenger's alias, or None, also where its rollout has ended."""
        name = self.champions.use_case
        aliases = self.client.get_registered_model(name).aliases
        if CHALLENGER not in aliases:
            return None
        version = self.client.get_model_version(name, aliases[CHALLENGER])
        return None if self._has_ended(version) else version

    def begin(
        self, version: ModelVersion, champion: ModelVersion, edges: list[list[float]], by: Actor
    ) -> Stage:
        """Has a version scored beside the champion; another challenger is given up."""
        number = str(version.version)
        self.end(number, replace(by, reason=f"version {number} is released"))
        stage = self._first(version, str(champion.version), edges)
        self._enter(version, stage, "shadow", by)
        self.client.set_registered_model_alias(self.champions.use_case, CHALLENGER, number)
        return stage

    def move(self, version: ModelVersion, stage: Stage, weight: int, by: Actor) -> Stage:
        """Has the challenger answer so many percent of the requests."""
        later = replace(stage, step=stage.step + 1, weight=weight, since=now())
        self._enter(version, later, "canary", by)
        return later

    def withdraw(self, version: ModelVersion, by: Actor) -> None:
        """Gives a challenger up."""
        self.champions.record(version, None, "withdrawn", by)
        self._close(version)

    def end(self, champion: str | None, by: Actor) -> str | None:
        """Ends the rollout beside this champion; gives the version that it gave up."""
        version = self.present()
        if version is None:
            return None
        if str(version.version) == champion:
            self._close(version)
            return None
        self.withdraw(version, by)
        return str(version.version)

    def _enter(self, version: ModelVersion, stage: Stage, action: Action, by: Actor) -> None:
        reason = by.reason if action == "shadow" else f"{stage.weight} % of requests; {by.reason}"
        self.champions.record(version, stage.champion, action, replace(by, reason=reason[:1000]))
        self._keep(version, stage)

    def _close(self, version: ModelVersion) -> None:
        self._keep(version, self._first(version, "", []))

    def _first(self, version: ModelVersion, champion: str, edges: list[list[float]]) -> Stage:
        own = self.champions
        of = own.environment, own.use_case, str(version.version), model_of(version)
        return Stage(*of, champion, 0, 0, now(), edges)

    def _keep(self, version: ModelVersion, stage: Stage) -> None:
        jws, number = stages.seal(stage, self.champions.key), str(version.version)
        self.client.set_model_version_tag(self.champions.use_case, number, stages.TAG, jws)

    def _has_ended(self, version: ModelVersion) -> bool:
        try:
            return stages.read(version.tags, self.champions.key.public_keys()).ended
        except ManifestError:
            return False  # whoever steps next says what is wrong with it, and gives it up


def begin_rollout(
    challengers: Challengers,
    version: ModelVersion,
    champion: ModelVersion,
    edges: list[list[float]] | None,
    by: Actor,
    serving: Serving,
) -> None:
    """Has a released version scored beside the champion; raises Refusal where that cannot be."""
    number = str(version.version)
    if edges is None:
        why = f"its inputs or classes are not those of champion {champion.version}, which callers must know"
        challengers.champions.record(version, None, "withdrawn", replace(by, reason=why))
        raise Refusal(f"version {number} is released, and not rolled out: {why}; promote it by hand")
    challengers.begin(version, champion, edges, by)
    try:
        require_challenger(serving, number)
    except ReloadError as error:
        challengers.withdraw(version, replace(by, reason=str(error)[:1000]))
        raise Refusal(f"version {number} is no challenger: {error}") from None
