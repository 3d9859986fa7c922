"""Charts as numbers for inline SVG: templates draw them, so that no script runs in a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

WIDTH, HEIGHT = 240, 56
"""Of a small chart, in its own units."""
BAR = 300
"""Of a gate's bar."""
_ROOM = 1.1
"""So much higher than what is largest."""


@dataclass(frozen=True)
class Line:
    """A series: its points as SVG has them, and its last point; days without a value break nothing."""

    name: str
    points: str
    last: tuple[float, float]
    dots: tuple[tuple[float, float, str], ...]
    """Each point with its text."""


@dataclass(frozen=True)
class Chart:
    """Series over days, with levels to hold them against."""

    days: tuple[str, ...]
    lines: tuple[Line, ...]
    levels: Mapping[str, float]
    """The height of each level, by name."""
    low: float
    high: float
    width: int = WIDTH
    height: int = HEIGHT


def chart(
    days: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    levels: Mapping[str, float],
    from_zero: bool = True,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Chart | None:
    """The chart of series over the same days; None where there is no value."""
    values = [value for line in series.values() for value in line if value is not None]
    if not values:
        return None
    all_values = [*values, *levels.values()]
    low = min(0.0, *all_values) if from_zero else min(all_values)
    high = max(all_values)
    room = (high - low or abs(high) or 1.0) * (_ROOM - 1)
    low, high = (low if from_zero else low - room), high + room
    spot = _Scale(low, high, max(len(days) - 1, 1), width, height)
    lines = [_line(name, days, line, spot) for name, line in series.items()]
    heights = {name: spot.y(value) for name, value in levels.items()}
    shown = tuple(line for line in lines if line)
    return Chart(tuple(days), shown, heights, low, high, width, height)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    steps: int
    width: int
    height: int

    def x(self, step: int) -> float:
        return round(4 + step * (self.width - 8) / self.steps, 1)

    def y(self, value: float) -> float:
        return round(self.height - (value - self.low) / (self.high - self.low) * self.height, 1)


def _line(name: str, days: Sequence[str], values: Sequence[float | None], spot: _Scale) -> Line | None:
    dots = tuple(
        (spot.x(step), spot.y(value), f"{day}: {value:.4g}")
        for step, (day, value) in enumerate(zip(days, values, strict=True))
        if value is not None
    )
    if not dots:
        return None
    return Line(name, " ".join(f"{x},{y}" for x, y, _ in dots), dots[-1][:2], dots)


@dataclass(frozen=True)
class GateBar:
    """A gate as a bar: the value, the interval that its rows leave, and the bound that it must keep."""

    gate: Mapping[str, Any]
    start: float
    """Where the bar begins: at zero, or at the value where that is below."""
    length: float | None
    low: float
    high: float
    bound: float


def gate_bar(gate: Mapping[str, Any]) -> GateBar:
    """Where a gate's figures stand on a bar of BAR units."""
    known = [gate[key] for key in ("value", "low", "high", "bound") if gate.get(key) is not None]
    bottom, top = min(0.0, *known), max(*known, 1e-9)
    span = (top - bottom) * _ROOM or 1.0

    def at(value: float) -> float:
        return round((value - bottom) / span * BAR, 1)

    def of(key: str) -> float:
        found = gate.get(key) if gate.get(key) is not None else gate.get("value")
        return at(float(found or 0))

    zero, value = at(0), None if gate.get("value") is None else of("value")
    length = None if value is None else round(max(abs(value - zero), 1.0), 1)
    return GateBar(gate, min(zero, of("value")), length, of("low"), of("high"), of("bound"))


@dataclass(frozen=True)
class Bar:
    """A job on the pipeline's time: where its bar begins, and how long it is, both in percent."""

    start: float
    length: float


def timeline(jobs: Sequence[Mapping[str, Any]]) -> list[Bar | None]:
    """The bar of each job on the time of all; None for a job that did not run."""
    spans = [_span(job) for job in jobs]
    known = [span for span in spans if span]
    if not known:
        return [None for _ in jobs]
    began = min(start for start, _ in known)
    whole = max(start + seconds for start, seconds in known) - began or 1.0
    return [
        span and Bar(round(100 * (span[0] - began) / whole, 2), max(round(100 * span[1] / whole, 2), 0.6))
        for span in spans
    ]


def _span(job: Mapping[str, Any]) -> tuple[float, float] | None:
    started, seconds = job.get("started_at"), job.get("duration")
    if not isinstance(started, str) or not isinstance(seconds, int | float):
        return None
    return datetime.fromisoformat(started).timestamp(), float(seconds)
