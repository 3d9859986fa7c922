"""A production environment with landed data, for the tests of the release."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity.tracking import RunningEnvironment, environment
from tests.release.released import two_versions
from tests.release.training import land_data


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """A production environment's tracking server and data."""
    with environment(Path(tmp_path_factory.mktemp("prod"))) as running:
        land_data(running)
        yield running


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEnvironment]:
    """An environment with two versions, and a run that was refused."""
    with two_versions(Path(tmp_path_factory.mktemp("released"))) as running:
        yield running
