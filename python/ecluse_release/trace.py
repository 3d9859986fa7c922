"""What a prediction, a version or a commit comes from: `python -m ecluse_release.trace <id|number|commit>`.

Follows it back to version, run, data and commit, with gates, changes and signature, and holds each against
the others. What is missing or does not verify is in `problems`. Prints a JSON document, and changes nothing.
It needs the variables of `ecluse_release.inventory`, and for a prediction ECLUSE_INFERENCE_URL, which reads
the log of predictions.
"""

import argparse
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from pydantic import Field

from ecluse_core.container import Container
from ecluse_core.errors import SettingError
from ecluse_core.opened import Opened
from ecluse_core.verified import COMMIT
from ecluse_models.download import download_files
from ecluse_release import manifest
from ecluse_release.inventory import Reading, inventory
from ecluse_release.prediction import Prediction, find_prediction
from ecluse_release.records import Inventory, Refused, Version, champion_at, stated
from ecluse_release.reporting import main

_PREDICTION = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERSION = re.compile("[0-9]{1,6}")
_COMMIT = re.compile("[0-9a-f]{7,40}")


class Tracing(Reading):
    """What a trace reads."""

    inference: Annotated[Container | None, Opened("ECLUSE_INFERENCE_URL")] = Field(
        default=None, alias="ECLUSE_INFERENCE_URL"
    )


@dataclass(frozen=True)
class Run:
    """The training run: who the tracking server says made it, of which commit, by the verified token."""

    run_id: str
    user: str
    commit: str | None
    status: str
    data_version: str | None


@dataclass(frozen=True)
class Lineage:
    """A version and what it comes from; `signature` says what verifies, `problems` what does not."""

    version: Version
    run: Run | None
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    signature: str = ""
    problems: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Trace:
    """What was found; nothing, where this environment has no such prediction, version or commit."""

    environment: str
    use_case: str
    asked: str
    prediction: Prediction | None
    champion_then: str | None
    """The version that the changes on record make champion when the prediction was given."""
    versions: list[Lineage]
    refusals: list[Refused]
    problems: list[str]


def trace(settings: Tracing, asked: str, day: date | None = None) -> Trace:
    """Follows it back; raises SettingError, MlflowException and BlobError."""
    known = inventory(settings)
    of = settings.environment, settings.use_case, asked
    if _PREDICTION.fullmatch(asked):
        found = _prediction(settings, asked, day)
        then = champion_at(known.versions, found.time) if found else None
        versions = _lineages(settings, known, lambda each: bool(found) and each.version == found.version)
        lost = found is not None and not versions
        problems = [f"the registry has no version {found.version}, which gave it"] if found and lost else []
        return Trace(*of, found, then, versions, [], [*problems, *known.problems])
    if _VERSION.fullmatch(asked):
        versions = _lineages(settings, known, lambda each: each.version == str(int(asked)))
        return Trace(*of, None, None, versions, [], known.problems)
    if not _COMMIT.fullmatch(asked):
        raise SettingError(
            f"give the id of a prediction, the number of a version, or 7 to 40 hex digits of a commit, "
            f"got {asked[:80]!r}"
        )
    versions = _lineages(settings, known, lambda each: (each.commit or "").startswith(asked))
    refusals = [each for each in known.refusals if each.commit.startswith(asked)]
    return Trace(*of, None, None, versions, refusals, known.problems)


def _prediction(settings: Tracing, asked: str, day: date | None) -> Prediction | None:
    if settings.inference is None:
        raise SettingError(
            "ECLUSE_INFERENCE_URL is not set; a prediction is searched in the log that it reads"
        )
    return find_prediction(settings.inference, settings.use_case, asked, day)


def _lineages(settings: Tracing, known: Inventory, wanted: Callable[[Version], bool]) -> list[Lineage]:
    client = MlflowClient()
    return [_lineage(client, settings, each) for each in known.versions if wanted(each)]


def _lineage(client: MlflowClient, settings: Tracing, version: Version) -> Lineage:
    """A version with its run and files, and all that does not fit."""
    run, lacks = _run(client, version)
    if version.refused is not None:
        return Lineage(version, run, problems=[f"version {version.version}: {version.refused}", *lacks])
    statement = stated(
        client.get_model_version(settings.use_case, version.version),
        settings.environment,
        settings.signing_key,
    )
    wrong = _wrong_files(client, statement)
    verified = "the manifest and every file that it names" if not wrong else "the manifest, and not its files"
    return Lineage(version, run, statement.files, verified, [*wrong, *lacks])


def _wrong_files(client: MlflowClient, statement: manifest.Statement) -> list[str]:
    """Why the model's files are not those that were released; they are read, and nothing loads them."""
    with TemporaryDirectory(prefix="ecluse-trace-") as name:
        try:
            folder = download_files(client, statement.model_id, statement.files, Path(name, "model"))
            manifest.verify_folder(folder, statement)
        except (manifest.ManifestError, MlflowException, OSError) as error:
            return [f"the files of model {statement.model_id}: {error}"]
    return []


def _run(client: MlflowClient, version: Version) -> tuple[Run | None, list[str]]:
    """A version's run, and what the tracking server says of it otherwise than the version does."""
    try:
        found = client.get_run(version.run_id or "")
    except MlflowException as error:
        return None, [f"run {version.run_id} of version {version.version} is missing: {error}"]
    tags = found.data.tags
    user, commit = str(found.info.user_id), tags.get(COMMIT)
    run = Run(found.info.run_id, user, commit, found.info.status, tags.get("ecluse.data_version"))
    lacks = [
        f"run {run.run_id} has {name} {is_!r}, and version {version.version} has {stated_!r}"
        for name, is_, stated_ in (
            ("the verified commit", run.commit, version.commit),
            ("data version", run.data_version, version.data_version),
        )
        if is_ != stated_
    ]
    return run, lacks


def _asked(environ: Mapping[str, str]) -> Trace:
    parser = argparse.ArgumentParser(prog="ecluse_release.trace", description=__doc__)
    parser.add_argument("asked", metavar="id|number|commit", help="of a prediction, a version or a commit")
    parser.add_argument("--date", type=date.fromisoformat, help="the day (UTC) of the prediction, YYYY-MM-DD")
    given = parser.parse_args()
    return trace(Tracing.read(environ), given.asked, given.date)


if __name__ == "__main__":
    main("ecluse_release.trace", _asked)
