"""What a caller gets for each row: a score. Of several classes also the predicted one, and all of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from ecluse_core.answer import CLASS, SCORE

PROBABILITIES = "probabilities"


def answers_of(scores: Sequence[Any], classes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The answer of each row. Of several classes, `scores` has a list for each row, a number for each class.

    `score` is then the probability of the predicted class.
    """
    if not classes:
        return ({SCORE: score} for score in scores)
    return (_of_classes(row, classes) for row in scores)


def _of_classes(row: Sequence[float], classes: Sequence[str]) -> dict[str, Any]:
    score = max(row)
    # The first of equal ones, as in the log.
    predicted = classes[row.index(score)]
    return {SCORE: score, CLASS: predicted, PROBABILITIES: dict(zip(classes, row, strict=True))}
