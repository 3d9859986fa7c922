"""A production environment with a released champion, for the tests of the model server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity.tracking import Basin, basin
from tests.release.training import land_data


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Basin]:
    """A production environment's tracking server and data."""
    with basin(Path(tmp_path_factory.mktemp("prod"))) as running:
        land_data(running)
        yield running
