"""Why models were refused: a record of each run whose release was, as a tag of the registered model.

A refused model is no version: whoever sees one in the registry knows that a release made it.
"""

import logging
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ecluse_release import manifest
from ecluse_release.changes import Actor, now
from ecluse_release.gates import Gate
from ecluse_release.training import TrainingRun

TAG = "ecluse.refused."
_KIND = "ecluse-refusal"
# MLflow's database has 5,000 characters for such a tag.
_LONGEST_TAG, _LONGEST_REASON = 5000, 400
_KEPT = 50
"""Of so many runs; of older ones the log of the pipeline's job has it."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refused:
    """A release that was refused; `gates` are those that refused it, as far as they have room."""

    environment: str
    use_case: str
    commit: str
    run_id: str
    pipeline_id: str
    person: str
    time: str
    reason: str
    gates: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass(frozen=True)
class Refusals:
    """Where the refusals of one use case in one environment are recorded."""

    client: MlflowClient
    environment: str
    use_case: str
    key: ec.EllipticCurvePrivateKey

    def record(self, run: TrainingRun, by: Actor, gates: list[Gate]) -> None:
        """Records a refusal; the refusal stands where that cannot be done, and the log says so."""
        of = self.environment, self.use_case, run.commit, run.run_id, by.pipeline_id, by.person, now()
        refusal = Refused(*of, by.reason[:_LONGEST_REASON])
        try:
            self.client.set_registered_model_tag(
                self.use_case, f"{TAG}{run.run_id}", self._sealed(refusal, gates)
            )
            self._forget()
        except MlflowException as error:
            _log.error("why run %s was refused is not recorded: %s", run.run_id, error)

    def _sealed(self, refusal: Refused, gates: list[Gate]) -> str:
        """The record with as many of the gates as there is room for, the first ones first."""
        failed = [asdict(gate) for gate in gates if not gate.passed]
        for count in range(len(failed), 0, -1):
            jws = manifest.seal(asdict(replace(refusal, gates=failed[:count])), _KIND, self.key)
            if len(jws) <= _LONGEST_TAG:
                return jws
        return manifest.seal(asdict(refusal), _KIND, self.key)

    def _forget(self) -> None:
        found, _ = refusals_of(self.client, self.environment, self.use_case, self.key.public_key())
        for refusal in found[_KEPT:]:
            self.client.delete_registered_model_tag(self.use_case, f"{TAG}{refusal.run_id}")


def refusals_of(
    client: MlflowClient, environment: str, use_case: str, key: ec.EllipticCurvePublicKey
) -> tuple[list[Refused], list[str]]:
    """The refusals that are recorded, the latest first, and why others are not to be believed."""
    found: list[Refused] = []
    problems: list[str] = []
    for name, jws in client.get_registered_model(use_case).tags.items():
        if not name.startswith(TAG):
            continue
        try:
            refusal = _read(jws, key)
        except manifest.ManifestError as error:
            problems.append(f"tag {name} of {use_case}: {error}")
            continue
        of = refusal.environment, refusal.use_case, f"{TAG}{refusal.run_id}"
        if of == (environment, use_case, name):
            found.append(refusal)
        else:
            problems.append(f"tag {name} of {use_case}: the refusal is of {' '.join(of)}, not of this run")
    return sorted(found, key=lambda each: each.time, reverse=True), problems


def _read(jws: str, key: ec.EllipticCurvePublicKey) -> Refused:
    document = manifest.unseal(jws, "the refusal", _KIND, key)
    try:
        return Refused(**document)
    except TypeError as error:
        raise manifest.ManifestError(f"the refusal cannot be read: {error}") from None
