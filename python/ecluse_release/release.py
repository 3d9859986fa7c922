"""One release: from the training run of a commit to the champion that serves, or a refusal with its gates."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from ecluse_models.confined import confined_model
from ecluse_models.download import download_model
from ecluse_models.model import Model, ModelError
from ecluse_release import data, manifest, training
from ecluse_release.best import best_version, unmet
from ecluse_release.challenger import Challengers, begin_rollout
from ecluse_release.champion import Champion, champion_version, load
from ecluse_release.changes import Champions, actor
from ecluse_release.gates import Gate
from ecluse_release.handover import hand_over
from ecluse_release.judge import Evidence, Former, Refusal, bins, evidence, judge
from ecluse_release.manifest import SigningKey
from ecluse_release.records import stated
from ecluse_release.reference import reference_of
from ecluse_release.refused import Refusals
from ecluse_release.reload import ReloadError, require_served
from ecluse_release.repeat import trained_again
from ecluse_release.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """How a release ended; `version` is what it released, the champion or a challenger of it."""

    released: bool
    unchanged: bool
    message: str
    version: str | None = None
    gates: list[Gate] = field(default_factory=list[Gate])


def release(settings: Settings) -> Outcome:
    """Does the release; raises Refusal, and the errors of the modules that it calls."""
    client = MlflowClient()
    key = manifest.private_key(settings.signing_key)
    present = champion_version(client, settings.use_case)
    names = settings.use_case, settings.environment, settings.commit
    run = training.find_run(client, *names, settings.trainer)
    # The same commit trained on newer data is another model.
    if present is not None and present.run_id == run.run_id and _is_signed(settings, present):
        if settings.serving:
            require_served(settings.serving, str(present.version))
        return Outcome(True, True, f"commit {settings.commit} is champion already", str(present.version))
    champions = Champions(client, settings.environment, settings.use_case, key)
    challenger = Challengers(champions).present() if settings.rollout else None
    if challenger is not None and challenger.run_id == run.run_id and _is_signed(settings, challenger):
        return Outcome(True, True, f"commit {settings.commit} is challenger already", str(challenger.version))
    refusals = Refusals(client, settings.environment, settings.use_case, key)
    try:
        judged = _judged(client, settings, present, run, key)
    except UNFIT as error:
        refusals.record(run, actor(settings.tracking_token, str(error)), [])
        raise
    results = judged.gates
    if judged.manifest is None:
        message = f"refused by: {', '.join(gate.name for gate in results if not gate.passed)}"
        refusals.record(run, actor(settings.tracking_token, message), results)
        return Outcome(False, False, message, gates=results)
    version = _register(client, settings, run, judged.manifest, results)
    why = actor(settings.tracking_token, f"commit {run.commit[:8]} passed its gates")
    if settings.rollout and settings.serving and present:
        begin_rollout(Challengers(champions), version, present, judged.edges, why, settings.serving)
        role = f"challenger of version {present.version}, in the shadow"
    else:
        hand_over(champions, version, present, "released", why, settings.serving)
        role = "champion"
    noted = ", ".join(gate.name for gate in results if gate.result != "pass")
    note = f"; too little data to decide: {noted}" if noted else ""
    return Outcome(True, False, f"version {version.version} is {role}{note}", str(version.version), results)


@dataclass(frozen=True)
class _Judged:
    """The results of the gates, the signed manifest of a model that passed all, and bins of scores.

    `edges` are those of the champion's scores; None where callers must ask the candidate otherwise.
    """

    gates: list[Gate]
    manifest: str | None = None
    edges: list[list[float]] | None = None


def _judged(
    client: MlflowClient,
    settings: Settings,
    present: ModelVersion | None,
    run: training.TrainingRun,
    key: SigningKey,
) -> _Judged:
    _require_valid(settings)
    seen = evidence(settings)
    if run.data_version != seen.training.version:
        raise Refusal(
            f"the training says that it read data version {run.data_version[:80]}, and "
            f"{seen.training.version} has landed; train commit {settings.commit} again"
        )
    with TemporaryDirectory(prefix="ecluse-release-") as folder:
        files = download_model(client, run.model_id, Path(folder, "candidate"))
        candidate = confined_model(files)
        former = _former(client, settings, present, Path(folder))
        again = trained_again(client, settings, run, Path(folder, "again"))
        results = judge(settings, seen, candidate, former, again)
        if not all(gate.passed for gate in results):
            return _Judged(results)
        hashes = manifest.file_hashes(files)
        jws = manifest.sign(_statement(settings, run, seen, candidate, results, hashes), key)
        champion = former.champion.model if former.champion else None
        alike = champion and (champion.inputs, champion.classes) == (candidate.inputs, candidate.classes)
        edges = bins(champion, seen.holdout.table) if settings.rollout and champion and alike else None
        return _Judged(results, jws, edges)


def _require_valid(settings: Settings) -> None:
    """Nobody releases a model that should have been validated again."""
    answers = settings.accountability
    if answers and answers.is_over(datetime.now(UTC).date()):
        raise Refusal(
            f"the model was to be validated again by {answers.review_by}; {answers.owner} has that done, "
            "and sets the next day as accountability.reviewBy of the stack's file"
        )


def _is_signed(settings: Settings, version: ModelVersion) -> bool:
    """Whether a release made it, by the present key: the alias alone may be somebody else's doing.

    What the key before has signed is released again, so that another rotation finds nothing of it.
    """
    try:
        stated(version, settings.environment, manifest.private_key(settings.signing_key).present)
    except manifest.ManifestError:
        return False
    return True


def _former(client: MlflowClient, settings: Settings, present: ModelVersion | None, folder: Path) -> Former:
    """The champion, and the best version of a year."""
    champion = _load_champion(client, settings, present, folder / "champion")
    if champion is None:
        return Former()  # a first champion has nothing to be held against
    key = manifest.private_key(settings.signing_key).public_keys()
    best = best_version(client, settings.use_case, settings.environment, key)
    if best is None or str(best.version) == str(champion.version.version):
        return Former(champion)
    try:
        return Former(champion, load(client, best, settings.environment, key, folder / "best"))
    except (manifest.ManifestError, ModelError, MlflowException) as error:
        return Former(champion, lacks=unmet(best, error))


def _load_champion(
    client: MlflowClient, settings: Settings, present: ModelVersion | None, folder: Path
) -> Champion | None:
    """The present champion, under its own manifest: a changed one would be too easy to beat."""
    if present is None:
        return None
    try:
        public = manifest.private_key(settings.signing_key).public_keys()
        return load(client, present, settings.environment, public, folder)
    except (manifest.ManifestError, ModelError) as error:
        raise Refusal(
            f"champion version {present.version} cannot be met: {error}; "
            f"put the alias on a whole version by `npx ecluse repair {settings.use_case}`, "
            "or on a cluster by `python -m ecluse_release.repair`"
        ) from None


def _statement(
    settings: Settings,
    run: training.TrainingRun,
    seen: Evidence,
    candidate: Model,
    results: list[Gate],
    files: dict[str, str],
) -> manifest.Statement:
    return manifest.Statement(
        environment=settings.environment,
        use_case=settings.use_case,
        model_id=run.model_id,
        format=candidate.format,
        run_id=run.run_id,
        commit=run.commit,
        data_version=seen.training.version,
        holdout_version=seen.holdout.version,
        pipeline_id=settings.pipeline_id,
        gates=[asdict(gate) for gate in results],
        files=files,
        reference=reference_of(data.features(seen.training.table, candidate), candidate.redacted),
        accountability=settings.accountability.model_dump(mode="json") if settings.accountability else None,
    )


def _register(
    client: MlflowClient, settings: Settings, run: training.TrainingRun, jws: str, results: list[Gate]
) -> ModelVersion:
    """A new version with its evidence. One that a release left without the alias stays as it is."""
    tags = {
        "ecluse.commit": run.commit,
        "ecluse.environment": settings.environment,
        "ecluse.data_version": run.data_version,
        "ecluse.pipeline_id": settings.pipeline_id,
        "ecluse.gates": json.dumps([asdict(gate) for gate in results]),
        manifest.TAG: jws,
    }
    source = f"models:/{run.model_id}"
    return client.create_model_version(settings.use_case, source, run.run_id, tags, model_id=run.model_id)


UNFIT = (Refusal, ModelError, manifest.ManifestError, data.DataError)
REFUSALS = (*UNFIT, ReloadError, MlflowException, training.RunError)
