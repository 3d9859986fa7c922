"""A finding: one thing wrong with a day, and how bad that is."""

from dataclasses import dataclass

from ecluse_monitor.errors import Exit

CAUSES = {
    "freshness": "traffic",
    "rows": "traffic",
    "schema": "contract",
    "nulls": "contract",
    "unseen": "contract",
    "outside": "contract",
    "scores": "contract",
    "anomalies": "drift",
    "drift": "drift",
    "prediction": "drift",
    "segment": "drift",
    "estimated": "drift",
    "performance": "performance",
    "revalidation": "revalidation",
}
"""Each check, and the cause that its findings speak for."""


@dataclass(frozen=True)
class Finding:
    """`column` is empty for a finding on the whole day; `value` and `limit` are in the check's own unit.

    `days` are the bad days that it counts as: labels that came late are of several.
    """

    check: str
    severity: Exit
    text: str
    column: str = ""
    segment: str = ""
    value: float = 0.0
    limit: float = 0.0
    days: int = 1

    @property
    def cause(self) -> str:
        """What it speaks for."""
        return CAUSES[self.check]

    @property
    def forbids_training(self) -> bool:
        """Whether the day's rows are too few or too different to train on."""
        return self.severity in (Exit.TOO_LITTLE, Exit.BROKEN)
