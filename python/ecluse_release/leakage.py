"""Whether trainings could read what models are judged by: then every other gate is too kind."""

import polars as pl

from ecluse_core.leakage import rows_in_both
from ecluse_release.gates import Gate


def leakage_gate(training: pl.DataFrame, holdout: pl.DataFrame) -> Gate:
    """No row that is held out, with its id and target, is among those for training."""
    found = rows_in_both(training, holdout).height
    result = "fail" if found else "pass"
    reason = f"share of the hold-out that trainings read as well: {found} rows"
    fix = "land each row once, in the data or in the hold-out" if found else ""
    share = found / holdout.height
    return Gate("leakage", result, not found, share, share, share, 0.0, holdout.height, reason, fix)
