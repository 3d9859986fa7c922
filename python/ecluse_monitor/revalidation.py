"""Whether the model is to be validated again: a day that the stack sets, and that people meet."""

from datetime import date

from ecluse_monitor.errors import Exit
from ecluse_monitor.finding import Finding
from ecluse_monitor.settings import AlertSettings


def overdue(review_by: date | None, as_of: date, alert: AlertSettings) -> Finding | None:
    """What a day says of a validation that should have been made before it; it alerts at once."""
    if review_by is None or as_of < review_by:
        return None
    late = (as_of - review_by).days
    text = (
        f"the model was to be validated again by {review_by}, {late} days ago: have that done, "
        "and set the next day as accountability.reviewBy of the stack's file"
    )
    return Finding("revalidation", Exit.WARNING, text, value=float(late), days=alert.bad_days)
