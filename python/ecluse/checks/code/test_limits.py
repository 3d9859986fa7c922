"""`limits.yaml` has every bound that the installed kit asks for, before anything is trained."""

from ecluse.limits import Limits


def test_every_bound_has_a_number_and_a_reason(limits: Limits) -> None:
    assert set(limits.values) == set(limits.reasons) == set(limits.bounds)
