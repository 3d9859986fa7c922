"""Why models were refused: a record of each run whose release was, as a tag of the registered model.

A refused model is no version: whoever sees one in the registry knows that a release made it.
"""

import logging
from dataclasses import asdict, dataclass, replace

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ecluse_release import manifest
from ecluse_release.changes import Actor, now
from ecluse_release.gates import Gate
from ecluse_release.manifest import PublicKeys, SigningKey
from ecluse_release.records import REFUSAL_KIND, REFUSAL_TAG, Refused, refusals_in
from ecluse_release.training import TrainingRun

# MLflow's database has 5,000 characters for such a tag.
_LONGEST_TAG, _LONGEST_REASON = 5000, 400
_KEPT = 50
"""Of so many runs; of older ones the log of the pipeline's job has it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusals:
    """Where the refusals of one use case in one environment are recorded."""

    client: MlflowClient
    environment: str
    use_case: str
    key: SigningKey

    def record(self, run: TrainingRun, by: Actor, gates: list[Gate]) -> None:
        """Records a refusal; the refusal stands where that cannot be done, and the log says so."""
        of = self.environment, self.use_case, run.commit, run.run_id, by.pipeline_id, by.person, now()
        refusal = Refused(*of, by.reason[:_LONGEST_REASON])
        try:
            self.client.set_registered_model_tag(
                self.use_case, f"{REFUSAL_TAG}{run.run_id}", self._sealed(refusal, gates)
            )
            self._forget()
        except MlflowException as error:
            _log.error("why run %s was refused is not recorded: %s", run.run_id, error)

    def _sealed(self, refusal: Refused, gates: list[Gate]) -> str:
        """The record with as many of the gates as there is room for, the first ones first."""
        failed = [asdict(gate) for gate in gates if not gate.passed]
        for count in range(len(failed), 0, -1):
            jws = manifest.seal(asdict(replace(refusal, gates=failed[:count])), REFUSAL_KIND, self.key)
            if len(jws) <= _LONGEST_TAG:
                return jws
        return manifest.seal(asdict(refusal), REFUSAL_KIND, self.key)

    def _forget(self) -> None:
        found, _ = refusals_of(self.client, self.environment, self.use_case, self.key.public_keys())
        for refusal in found[_KEPT:]:
            self.client.delete_registered_model_tag(self.use_case, f"{REFUSAL_TAG}{refusal.run_id}")


def refusals_of(
    client: MlflowClient, environment: str, use_case: str, key: PublicKeys
) -> tuple[list[Refused], list[str]]:
    """The refusals that are recorded, the latest first, and why others are not to be believed."""
    return refusals_in(client.get_registered_model(use_case).tags, environment, use_case, key)
