"""What the tests of the model ask for; each is a number here, not a judgement."""

from typing import Final

QUALITY_FLOOR: Final = 0.82
"""Lowest ROC AUC on the hold-out."""
SEGMENTS: Final = ("country", "gender", "active")
SEGMENT_FLOOR: Final = 0.78
"""Lowest ROC AUC in each segment, by its upper confidence bound."""
MIN_SEGMENT_ROWS: Final = 200
CALIBRATION: Final = 0.02
"""How far a predicted rate may lie off the true one, beyond chance."""
NULL_LOSS: Final = 0.05
"""How much AUC may be lost when a tenth of all values are missing."""
