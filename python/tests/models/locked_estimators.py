"""A process that locks itself as that of a model does, and then uses each estimator that a folder holds.

`python -m tests.models.locked_estimators FOLDER`: prints JSON of what failed, by the estimator's name.
"""

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from ecluse_core.light import UNUSED_BY_MODELS, hide_libraries
from ecluse_models import worker
from ecluse_models.lockdown import Lockdown

METHODS = ("predict_proba", "predict", "transform")


def used(estimator: Any, kind: str) -> None:
    """Scores, or transforms, with what such an estimator takes."""
    import polars as pl

    texts, rows = ["a text", "two words"], [[1.0] * 4] * 2
    given: Any = (
        texts if "Vectorizer" in kind else pl.DataFrame(rows, schema=["a", "b", "c", "d"], orient="row")
    )
    if kind in ("LabelBinarizer", "LabelEncoder"):
        given = [0, 1]
    for name in METHODS:
        if hasattr(estimator, name):
            getattr(estimator, name)(given)


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    files = {path.stem: path.read_bytes() for path in folder.glob("*.skops")}
    lockdown = Lockdown(os.getppid())
    hide_libraries(UNUSED_BY_MODELS)
    worker.preload()
    worker.prepare()
    lockdown.finish(512 << 20)
    from ecluse_models import skops

    failed: dict[str, str] = {}
    for name, content in files.items():
        try:
            used(skops.read(content), name)
        except Exception as error:
            failed[name] = repr(error)[:300]
    os.write(1, json.dumps({"used": len(files), "failed": failed}).encode())
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
