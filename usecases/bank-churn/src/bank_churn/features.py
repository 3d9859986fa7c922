"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

from ecluse import Contract

CONTRACT: Final = Contract(
    # 1 where the customer left, else 0.
    target="exited",
    id="customer_id",
    categorical={
        "country": ("France", "Germany", "Spain"),
        "gender": ("Female", "Male"),
    },
    # Plausible range of each number, closed at both ends.
    numeric={
        "age": (18, 120),
        "credit_score": (300, 900),
        "tenure": (0, 80),
        "balance": (0, 10_000_000),
        "products": (1, 20),
        "has_card": (0, 1),
        "active": (0, 1),
        "salary": (0, 10_000_000),
    },
)
