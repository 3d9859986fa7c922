"""The sketch of a logged day, or of a part of it that another process merges with the others."""

from dataclasses import replace
from datetime import date

from ecluse_core.container import Container
from ecluse_monitor.predictions import WHOLE, Logged, Part
from ecluse_monitor.sketch import Sketch, merged, sketch_of
from ecluse_monitor.tracking import Champion


def read_sketch(
    inference: Container, use_case: str, current: Champion, day: date, part: Part = WHOLE
) -> Sketch:
    """The sketch of a day's predictions, of which each counts once; MonitorError names a bad blob."""
    logged = Logged(inference, use_case, day, part)
    columns = ["model_version", "score", *(f"input_{name}" for name in current.baseline["columns"])]
    batches = logged.batches(columns)
    total = merged(sketch_of(batch, current.version, current.baseline) for batch in batches)
    return replace(total, duplicates=logged.duplicates)
