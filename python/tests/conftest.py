"""A blob endpoint for the tests of several packages."""

import base64
import secrets
from collections.abc import Iterator

import pytest

from tests.identity import tracking


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A real blob endpoint: its URL and key."""
    encoded = base64.b64encode(secrets.token_bytes(64)).decode()
    with tracking.azurite(tmp_path_factory.mktemp("azurite") / "blobs", "dev", encoded) as url:
        yield {"url": url, "key": encoded}
