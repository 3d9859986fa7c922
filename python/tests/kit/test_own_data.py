"""Data of one's own: a contract and a model are all that is written, and the kit's tests pass on them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ecluse.file_format import PLAIN, FileFormat

ROOT = Path(__file__).parents[2]
DRIVER = """
import sys
from pathlib import Path
from obstore.store import LocalStore
import ecluse.landed
from ecluse_core.container import Container

def opened(variable, _environ):
    folder = Path("../blobs") / variable
    folder.mkdir(exist_ok=True, parents=True)
    return Container(LocalStore(folder))

ecluse.landed.open_container = opened
"""
COMMANDS = f"""{DRIVER}
import json
from ecluse.__main__ import main

for words in json.loads(sys.argv[1]):
    if code := main(words):
        sys.exit(f"{{words}}: exit code {{code}}")
"""

BOTH = """
quality_floor: {bound: 0.6, why: w}
segment_floor: {bound: 0.2, why: w}
segment_rows: {bound: 20, why: w}
one_input: {bound: 0.99, why: w}
null_loss: {bound: 0.4, why: w}
latency_factor: {bound: 400, why: w}
"""
CLASSES = f"""{BOTH}
loss_to_rate: {{bound: 1, why: w}}
calibration: {{bound: 0.2, why: w}}
unseen_floor: {{bound: 0.3, why: w}}
"""
AMOUNTS = BOTH + "bias: {bound: 0.3, why: w}\nsegments: {columns: [lift], why: w}\n"


@dataclass(frozen=True)
class Case:
    """A data set, and the two files that are written for it."""

    features: str
    model: str
    limits: str
    rows: Callable[[np.random.Generator, int], dict[str, object]]
    written: FileFormat = PLAIN


NUMBERS = Case(
    """from ecluse import Contract

CONTRACT = Contract(target="bad", id="lot", numeric={"heat": (0, 500), "speed": (0, 9)})
""",
    """from sklearn.ensemble import HistGradientBoostingClassifier


def build_model() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=30, random_state=7)
""",
    CLASSES,
    lambda rng, rows: {
        "heat": (heat := rng.uniform(0, 500, rows)),
        "speed": rng.uniform(0, 9, rows),
        "bad": (heat + rng.normal(0, 90, rows) > 250).astype(int),
    },
)
TEXTS = Case(
    """from ecluse import Contract

CONTRACT = Contract(
    target="spam", outcomes=("ham", "spam"), id="mail", categorical={"lang": ("de", "fr")}, text=("subject",)
)
""",
    """from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder


def build_model() -> Pipeline:
    words = ("words", TfidfVectorizer(), "subject")
    lang = ("lang", OneHotEncoder(handle_unknown="ignore"), ["lang"])
    return make_pipeline(ColumnTransformer([words, lang]), LogisticRegression())
""",
    CLASSES,
    lambda rng, rows: {
        "lang": rng.choice(["de", "fr"], rows),
        "subject": np.where((spam := rng.random(rows) < 0.4), "win a prize", "minutes of the meeting"),
        "spam": np.where(spam ^ (rng.random(rows) < 0.1), "spam", "ham"),
    },
)
CATEGORIES = Case(
    """from ecluse import Contract, FileFormat

CONTRACT = Contract(
    target="rent",
    target_range=(0, 9_000),
    id="flat",
    categorical={"area": ("01", "NA", "south"), "lift": ("0", "1")},
    file=FileFormat(separator=";", decimal=",", dates="%d.%m.%Y"),
)
""",
    """from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder


def build_model() -> Pipeline:
    return make_pipeline(OneHotEncoder(handle_unknown="ignore"), Ridge())
""",
    AMOUNTS,
    lambda rng, rows: {
        "area": (area := rng.choice(["01", "NA", "south"], rows)),
        "lift": rng.choice(["0", "1"], rows),
        "rent": np.where(area == "NA", 2_000, 900) + rng.normal(0, 100, rows).round(1),
    },
    FileFormat(separator=";", decimal=",", dates="%d.%m.%Y"),
)


def write(folder: Path, case: Case, rows: int = 600) -> None:
    """The use case with its data, which has a date every week."""
    package = folder / "src" / "mine"
    package.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[tool.ecluse]\npackage = "mine"\n')
    (folder / "driver.py").write_text(COMMANDS)
    # pytest runs in a process of its own: it finds the container by a plugin.
    (folder / "container_plugin.py").write_text(DRIVER)
    for name, text in {
        "__init__.py": "",
        "features.py": case.features,
        "model.py": case.model,
        "limits.yaml": case.limits,
    }.items():
        (package / name).write_text(text)
    columns = case.rows(np.random.default_rng(1), rows)
    key = case.features.split('id="')[1].split('"')[0]
    form = case.written.dates or "%Y-%m-%d"
    dates = pd.date_range("2026-01-01", periods=rows // 30, freq="W").strftime(form)
    frame = pd.DataFrame({key: [f"0{row}" for row in range(rows)], "date": np.resize(dates, rows), **columns})
    mark, point = case.written.separator, case.written.decimal
    frame.to_csv(folder / "rows.csv", index=False, sep=mark, decimal=point)


@pytest.mark.parametrize("case", [NUMBERS, TEXTS, CATEGORIES], ids=["numbers", "texts", "categories"])
def test_contract_and_model_are_enough(tmp_path: Path, case: Case) -> None:
    folder = tmp_path / "mine"
    write(folder, case)
    assert len((case.features + case.model).splitlines()) <= 40

    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)]),
        "ECLUSE_ENVIRONMENT": "dev",
        "ECLUSE_USE_CASE": "mine",
        "ECLUSE_DATA_URL": "a folder",
        "ECLUSE_HOLDOUT_URL": "another",
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db",
        "CI_COMMIT_SHA": "abc",
        "OMP_NUM_THREADS": "1",
    }
    plugins = ["-q", "-p", "no:cacheprovider", "-p", "ecluse.fixtures", "-p", "container_plugin"]
    commands = [
        ["land", "--source", "rows.csv", "--sample", "500"],
        ["test", *plugins],
        ["train"],
        ["test-model", *plugins],
    ]
    # In one process but for pytest's, since the libraries are dear to import.
    words = [sys.executable, "driver.py", json.dumps(commands)]
    done = subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-4_000:]}{done.stderr[-2_000:]}"
    assert "landed 500 rows on 20 dates" in done.stdout and '"run_id"' in done.stdout
    assert done.stdout.count(" passed") == 2
