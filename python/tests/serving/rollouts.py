"""What tests of a rollout need: challengers of several kinds, traffic, and the step of the release."""

import io
import json
import threading
from collections import Counter
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
import polars as pl
import pytest
from mlflow import MlflowClient

from ecluse_core.opening import open_container
from ecluse_models.download import download_model
from ecluse_release import manifest
from ecluse_release import stage as stages
from ecluse_release.challenger import Challengers
from ecluse_release.changes import Actor, Champions
from ecluse_release.inventory import Inventory, Reading, inventory
from ecluse_release.promotion import Asked, promote
from ecluse_release.release import Outcome, release
from ecluse_release.rollout import Stepped, step
from ecluse_release.settings import ChampionSettings, Settings
from tests.identity.tracking import SERVING, RunningEnvironment
from tests.release.training import DATES, FEATURES, RULES, USE_CASE, customers, key_pair, release_variables
from tests.serving.server import PRIVATE, PUBLIC, Running, score

ROLLOUT: Mapping[str, Any] = {
    "shadow_minutes": 0,
    "canary": [50],
    "canary_minutes": 0,
    "limit_minutes": 60,
    "undecided": "withdraw",
    "max_error_rate": 0.05,
    "max_latency_ratio": 20,
    "max_score_distance": 0.3,
    "risk": 0.05,
}
GRACE = Actor("grace", "7", "to see it fail")
LOOSE = {
    "floor": 0.5,
    "baseline_margin": 0,
    "non_inferiority_margin": 0.5,
    "max_brier": 1,
    "max_slope_error": 1,
    "max_intercept_error": 5,
    "undecided": "pass",
    "segments": [],
}


@dataclass(frozen=True)
class Rolling:
    """An environment and a model server that takes part in rollouts."""

    prod: RunningEnvironment
    server: Running

    def release(self, commit: str, **rollout: Any) -> Outcome:
        """Releases what a commit has trained, by gates that take nearly all."""
        with pytest.MonkeyPatch.context() as patch:
            return release(Settings.read(self._as_release(patch, commit, **rollout)))

    def step(self, **rollout: Any) -> Stepped:
        """One step of the rollout, as grace's job."""
        with pytest.MonkeyPatch.context() as patch:
            return step(ChampionSettings.read(self._as_release(patch, **rollout)))

    def decided(self, rows: int, **rollout: Any) -> Stepped:
        """A step that decides something, after as many requests as that takes on a busy machine."""
        said = ""
        for _ in range(10):
            self.send(400, rows)
            done = self.step(**rollout)
            if done.decision != "stays":
                return done
            said = done.message
        raise AssertionError(said)

    def promote(self, asked: Asked, to: str | None) -> None:
        """Another champion by hand."""
        with pytest.MonkeyPatch.context() as patch:
            promote(ChampionSettings.read(self._as_release(patch)), asked, to, "by hand")

    def challenge(self, model_id: str) -> str:
        """Rolls out a model whatever the gates say of it; gives its version."""
        with self._challengers() as challengers, TemporaryDirectory() as folder:
            client, key = challengers.client, challengers.champions.key
            files = manifest.file_hashes(download_model(client, model_id, Path(folder, "model")))
            own = {"environment": "prod", "use_case": USE_CASE, "model_id": model_id, "format": "skops"}
            others = dict.fromkeys(("run_id", "commit", "data_version", "holdout_version"), "none")
            statement = manifest.Statement(**own, **others, pipeline_id="1", gates=[], files=files)
            source, tags = f"models:/{model_id}", {manifest.TAG: manifest.sign(statement, key)}
            version = client.create_model_version(USE_CASE, source, tags=tags, model_id=model_id)
            champion = client.get_model_version_by_alias(USE_CASE, "champion")
            challengers.begin(version, champion, [[each / 40 for each in range(1, 40)]], GRACE)
        self.reload()
        assert self.served()["challenger"]["version"] == str(version.version)
        return str(version.version)

    def move(self, weight: int) -> None:
        """Has the challenger answer so many percent of the requests, whatever was counted."""
        with self._challengers() as challengers:
            version = challengers.present()
            assert version
            stage = stages.read(version.tags, challengers.champions.key.public_keys())
            challengers.move(version, stage, weight, GRACE)
        self.reload()

    def forge_stage(self) -> None:
        """Writes another stage than the release has signed, as whoever reaches the database could."""
        with self._challengers() as challengers:
            version = challengers.present()
            assert version
            key = manifest.private_key(key_pair()[0])
            stage = stages.read(version.tags, challengers.champions.key.public_keys())
            forged = stages.seal(replace(stage, step=1, weight=99), key)
            challengers.client.set_model_version_tag(USE_CASE, version.version, stages.TAG, forged)
        self.reload()

    def inventory(self) -> Inventory:
        """What is on record of the versions."""
        with pytest.MonkeyPatch.context() as patch:
            variables = self._as_release(patch) | {"ECLUSE_SIGNING_PUBLIC_KEY": PUBLIC}
            return inventory(Reading.read(variables))

    def actions(self, version: str) -> list[str]:
        """What was done with a version, by the records that verify."""
        found = self.inventory()
        assert found.problems == []
        return [each.action for own in found.versions if own.version == version for each in own.changes]

    @contextmanager
    def _challengers(self) -> Generator[Challengers]:
        with pytest.MonkeyPatch.context() as patch:
            self._as_release(patch)
            yield Challengers(Champions(MlflowClient(), "prod", USE_CASE, manifest.private_key(PRIVATE)))

    @contextmanager
    def reloading(self) -> Generator[None]:
        """Reloads the model server each second meanwhile."""
        over, token = threading.Event(), self.prod.forge.ci("release", SERVING)
        answers: list[int] = []

        def reload() -> None:
            while not over.wait(1):
                answers.append(self.server.call("/reload", token, b"", "POST")[0])

        thread = threading.Thread(target=reload)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        assert set(answers) == {200}

    def reload(self) -> None:
        """Has the model server follow the registry now."""
        token = self.prod.forge.ci("release", SERVING)
        assert self.server.call("/reload", token, b"", "POST")[0] == 200

    def send(self, requests: int = 250, rows: int = 4, **others: Any) -> Counter[str]:
        """Sends requests of so many rows, none of which may fail; gives how many each version answered."""
        caller, found = self.prod.forge.person(aud=SERVING), customers(DATES[-1])
        records = found.rename({"customer_id": "id"}).select("id", *FEATURES).to_dicts()
        changed = [{**each, **others} for each in records]
        parts = [changed[at : at + rows] for at in range(0, len(changed), rows)][:requests]

        def ask(part: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
            return score(self.server, caller, *part)

        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(ask, parts))
        assert {status for status, _ in answers} == {200}, [each for each in answers if each[0] != 200][:1]
        return Counter(answer["model_version"] for _, answer in answers)

    def served(self) -> dict[str, Any]:
        """What the server says that it serves."""
        return self.server.call("/champion", self.prod.forge.person(aud=SERVING))[1]

    def counts(self) -> dict[str, Any]:
        """What the server has counted."""
        return self.server.call("/rollout", self.prod.forge.ci("release", SERVING))[1]

    def logged(self) -> Counter[str]:
        """How many predictions of each version the store has."""
        caller = self.prod.forge.person(aud=SERVING)
        assert self.server.call("/flush", caller, b"", "POST")[0] == 200
        container = open_container("URL", {"URL": self.prod.store.url("inference", "read")})
        names = [name for name in container.etags(USE_CASE) if "/date=" in name]
        blobs = [container.read(name).content for name in names]
        return Counter(pl.concat([pl.read_parquet(io.BytesIO(blob)) for blob in blobs])["model_version"])

    def _as_release(
        self, patch: pytest.MonkeyPatch, commit: str = "0" * 40, **rollout: Any
    ) -> dict[str, str]:
        variables = release_variables(
            self.prod,
            commit,
            PRIVATE,
            MLFLOW_TRACKING_TOKEN=self.prod.forge.ci("release", user_login="grace", pipeline_id="77"),
            ECLUSE_GATES=json.dumps({**RULES, **LOOSE}),
            ECLUSE_SERVING_URL=self.server.url,
            ECLUSE_SERVING_TOKEN=self.prod.forge.ci("release", SERVING),
            ECLUSE_SERVING_REPLICAS="1",
            ECLUSE_ROLLOUT=json.dumps({**ROLLOUT, **rollout}),
        )
        for name, value in variables.items():
            patch.setenv(name, value)
        mlflow.set_tracking_uri(self.prod.url)
        return variables
