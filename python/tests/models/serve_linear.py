"""Runs the model server with the format of these tests beside its own."""

import sys

from ecluse_models import confined
from ecluse_serving.__main__ import main

confined.PROGRAM = ("tests.models.linear_worker",)
sys.exit(main())
