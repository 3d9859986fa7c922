"""Runs the model server with the format of these tests beside its own."""

import sys

from ecluse_models import formats
from ecluse_serving.__main__ import main
from tests.models import linear

formats.FORMATS = (*formats.FORMATS, linear)
sys.exit(main())
