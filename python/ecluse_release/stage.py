"""Where the rollout of a challenger stands, as the release signs it and model servers follow it.

The alias `challenger` names the version, and a tag of that version says what is done with it. The release
may move an alias and not take it away, so it stays where a rollout has ended. Free of MLflow.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ecluse_release import manifest
from ecluse_release.manifest import PublicKeys, SigningKey

CHALLENGER = "challenger"
TAG = "ecluse.rollout"
_KIND = "ecluse-rollout"


@dataclass(frozen=True)
class Stage:
    """One stage of a rollout.

    `champion` is the version that the challenger is compared with: beside another champion the stage is void.
    It is empty once the rollout has ended.
    `step` counts from 0, which is the shadow; `weight` is the percentage of requests that the challenger
    answers. `since` is ISO 8601 in UTC. `edges` divide the scores into bins, a list for each column of them.
    """

    environment: str
    use_case: str
    version: str
    model_id: str
    champion: str
    step: int
    weight: int
    since: str
    edges: list[list[float]]

    @property
    def ended(self) -> bool:
        """Whether the version is no challenger any more."""
        return not self.champion

    @property
    def name(self) -> str:
        """The stage in words."""
        return f"canary {self.weight} %" if self.weight else "shadow"


def seal(stage: Stage, key: SigningKey) -> str:
    """The stage, signed by the release."""
    return manifest.seal(asdict(stage), _KIND, key)


def read(tags: Mapping[str, str], key: PublicKeys) -> Stage:
    """The stage in the tags of a version; raises ManifestError."""
    document = manifest.unseal(tags.get(TAG, ""), "the rollout", _KIND, key)
    try:
        return Stage(**document)
    except TypeError as error:
        raise manifest.ManifestError(f"the rollout cannot be read: {error}") from None
