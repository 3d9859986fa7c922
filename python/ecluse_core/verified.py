"""Tags of runs that the tracking server sets from a verified token; no client can set or change one."""

from typing import Final

VERIFIED: Final = "ecluse.verified."
"""What the keys of those tags begin with."""
COMMIT: Final = f"{VERIFIED}commit"
"""The commit of the job that made the run."""
