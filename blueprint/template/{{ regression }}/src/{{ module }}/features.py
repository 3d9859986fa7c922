"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

from ecluse import Contract

CONTRACT: Final = Contract(
    # Energy for a year of heating, in kWh.
    target="heating_kwh",
    target_range=(0, 10_000_000),
    id="building_id",
    categorical={
        "region": ("centre", "north", "south"),
        "heating": ("district", "gas", "heat pump"),
    },
    # Plausible range of each number, closed at both ends.
    numeric={
        "floor_area": (10, 100_000),
        "year_built": (1500, 2100),
        "u_value": (0.05, 5),
        "occupants": (0, 10_000),
        "degree_days": (0, 8_000),
    },
)
