"""Sends the model server what its predictions turned out to be, from a file."""

from pathlib import Path
from typing import Any, Final

import pandas as pd

from .errors import KitError
from .files import read_file
from .server import ask, read_list

BATCH: Final = 10_000
"""What the server takes at once."""


def read_labels(path: Path) -> list[dict[str, Any]]:
    """The labels of a file: .csv or .parquet with `label` and `prediction_id`, or `label`, `id` and `date`.

    A .json file holds a list of such objects. Raises KitError with column, row, value and fix.
    """
    return read_list(path) if path.suffix == ".json" else _read_table(path)


def _read_table(path: Path) -> list[dict[str, Any]]:
    table = read_file(path, ["label"])
    names = ["prediction_id"] if "prediction_id" in table else ["id", "date"]
    if any(name not in table for name in names):
        raise KitError(f"{path.name}: give each label its prediction_id, or id and date of the prediction")
    found = {name: table.texts(name) for name in names}
    for name in names:
        table.refuse(found[name].isna(), name, "say which prediction the label is of")
    # Names of classes are texts, which the server holds against those of its model.
    label = table.texts("label")
    if pd.to_numeric(label, errors="coerce").notna().any():
        label = table.numbers("label", (-1e300, 1e300))
    table.refuse(label.isna(), "label", "leave out rows whose label is not known yet")
    return pd.DataFrame({**found, "label": label}).to_dict("records")  # pyright: ignore[reportReturnType]


def send_labels(labels: list[dict[str, Any]]) -> int:
    """Sends all of them, in as many requests as it takes; gives how many the server has kept."""
    kept = 0
    for start in range(0, len(labels), BATCH):
        kept += int(ask("/labels", {"labels": labels[start : start + BATCH]})["labels"])
    return kept
