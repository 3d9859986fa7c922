"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

TARGET: Final = "failed"
"""1 where the machine failed within a week, else 0."""
ID: Final = "machine_id"
DATE: Final = "date"
CATEGORICAL: Final[dict[str, tuple[str, ...]]] = {
    "site": ("Brest", "Lille", "Lyon"),
    "machine": ("lathe", "mill", "press"),
}
NUMERIC: Final[dict[str, tuple[float, float]]] = {
    "age_years": (0, 60),
    "service_days": (0, 3_650),
    "load": (0, 2),
    "temperature": (-30, 200),
    "vibration": (0, 100),
}
"""Plausible range of each numeric input, closed at both ends; numerics are float64 so that a null fits."""
INPUTS: Final = (*CATEGORICAL, *NUMERIC)
