"""A model of another library, which a pipeline of scikit-learn may prepare the rows for.

The steps before the model are stored in skops, beside the file that is the other library's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.pipeline import Pipeline

from ecluse_models import skops
from ecluse_models.model import ModelError

if TYPE_CHECKING:
    from mlflow.models import Model

FILE: Final = "preparation.skops"
_KEY = "preparation"
Matrix = NDArray[np.float64] | sparse.csr_matrix


@dataclass(frozen=True)
class Prepared:
    """Rows are prepared, if there is a preparation, and then scored as a matrix of `width` columns."""

    preparation: Any
    width: int
    scores: Callable[[Matrix], Any]

    def predict(self, rows: Any) -> NDArray[np.float64]:
        """A number for each row of a table, or for each of several classes."""
        return np.asarray(self.scores(self._matrix(rows)), np.float64)

    def predict_proba(self, rows: Any) -> NDArray[np.float64]:
        """The probability of each class; of two, one number is that of the second."""
        found = self.predict(rows)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])

    def _matrix(self, rows: Any) -> Matrix:
        found = self.preparation.transform(rows) if self.preparation else rows
        # XGBoost takes what a sparse matrix leaves out as missing: it stays as it was in training.
        matrix = found.tocsr() if sparse.issparse(found) else np.asarray(found, np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.width:
            raise ModelError(f"the model takes {self.width} columns, and its rows have {matrix.shape[1:]}")
        return matrix


def parts(model: Any) -> tuple[Any, Any]:
    """The fitted steps before the model itself, or None, and the model."""
    if type(model) is not Pipeline:
        return None, model
    return (model[:-1] if len(model.steps) > 1 else None), model.steps[-1][1]


def is_of(library: str, model: object) -> bool:
    """Whether a model, or the last step of a pipeline, is of this library, which is not imported for it."""
    return type(parts(model)[1]).__module__.partition(".")[0] == library


def refuse(model: Any) -> Any:
    """Refuses a preparation that no model of scikit-learn may be either; gives the model itself.

    None where it was loaded from a file: what is not the preparation was checked before that.
    """
    preparation, own = (model.preparation, None) if isinstance(model, Prepared) else parts(model)
    if preparation is not None:
        skops.refuse(preparation)
    return own


def save(preparation: Any, path: str, flavor: str, described: Model) -> None:
    """Adds the preparation to a folder that MLflow's own flavor has written."""
    if preparation is None:
        return
    Path(path, FILE).write_bytes(skops.written(preparation))
    described.flavors[flavor][_KEY] = FILE
    # Through it, MLflow's clients would score rows that nobody has prepared.
    described.flavors.pop("python_function", None)
    described.save(str(Path(path, "MLmodel")))


def files(flavor: Mapping[str, Any]) -> tuple[str, ...]:
    """The file of the model, and that of its preparation if there is one."""
    return (str(flavor["data"]), *([str(flavor[_KEY])] if _KEY in flavor else []))


def load(files: Mapping[str, bytes], flavor: Mapping[str, Any]) -> Any:
    """The preparation, or None."""
    return skops.read(files[str(flavor[_KEY])]) if _KEY in flavor else None
