"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

from ecluse import Contract

CONTRACT: Final = Contract(
    # The plan that suits a customer. Models have their probabilities in this order.
    target="plan",
    classes=("basic", "family", "business"),
    id="customer_id",
    categorical={
        "region": ("north", "south", "west"),
        "channel": ("app", "phone", "shop"),
    },
    # Plausible range of each number, closed at both ends.
    numeric={
        "age": (16, 120),
        "household": (1, 20),
        "data_gb": (0, 10_000),
        "call_hours": (0, 750),
        "days_abroad": (0, 366),
    },
)
