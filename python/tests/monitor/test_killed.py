"""A check that is killed at any moment: the next one sends its alert, and once.

What is left is the same from one write to the next, so it is killed before each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from ecluse_core.container import Container
from ecluse_monitor import watch
from ecluse_monitor.baseline import Baseline, build_baseline
from ecluse_monitor.errors import Exit
from ecluse_monitor.forge import Forge
from tests.monitor.conftest import Platform, draw
from tests.monitor.test_commands import Check, Environment, check, log

__all__ = ["check"]

SETTINGS: dict[str, Any] = {
    "alert": {"bad_days": 1},
    "drift": {"season_weeks": 0},
    "slices": {"enabled": False},
    "anomalies": {"enabled": False},
}
"""What alerts at once, and reads one day alone."""


class Killed(BaseException):
    """As by `kill -9`: nothing catches it."""


@dataclass
class Reaper:
    """Kills before the nth write."""

    dies_at: int
    writes: int = 0

    def watch(self, write: Callable[..., Any]) -> Callable[..., Any]:
        """The same write, at which it kills."""

        def watched(*args: Any, **more: Any) -> Any:
            self.writes += 1
            if self.writes >= self.dies_at:
                raise Killed
            return write(*args, **more)

        return watched


def killed(monkeypatch: pytest.MonkeyPatch, reaper: Reaper, check: Check) -> bool:
    """Whether a check was killed: it is not where it has fewer writes."""
    with monkeypatch.context() as patch:
        patch.setattr(Container, "write", reaper.watch(Container.write))
        patch.setattr(Forge, "call", reaper.watch(Forge.call))  # reads, too
        patch.setattr(watch, "post", reaper.watch(watch.post))
        try:
            check("2026-11-01")
        except Killed:
            return True
    return False


@pytest.fixture(scope="module")
def small() -> Baseline:
    """A baseline that takes little to judge by."""
    return build_baseline(draw(2000, 99), SETTINGS)


def test_no_moment_loses_an_alert_or_doubles_it(
    environment: Environment,
    check: Check,
    platform: Platform,
    small: Baseline,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    platform.baseline = small
    log(environment, "2026-11-01", draw(600, 1, shift=0.7))
    monkeypatch.setattr("ecluse_monitor.delivery.PATIENCE", 0.05)
    moment = 0

    def state_name(_demonstration: bool) -> str:
        return f"state-{moment}.json"

    monkeypatch.setattr("ecluse_monitor.commands._state_name", state_name)
    for moment in count(1):
        platform.issues.clear()
        platform.notes.clear()
        platform.tags.clear()
        if not killed(monkeypatch, Reaper(moment), check):
            break
        code, report = check("2026-11-01")
        assert (code, report["alerts"]["drift"]["state"]) == (Exit.CRITICAL, "FIRING"), moment
        assert (len(platform.issues), len(platform.notes), len(platform.tags)) == (1, 1, 1), moment
    # State, report and page, issue, comment, state, report and page again, and the verdict in MLflow.
    assert moment > 9
