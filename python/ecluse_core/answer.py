"""What a model answers for a row: one number, or a probability for each of several classes by name.

The one place that says which columns an answer has. Training writes them for the monitor's baseline, and the
model server logs them, so that both are compared by the same names.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SCORE: Final = "score"
CLASS: Final = "class"
PROBABILITY: Final = "probability_"
"""What the column of a class's probability is called, before the name of the class."""
FEWEST_CLASSES: Final = 3
MOST_CLASSES: Final = 100
"""Each is a number in every answer and a column in every row of the log."""
LONGEST_CLASS: Final = 100


def columns_of_scores(scores: NDArray[np.float64], classes: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The columns of an answer, by name: `score` alone, where there are no classes.

    Else `scores` are rows × classes: `score` is the probability of the class that is predicted, which is
    `class`, and `probability_<class>` is that of each.
    """
    if not classes:
        return {SCORE: scores}
    predicted = scores.argmax(axis=1)
    return {
        SCORE: scores.max(axis=1),
        CLASS: np.array(classes, dtype=object)[predicted],
        **{f"{PROBABILITY}{name}": scores[:, number] for number, name in enumerate(classes)},
    }


def wrong_classes(classes: object) -> str:
    """What is wrong with the names of a target's classes, in words; empty where nothing is."""
    if not isinstance(classes, list | tuple) or not all(isinstance(name, str) for name in classes):
        return f"classes must be a list of texts, got {str(classes)[:80]}"
    names = [str(name) for name in classes]
    if not FEWEST_CLASSES <= len(names) <= MOST_CLASSES:
        fix = "of two, let the target be 1 where it happened, else 0, and leave classes out"
        return f"there are {len(names)} classes, and {FEWEST_CLASSES} to {MOST_CLASSES} are taken; {fix}"
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return f"the class {twice!r} stands twice; name each once"
    long = next(
        (name for name in names if not 0 < len(name) <= LONGEST_CLASS or not name.isprintable()), None
    )
    return "" if long is None else f"the class {long[:80]!r} is no name of 1 to {LONGEST_CLASS} characters"
