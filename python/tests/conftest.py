"""A blob endpoint for the tests of several packages."""

from collections.abc import Iterator

import pytest

from tests.core import azurite as endpoint


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[endpoint.Azurite]:
    """A running blob endpoint."""
    with endpoint.azurite(tmp_path_factory.mktemp("azurite") / "blobs", "dev") as running:
        yield running
