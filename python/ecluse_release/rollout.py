"""Takes the rollout of a challenger one step on: `python -m ecluse_release.rollout [--json]`.

It asks every replica of the model server what it has counted, and decides by the stack's settings: the
challenger stays where it is, goes to its next stage, becomes champion, or is given up. It may be run as often
as one likes, such as each five minutes: all that it needs is in the registry and at the model server.

It needs the variables of `ecluse_release.promotion`, and ECLUSE_ROLLOUT. Exit 0: it is as it should be, also
where a challenger was given up; 1: nothing could be decided, 2: a wrong setting.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from ecluse_core.errors import SettingError
from ecluse_release import manifest
from ecluse_release import stage as stages
from ecluse_release.challenger import Challengers
from ecluse_release.champion import champion_version
from ecluse_release.changes import Actor, Champions, actor
from ecluse_release.counted import Counted, Tally
from ecluse_release.handover import hand_over
from ecluse_release.judge import Refusal
from ecluse_release.promotion import settings_of
from ecluse_release.records import changes_of
from ecluse_release.reload import ReloadError, counts_of, require_challenger
from ecluse_release.settings import ChampionSettings, RolloutRules, Serving
from ecluse_release.stage import Stage
from ecluse_release.verdict import Measure, measures

Decision = Literal["none", "stays", "moved", "promoted", "withdrawn"]


@dataclass(frozen=True)
class Stepped:
    """What a step has done; `stage` is where the challenger stands then, `measures` are of before."""

    decision: Decision
    challenger: str | None
    champion: str | None
    stage: str | None
    message: str
    replicas: int = 0
    dropped: int = 0
    measures: list[Measure] = field(default_factory=list[Measure])


@dataclass(frozen=True)
class _Rollout:
    """A rollout that is under way."""

    settings: ChampionSettings
    serving: Serving
    rules: RolloutRules
    challengers: Challengers
    champion: ModelVersion
    version: ModelVersion
    stage: Stage
    by: Actor


def step(settings: ChampionSettings) -> Stepped:
    """Takes the rollout one step on; raises SettingError, ReloadError, MlflowException and ManifestError."""
    key = manifest.private_key(settings.signing_key)
    client, by = MlflowClient(), actor(settings.tracking_token, "")
    challengers = Challengers(Champions(client, settings.environment, settings.use_case, key))
    version, champion = challengers.present(), champion_version(client, settings.use_case)
    now = str(champion.version) if champion else None
    if version is None:
        return Stepped("none", None, now, None, "no challenger is rolled out")
    number = str(version.version)
    void = _void(settings, version, now)
    if void:
        challengers.end(now, replace(by, reason=void))
        return Stepped("withdrawn", number, now, None, f"version {number} is no challenger any more: {void}")
    if not settings.serving or not settings.rollout or not champion:
        raise SettingError("ECLUSE_SERVING_URL or ECLUSE_ROLLOUT is not set; the stack's rollout sets both")
    stage = stages.read(version.tags, key.public_keys())
    of = settings, settings.serving, settings.rollout, challengers, champion, version, stage, by
    return _decided(_Rollout(*of))


def _void(settings: ChampionSettings, version: ModelVersion, champion: str | None) -> str:
    """Why a challenger is none any more, whatever was counted; empty where it is one."""
    key = manifest.private_key(settings.signing_key).public_keys()
    try:
        stage = stages.read(version.tags, key)
    except manifest.ManifestError as error:
        return str(error)
    number = str(version.version)
    if champion == number:
        return "it is champion"
    changes, _ = changes_of(version, settings.environment, key)
    if changes and changes[-1].action == "withdrawn":
        return "it was given up before"
    if (stage.environment, stage.use_case, stage.version) != (settings.environment, version.name, number):
        return f"its rollout is of {stage.environment} {stage.use_case} {stage.version}"
    if stage.champion != champion:
        return f"version {champion} is champion, and it was compared with version {stage.champion}"
    if settings.rollout is None:
        return "the stack wants no rollouts any more"
    return ""


def _decided(run: _Rollout) -> Stepped:
    counts = [each for each in counts_of(run.serving) if _is_of(each, run.stage)]
    champion, challenger = Tally(), Tally()
    for each in counts:
        champion.add(Tally.of(each.champion))
        challenger.add(Tally.of(each.challenger))
    found = measures(champion, challenger, run.rules)
    seen = len(counts), sum(each.dropped for each in counts), found
    decision, why = decide(found, run.stage, run.rules, datetime.now(UTC))
    number, former = str(run.version.version), str(run.champion.version)
    if decision == "stays":
        said = f"version {number} stays in {run.stage.name}: {why}"
        return Stepped("stays", number, former, run.stage.name, said, *seen)
    by = replace(run.by, reason=f"{why}; {'; '.join(each.line for each in found)}"[:1000])
    if decision == "withdraw":
        return _withdrawn(run, by, why, seen)
    if run.stage.step < len(run.rules.canary):
        later = run.challengers.move(run.version, run.stage, run.rules.canary[run.stage.step], by)
        require_challenger(run.serving, number)
        said = f"version {number} goes to {later.name}: {why}"
        return Stepped("moved", number, former, later.name, said, *seen)
    try:
        hand_over(run.challengers.champions, run.version, run.champion, "promoted", by, run.serving)
    except Refusal as error:
        return _withdrawn(run, replace(by, reason=str(error)[:1000]), str(error), seen)
    said = f"version {number} is champion, in place of version {former}: {why}"
    return Stepped("promoted", None, number, None, said, *seen)


def _withdrawn(run: _Rollout, by: Actor, why: str, seen: tuple[int, int, list[Measure]]) -> Stepped:
    run.challengers.withdraw(run.version, by)
    number, former = str(run.version.version), str(run.champion.version)
    said = f"version {number} is given up, and version {former} stays champion: {why}"
    return Stepped("withdrawn", number, former, None, said, *seen)


def _is_of(counts: Counted, stage: Stage) -> bool:
    return (counts.version, counts.step, counts.since) == (stage.version, stage.step, stage.since)


def decide(
    found: Sequence[Measure], stage: Stage, rules: RolloutRules, now: datetime
) -> tuple[Literal["withdraw", "go", "stays"], str]:
    """What is done with a challenger that has these measures in this stage, and why."""
    failed = [each.name for each in found if each.result == "fail"]
    if failed:
        return "withdraw", f"beyond its bound in {stage.name}: {', '.join(failed)}"
    least = timedelta(minutes=rules.canary_minutes if stage.weight else rules.shadow_minutes)
    passed, limit = now - datetime.fromisoformat(stage.since), timedelta(minutes=rules.limit_minutes)
    if passed < least:
        return (
            "stays",
            f"{passed // timedelta(minutes=1)} of {least // timedelta(minutes=1)} minutes are over",
        )
    open_ = [each.name for each in found if each.result == "undecided"]
    if not open_:
        return "go", f"within every bound in {stage.name}"
    lacks = f"too little to decide in {stage.name}: {', '.join(open_)}"
    if passed < limit:
        return "stays", lacks
    said = f"{lacks}, within {rules.limit_minutes} minutes"
    return ("go" if rules.undecided == "promote" else "withdraw"), said


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="ecluse_release.rollout",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON document")
    given = parser.parse_args()
    try:
        done = step(settings_of(os.environ))
    except SettingError as error:
        print(f"ecluse_release.rollout: {error}", file=sys.stderr)
        return 2
    except (MlflowException, manifest.ManifestError, ReloadError) as error:
        print(f"ecluse_release.rollout: {error}", file=sys.stderr)
        return 1
    print(json.dumps(_document(done)) if given.json else _text(done))
    return 0


def _document(done: Stepped) -> dict[str, object]:
    return {**asdict(done), "measures": [each.document for each in done.measures]}


def _text(done: Stepped) -> str:
    return "\n".join([*(each.line for each in done.measures), done.message])


if __name__ == "__main__":
    sys.exit(main())
