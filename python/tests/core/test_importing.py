"""Imports in less time."""

import gc

import pytest

from ecluse_core.importing import importing


def test_nothing_is_looked_for_meanwhile_and_again_afterwards() -> None:
    with importing():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() > 0
    gc.unfreeze()


def test_an_import_that_fails_leaves_it_as_it_was() -> None:
    with pytest.raises(ModuleNotFoundError), importing():
        import nothing_of_this_name  # noqa: F401  # pyright: ignore
    assert gc.isenabled()
    gc.unfreeze()
