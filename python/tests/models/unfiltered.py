"""The process of a model where the kernel takes no filter of system calls."""

# pyright: reportPrivateUsage=false

import sys

from ecluse_core import seccomp
from ecluse_models import worker

if __name__ == "__main__":
    seccomp._SET_MODE_FILTER = 99
    worker.main(sys.argv[1:])
