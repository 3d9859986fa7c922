"""What the tests of the model ask for; each is a number here, not a judgement."""

from typing import Final

QUALITY_FLOOR: Final = 0.7
"""Lowest R² on the hold-out."""
SEGMENTS: Final = ("region", "heating")
SEGMENT_FLOOR: Final = 0.5
"""Lowest R² in each segment, by its upper confidence bound."""
MIN_SEGMENT_ROWS: Final = 50
BIAS: Final = 0.1
"""How far predictions may lie off on average, beyond chance, in standard deviations of the target."""
NULL_LOSS: Final = 0.35
"""How much R² may be lost when a tenth of all values are missing."""
