"""Deletes what is older than predictions may be kept, on any store: not every one has rules for that."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from functools import partial

from ecluse_core.container import Container, Missing
from ecluse_monitor.predictions import THREADS


def expire(inference: Container, use_case: str, days: int, today: date) -> int:
    """Deletes the blobs of predictions and labels of days before the last `days`; how many these were."""
    last = f"{today - timedelta(days=days)}"
    old = [name for name in inference.sizes(use_case) if (day := _day(use_case, name)) and day < last]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(partial(_delete, inference), old))
    return len(old)


def _day(use_case: str, name: str) -> str:
    """The day of a blob as YYYY-MM-DD, by its folder; empty of anything else, which stays."""
    folders = name.removeprefix(f"{use_case}/").removeprefix("labels/").partition("/")[0]
    day = folders.removeprefix("date=")
    try:
        return f"{date.fromisoformat(day)}" if folders.startswith("date=") else ""
    except ValueError:
        return ""


def _delete(inference: Container, name: str) -> None:
    with suppress(Missing):
        inference.delete(name)
