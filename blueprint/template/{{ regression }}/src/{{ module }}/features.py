"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

TARGET: Final = "heating_kwh"
TARGET_RANGE: Final = (0.0, 10_000_000.0)
"""Plausible energy for a year of heating, in kWh."""
ID: Final = "building_id"
DATE: Final = "date"
CATEGORICAL: Final[dict[str, tuple[str, ...]]] = {
    "region": ("centre", "north", "south"),
    "heating": ("district", "gas", "heat pump"),
}
NUMERIC: Final[dict[str, tuple[float, float]]] = {
    "floor_area": (10, 100_000),
    "year_built": (1500, 2100),
    "u_value": (0.05, 5),
    "occupants": (0, 10_000),
    "degree_days": (0, 8_000),
}
"""Plausible range of each numeric input, closed at both ends; numerics are float64 so that a null fits."""
INPUTS: Final = (*CATEGORICAL, *NUMERIC)
