"""What holds of every format: which one a model or a folder has, and what a folder may hold."""

import importlib.metadata as metadata
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from lightgbm import LGBMRegressor
from mlflow.models import infer_signature

from ecluse_models import formats, worker
from ecluse_models.formats import FORMATS, load_model, save_model
from ecluse_models.model import ModelError
from tests.models import linear
from tests.models.linear import Linear

PYTHON = Path(__file__).parents[2]
ROWS = pd.DataFrame({"heat": [1.0, 2.0, 4.0, 8.0], "speed": [3.0, 1.0, 2.0, 5.0]})


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform has the format of these tests."""
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, linear))


def stored(folder: Path) -> Path:
    model = Linear().fit(ROWS, [1.0, 2.0, 3.0, 4.0])
    save_model(model, str(folder / "model"), "predict", signature=infer_signature(ROWS))
    return folder / "model"


def edited(folder: Path, **flavors: object) -> Path:
    """The folder with other flavors in its `MLmodel`; one that is None is left out."""
    described: dict[str, Any] = yaml.safe_load((folder / "MLmodel").read_text())
    both = {**described["flavors"], **flavors}
    described["flavors"] = {name: flavor for name, flavor in both.items() if flavor is not None}
    (folder / "MLmodel").write_text(yaml.safe_dump(described))
    return folder


@pytest.mark.usefixtures("known")
def test_a_folder_is_loaded_by_the_format_of_its_flavor(tmp_path: Path) -> None:
    model = load_model(stored(tmp_path))
    assert (model.format, model.kind) == ("linear-json", "regressor")
    assert [column.name for column in model.inputs] == ["heat", "speed"]
    assert np.allclose(model.estimator.predict(ROWS), [1, 2, 3, 4])


def test_a_model_that_no_format_takes_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"a tests.models.linear.Linear, which no format of the platform stores \(.*skops\)"
    ):
        stored(tmp_path)


@pytest.mark.usefixtures("known")
def test_a_folder_that_no_format_takes_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stored(tmp_path)
    monkeypatch.setattr(formats, "FORMATS", FORMATS)
    with pytest.raises(
        ModelError, match=r"the flavors linear; the platform takes one of .*sklearn \(skops\)"
    ):
        load_model(folder)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("flavors", "reason"),
    [
        ({"sklearn": {}}, "the flavors linear, sklearn; the platform takes one of"),
        ({"pytorch": {"data": "model.pt"}}, "the flavors linear, pytorch; the platform takes one of"),
        ({"linear": None, "python_function": {"loader_module": "os"}}, "the flavors none"),
        ({"linear": {}}, "no model of MLflow by its MLmodel: KeyError"),
        ({"linear": None}, "the flavors none"),
        ({"linear": {"data": "../linear.json"}}, "names ../linear.json, which its folder does not hold"),
        ({"linear": {"data": "/etc/hostname"}}, "names /etc/hostname, which its folder does not hold"),
        ({"linear": {"data": "MLmodel"}}, "holds linear.json, which its format does not have"),
    ],
)
def test_other_flavors_are_refused(tmp_path: Path, flavors: dict[str, object], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        load_model(edited(stored(tmp_path), **flavors))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("name", ["code/own.py", "secret.txt", "model.pkl", "link"])
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    folder = stored(tmp_path)
    other = folder / name
    other.parent.mkdir(exist_ok=True)
    if name == "link":
        other.symlink_to("/etc")
    else:
        other.write_text("other")
    what = "is no file" if name == "link" else "its format does not have"
    with pytest.raises(ModelError, match=f"the model's folder holds {name}, which {what}"):
        load_model(folder)


@pytest.mark.usefixtures("known")
def test_a_format_refuses_at_both_ends(tmp_path: Path) -> None:
    model = Linear(["heat", "speed"], [float("nan")])
    with pytest.raises(ModelError, match="weights must be numbers"):
        save_model(model, str(tmp_path / "refused"), "predict", signature=infer_signature(ROWS))
    assert not (tmp_path / "refused").exists()
    folder = stored(tmp_path)
    (folder / "linear.json").write_text('{"columns": ["heat", "speed"], "weights": [NaN]}')
    with pytest.raises(ModelError, match="weights must be numbers"):
        load_model(folder)
    (folder / "linear.json").write_text('{"other": 1}')
    with pytest.raises(ModelError, match="cannot be read: TypeError"):
        load_model(folder)


def test_a_library_that_the_machine_lacks_is_missing_to_its_own_models_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported: list[str] = []

    def lacking() -> None:
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr(linear, "preload", lambda: imported.append("linear"))
    lightgbm = next(each for each in FORMATS if each.FLAVOR == "lightgbm")
    monkeypatch.setattr(lightgbm, "preload", lacking)
    monkeypatch.setattr(formats, "FORMATS", (lightgbm, linear))
    worker.preload()
    assert imported == ["linear"]


def test_a_model_without_its_library_is_refused_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LGBMRegressor(n_estimators=1, verbose=-1).fit(ROWS, [1.0, 2.0, 3.0, 4.0])
    save_model(model, str(tmp_path / "model"), "predict", signature=infer_signature(ROWS))
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ModelError, match=r"LightGBM cannot be loaded on this machine: .*install libgomp1"):
        load_model(tmp_path / "model")

    def unknown(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", unknown)
    with pytest.raises(ModelError, match=r"loads the model by .*; add it to requirements\.in and the lock"):
        save_model(model, str(tmp_path / "other"), "predict", signature=infer_signature(ROWS))


def names(lines: list[str]) -> set[str]:
    """The packages that requirements name."""
    return {match[0] for line in lines if (match := re.match(r"[a-z][a-z0-9-]+", line))}


def test_each_format_is_installed_where_models_are() -> None:
    """In the images by `requirements.in`, in use cases by the kit's dependencies or an extra of them."""
    images = names((PYTHON / "ecluse_models" / "requirements.in").read_text().splitlines())
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text())["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    kit = names([*project["dependencies"], *extras])
    assert {name for each in FORMATS for name in each.REQUIREMENTS} == images
    assert images <= kit
    assert all(metadata.version(name) for name in images)


def test_flavors_and_names_are_those_of_one_format() -> None:
    for found in ([each.FLAVOR for each in FORMATS], [each.NAME for each in FORMATS]):
        assert len(set(found)) == len(found)
