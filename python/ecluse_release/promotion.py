"""Takes a version that was released before as champion again: `python -m ecluse_release.promotion --help`.

Only what a release of this environment signed, and is as it was signed, can be taken: it has passed the gates
of its day, and the next release still meets the best version of a year. It is not judged again, since a
rollback is for the hour in which the champion fails. The model server must load it, or the former one stays.
Who did it is in the token that the tracking server verifies, and it is recorded with the reason.

It needs the variables of a release, but for commit, pipeline, gates, contract and data. Where the stack gives
`ECLUSE_RELEASES`, as on a cluster, the address of the model server is taken from there. Exit 0: the version
is champion, 1: refused, 2: a wrong setting.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from ecluse_core.errors import SettingError
from ecluse_release import manifest
from ecluse_release.challenger import Challengers
from ecluse_release.champion import champion_version, why_not
from ecluse_release.changes import Champions, actor
from ecluse_release.handover import hand_over
from ecluse_release.job import job_variables
from ecluse_release.judge import Refusal
from ecluse_release.manifest import PublicKeys
from ecluse_release.records import Action, changes_of, is_held_back, stated
from ecluse_release.reload import ReloadError
from ecluse_release.settings import ChampionSettings

_LONGEST_REASON = 400
Asked = Literal["promote", "rollback"]


@dataclass(frozen=True)
class Promoted:
    """How it ended: the champion's version, the former one's, and why a rollback has passed over others."""

    changed: bool
    champion: str | None
    former: str | None
    message: str
    refused: dict[str, str] = field(default_factory=dict[str, str])


def promote(settings: ChampionSettings, asked: Asked, to: str | None, reason: str) -> Promoted:
    """Makes version `to` champion, or the one before the champion; raises Refusal and MlflowException."""
    client, key = MlflowClient(), manifest.private_key(settings.signing_key)
    by = actor(settings.tracking_token, _checked(reason))
    present = champion_version(client, settings.use_case)
    now = str(present.version) if present else None
    champions = Champions(client, settings.environment, settings.use_case, key)
    if to is not None and to == now:
        ended = Challengers(champions).end(now, by)
        also = f", and challenger {ended} is given up" if ended else ""
        return Promoted(bool(ended), now, now, f"version {now} is champion already{also}")
    refused: dict[str, str] = {}
    public = key.public_keys()
    for number in _candidates(client, settings, public, asked, to, now):
        version = client.get_model_version(settings.use_case, number)
        why = why_not(client, version, settings.environment, public)
        if why is not None:
            refused[number] = why
            continue
        action: Action = "promoted" if asked == "promote" else "rolled back"
        former = _whole(present, settings.environment, public)
        hand_over(champions, version, former, action, by, settings.serving)
        return Promoted(True, number, now, f"version {number} is champion: {action} by {by.person}", refused)
    said = "; ".join(f"version {number} cannot be champion: {why}" for number, why in refused.items())
    raise Refusal(said or f"no version before version {now} was released; promote takes a later one")


def _checked(reason: str) -> str:
    """The reason as it is recorded."""
    if not reason.strip() or len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise SettingError(
            f"reason must be one line of 1 to {_LONGEST_REASON} characters, got {reason[:80]!r}; say why "
            "the champion changes"
        )
    return reason.strip()


def _candidates(
    client: MlflowClient,
    settings: ChampionSettings,
    key: PublicKeys,
    asked: Asked,
    to: str | None,
    now: str | None,
) -> list[str]:
    """The versions to try, in this order; raises Refusal where there can be none."""
    known = client.search_model_versions(f"name = '{settings.use_case}'")
    numbers = sorted((str(each.version) for each in known), key=int, reverse=True)
    if to is not None and to not in numbers:
        raise Refusal(f"there is no version {to[:20]}; there are: {', '.join(numbers) or 'none'}")
    if asked == "promote":
        if to is None:
            raise SettingError("promote needs --to with the number of a version")
        return [to]
    if now is None:
        raise Refusal("none is champion, so that nothing can be rolled back; promote takes a version")
    if to is None:
        passed_over = _taken_back(known, settings.environment, key)
        return [each for each in numbers if int(each) < int(now) and each not in passed_over]
    if int(to) > int(now):
        raise Refusal(f"version {to} came after champion {now}; promote takes a later version")
    return [to]


def _taken_back(known: Iterable[ModelVersion], environment: str, key: PublicKeys) -> set[str]:
    """The versions that became champion and that the model server did not load, and those of rollouts."""
    changes = [change for each in known for change in changes_of(each, environment, key)[0]]
    former = {change.former for change in changes if change.action == "taken back" and change.former}
    return former | {str(each.version) for each in known if is_held_back(each, environment, key)}


def _whole(present: ModelVersion | None, environment: str, key: PublicKeys) -> ModelVersion | None:
    """The champion that may have the alias back: nobody gives it to one that no release has signed."""
    try:
        if present is not None:
            stated(present, environment, key)
    except manifest.ManifestError:
        return None
    return present


def settings_of(environ: Mapping[str, str]) -> ChampionSettings:
    """Of the use case that is asked for; MLflow's client reads its workspace in the environment."""
    if environ.get("ECLUSE_RELEASES"):
        os.environ.update(job_variables(environ))
    return ChampionSettings.read(os.environ)


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="ecluse_release.promotion",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("asked", choices=["promote", "rollback"])
    parser.add_argument("--to", default="", help="the version; of a rollback the one before, where not given")
    parser.add_argument("--reason", required=True, help="why, in a line; it is recorded")
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON document")
    given = parser.parse_args()
    try:
        done = promote(settings_of(os.environ), given.asked, given.to or None, given.reason)
    except SettingError as error:
        print(f"ecluse_release.promotion: {error}", file=sys.stderr)
        return 2
    except (Refusal, MlflowException, manifest.ManifestError, ReloadError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(done)) if given.json else _text(done))
    return 0


def _text(done: Promoted) -> str:
    return "\n".join([*(f"version {number}: {why}" for number, why in done.refused.items()), done.message])


if __name__ == "__main__":
    sys.exit(main())
