"""Puts the alias `champion` on a version that can be loaded: `python -m ecluse_release.repair [--json]`.

The next release compares its model with the champion, and refuses where that cannot be loaded as it was
signed. This takes the newest released version that can, or no version: then the next release makes a first
champion.
It needs these variables of a release: ECLUSE_USE_CASE, ECLUSE_ENVIRONMENT, ECLUSE_SIGNING_KEY,
MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN and MLFLOW_WORKSPACE. Exit 0: a champion can be loaded, or nothing
was released; 1: none is champion any more; 2: a wrong setting.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, field

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from pydantic import Field

from ecluse_core.errors import SettingError
from ecluse_core.settings import Address, Environment, Secret
from ecluse_release import manifest
from ecluse_release.champion import champion_version, why_not
from ecluse_release.changes import Champions, actor
from ecluse_release.records import is_held_back


class RepairSettings(Environment):
    """What a repair works on."""

    use_case: str
    environment: str
    signing_key: Secret
    tracking_uri: Address = Field(alias="MLFLOW_TRACKING_URI")
    tracking_token: Secret = Field(alias="MLFLOW_TRACKING_TOKEN")
    workspace: str = Field(alias="MLFLOW_WORKSPACE")


@dataclass(frozen=True)
class Repaired:
    """`champion` is the version that has the alias now, or None; `refused` says why others have not."""

    changed: bool
    champion: str | None
    message: str
    refused: dict[str, str] = field(default_factory=dict[str, str])


def repair(settings: RepairSettings) -> Repaired:
    """Leaves a champion alone that can be loaded; raises MlflowException and ManifestError."""
    client, name = MlflowClient(), settings.use_case
    present = champion_version(client, name)
    versions = client.search_model_versions(f"name = '{name}'")
    newest = sorted((str(each.version) for each in versions), key=int, reverse=True)
    former = str(present.version) if present else None
    key = manifest.private_key(settings.signing_key)
    champions = Champions(client, settings.environment, name, key)
    refused = dict[str, str]()
    for number in sorted(newest, key=lambda each: each != former):  # the present one first
        version = client.get_model_version(name, number)
        held = is_held_back(version, settings.environment, key.public_keys())
        reason = "a rollout has it, or gave it up" if held else None
        reason = reason or why_not(client, version, settings.environment, key.public_keys())
        if reason:
            refused[number] = reason
        elif number == former:
            return Repaired(False, number, f"version {number} is champion, and as it was released")
        else:
            why = refused.get(former or "", "there was none")
            champions.crown(version, former, "repaired", actor(settings.tracking_token, why[:400]))
            return Repaired(True, number, f"version {number} is champion again", refused)
    if present is None:
        return Repaired(False, None, "nothing was released that can be loaded, and none is champion", refused)
    champions.remove(present, actor(settings.tracking_token, "no version can be loaded"))
    return Repaired(True, None, "no version can be loaded: the next release makes a first champion", refused)


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="ecluse_release.repair", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON document")
    as_json = bool(parser.parse_args().json)
    try:
        done = repair(RepairSettings.read(os.environ))
    except SettingError as error:
        print(f"ecluse_release.repair: {error}", file=sys.stderr)
        return 2
    except (MlflowException, manifest.ManifestError) as error:
        print(f"ecluse_release.repair: nothing is changed: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(done)) if as_json else _text(done))
    return 1 if done.changed and done.champion is None else 0


def _text(done: Repaired) -> str:
    return "\n".join([*(f"version {number}: {why}" for number, why in done.refused.items()), done.message])


if __name__ == "__main__":
    sys.exit(main())
