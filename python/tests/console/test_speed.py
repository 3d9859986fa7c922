"""How long pages take where there is much to show."""

import statistics
import time

from tests.console.console import Running, console
from tests.console.fakes import World
from tests.console.test_pages import JOBS, PIPELINE, Store, month

USE_CASES, PIPELINES = 50, 1_000


def many() -> tuple[World, Store]:
    """Fifty use cases with a thousand pipelines, each with a month of reports."""
    names = [f"use-case-{number}" for number in range(USE_CASES)]
    each = PIPELINES // USE_CASES
    pipelines = {
        str(project + 1): [{**PIPELINE, "id": project * each + number} for number in range(each, 0, -1)]
        for project in range(USE_CASES)
    }
    reports = {key: value for name in names for key, value in month(name).items()}
    world = World(use_cases=names, sees={"ana-session": names}, pipelines=pipelines, jobs=JOBS)
    return world, Store(reports)


def calls_of(running: Running, path: str) -> int:
    """How many calls a page makes."""
    before = len(running.world.asked)
    running.page(path)
    return len(running.world.asked) - before


def test_pages_take_a_second_at_most_with_fifty_use_cases() -> None:
    world, store = many()
    with console(world, store) as running:
        # Whatever the machine does beside: the calls that a page makes are what it can do about its time.
        assert calls_of(running, "/") == 4 * USE_CASES + 3
        assert calls_of(running, "/use-cases/use-case-7") <= 12
        for path in ("/", "/use-cases/use-case-7", "/lineage?q=2&use_case=use-case-7"):
            seconds = [_seconds(running, path) for _ in range(5)]
            print(f"{path}: {statistics.median(seconds):.2f} s")
            # Of the process's own time: the fakes answer in it too.
            assert min(seconds) < 1, path


def _seconds(running: Running, path: str) -> float:
    began = time.process_time()
    running.page(path)
    return time.process_time() - began
