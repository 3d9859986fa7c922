"""The sketch of a logged day, or of a part of it that another process merges with the others."""

import json
from dataclasses import dataclass, replace
from datetime import date

from ecluse_core.container import Container
from ecluse_monitor.errors import MonitorError
from ecluse_monitor.predictions import WHOLE, Logged, Part
from ecluse_monitor.settings import Check
from ecluse_monitor.sketch import Sketch, from_json, merged, sketch_of
from ecluse_monitor.tracking import Champion


def read_sketch(
    inference: Container, use_case: str, current: Champion, day: date, part: Part = WHOLE
) -> Sketch:
    """The sketch of a day's predictions, of which each counts once; MonitorError names a bad blob."""
    logged = Logged(inference, use_case, day, part)
    inputs = (f"input_{name}" for name in current.baseline["columns"])
    hidden = (f"input_{name}" for name in current.baseline.get("redacted", []))
    columns = ["model_version", "score", *current.baseline.get("outputs", {}), "id", *inputs, *hidden]
    total = Sketch()
    for batch in logged.batches(columns):
        total += sketch_of(batch, current.version, current.baseline, total.sample.level)
    return replace(total, duplicates=logged.duplicates)


@dataclass(frozen=True)
class Parts:
    """The sketches of a day's parts, kept beside the reports until they are merged.

    `run` is what the processes of one run have in common: parts that were counted at other times do not mix.
    """

    reports: Container
    folder: str
    run: str
    of: int

    def keep(self, part: Part, sketch: Sketch) -> bool:
        """Keeps one; says whether all are there now, so that whoever is the last goes on."""
        self.reports.write(self._name(part.index), json.dumps(sketch.as_json()).encode())
        return not self._missing()

    def merged(self) -> Sketch:
        """The sketch of the day; MonitorError names the parts that are missing."""
        missing = self._missing()
        if missing:
            text = ", ".join(f"{index}" for index in missing)
            raise MonitorError(f"partitions {text} of {self.of} are not there yet; run them by --partition")
        contents = (self.reports.read(self._name(index)).content for index in range(self.of))
        return merged(from_json(json.loads(content)) for content in contents)

    def _missing(self) -> list[int]:
        found = self.reports.etags(self.folder)
        return [index for index in range(self.of) if self._name(index) not in found]

    def _name(self, index: int) -> str:
        return f"{self.folder}/{self.run}-{index}-of-{self.of}.json"


def parts_of(given: Check, current: Champion, day: date, of: int) -> Parts:
    """The parts of a day in this run; raises MonitorError where the run has no name."""
    if not given.run:
        raise MonitorError("ECLUSE_RUN is not set; with --partitions give all processes of a run one name")
    folder = f"{given.use_case}/monitor/sketches/{current.version}/{day}"
    return Parts(given.reports, folder, given.run, of)
