"""A real tracking server for the tests of this folder, and a trusted issuer for those that need no server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity.tracking import RunningEnvironment, environment


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """A production environment's tracking server."""
    with environment(Path(tmp_path_factory.mktemp("prod"))) as running:
        yield running
