"""The release as a command: `python -m ecluse_release [--json]`; 0 released, 1 refused, 2 a wrong setting."""

import os
import sys

from ecluse_release.command import run
from ecluse_release.settings import Settings

if __name__ == "__main__":
    sys.exit(run("ecluse_release", __doc__, lambda: Settings.read(os.environ)))
