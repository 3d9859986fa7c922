"""The data contract: it alone names columns, kinds and permitted values. Landing refuses the rest."""

from typing import Final

TARGET: Final = "exited"
ID: Final = "customer_id"
DATE: Final = "date"
CATEGORICAL: Final[dict[str, tuple[str, ...]]] = {
    "country": ("France", "Germany", "Spain"),
    "gender": ("Female", "Male"),
}
NUMERIC: Final[dict[str, tuple[float, float]]] = {
    "age": (18, 120),
    "credit_score": (300, 900),
    "tenure": (0, 80),
    "balance": (0, 10_000_000),
    "products": (1, 20),
    "has_card": (0, 1),
    "active": (0, 1),
    "salary": (0, 10_000_000),
}
"""Plausible range of each numeric input, closed at both ends; numerics are float64 so that a null fits."""
INPUTS: Final = (*CATEGORICAL, *NUMERIC)
