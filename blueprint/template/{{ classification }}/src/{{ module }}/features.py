"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

from ecluse import Contract

CONTRACT: Final = Contract(
    # 1 where the machine failed within a week, else 0.
    target="failed",
    id="machine_id",
    categorical={
        "site": ("Brest", "Lille", "Lyon"),
        "machine": ("lathe", "mill", "press"),
    },
    # Plausible range of each number, closed at both ends.
    numeric={
        "age_years": (0, 60),
        "service_days": (0, 3_650),
        "load": (0, 2),
        "temperature": (-30, 200),
        "vibration": (0, 100),
    },
)
