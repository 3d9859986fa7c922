"""A model that reads a secret of the process that scores: release, model server and kernel refuse it."""

# pyright: reportUnknownLambdaType=false

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from ecluse_models import confined, contents, skops
from ecluse_models.formats import load_model
from ecluse_models.model import LoadedModel, ModelError
from ecluse_release import release as release_module
from ecluse_release import trial
from ecluse_release.manifest import public_keys
from ecluse_release.release import Outcome, release
from ecluse_release.settings import Settings
from ecluse_serving.champion import Source
from ecluse_serving.registry import Registry
from tests.identity.tracking import RunningEnvironment, environment
from tests.models.spying import spying
from tests.release.training import USE_CASE, Training, customers, land_data, release_variables, train
from tests.serving.server import PRIVATE, PUBLIC

COMMIT = "a" * 40
REASON = r"CountVectorizer\(input='filename'\), which the platform does not allow: .*set input='content'"


@dataclass(frozen=True)
class Unconfined(LoadedModel):
    """A model in the release's own process, which has no costs of its own."""

    size: int = 0

    @classmethod
    def load(cls, folder: Path) -> "Unconfined":
        return cls(**vars(load_model(folder)))

    def processor_seconds(self, table: pl.DataFrame) -> float:
        self.score(table)
        return 0.0


def released(prod: RunningEnvironment, patch: pytest.MonkeyPatch) -> Outcome:
    for name, value in release_variables(prod, COMMIT, PRIVATE).items():
        patch.setenv(name, value)
    return release(Settings.read(os.environ))


def test_neither_release_nor_server_takes_a_model_that_reads_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("aaaa")
    with environment(tmp_path) as prod:
        land_data(prod)
        train(prod, Training(COMMIT, estimator=spying(secret)))
        with pytest.raises(ModelError, match=REASON):
            released(prod, monkeypatch)
        with monkeypatch.context() as careless:
            # The list has a hole: what the model wants of files, the kernel refuses.
            careless.setattr(confined, "PROGRAM", ("tests.models.careless_worker",))
            with pytest.raises(ModelError, match=f"PermissionError: .* denied: '{secret}'"):
                released(prod, careless)
            # A release of a time before the second wall too: every gate passes, and the model is signed.
            careless.setattr(skops, "check_contents", lambda _model: None)
            careless.setattr(release_module, "confined_model", Unconfined.load)
            # A text that it has never seen is a file to it, too.
            careless.setattr(trial, "_UNSEEN", str(secret))
            assert released(prod, careless).released
        assert skops.check_contents is contents.check_contents
        token = tmp_path / "token"
        token.write_text(prod.workloads.workload("serve"))
        registry = Registry(prod.url, USE_CASE, token)
        source = Source(registry, "prod", USE_CASE, public_keys(PUBLIC))
        with pytest.raises(ModelError, match=REASON):
            source.load()
        monkeypatch.setattr(confined, "PROGRAM", ("tests.models.careless_worker",))
        with pytest.raises(ModelError, match=f"PermissionError: .* denied: '{secret}'"):
            source.load().model.score(customers("2026-01-01"))
