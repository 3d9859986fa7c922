"""A use case watched day by day, with history and alerts, as `python -m ecluse_monitor check` keeps them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import polars as pl

from ecluse_monitor.baseline import Baseline
from ecluse_monitor.check import Verdict, judge
from ecluse_monitor.late import Labelled
from ecluse_monitor.seasons import History, Past
from ecluse_monitor.settings import Settings
from ecluse_monitor.state import Day, Run, State, advance, empty, firing, mine, settle


@dataclass
class Watched:
    """`sent` are all messages, `opened` the incidents: the days on which the alert of a cause began to fire.

    Without `remembers` each day is judged as if it were the first.
    """

    baseline: Baseline
    settings: Settings = field(default_factory=Settings)
    remembers: bool = True
    days: dict[date, Past] = field(default_factory=dict[date, Past])
    state: State = field(default_factory=empty)
    sent: list[str] = field(default_factory=list[str])
    opened: list[tuple[date, str]] = field(default_factory=list[tuple[date, str]])

    def day(self, as_of: date, rows: pl.DataFrame, labelled: Labelled | None = None) -> Verdict:
        """Judges the rows of a day, and moves the alerts on."""
        weeks = self.settings.drift.season_weeks
        near = {each: past for each, past in self.days.items() if (as_of - each).days <= 7 * weeks}
        verdict = judge(rows, "1", self.baseline, self.settings, as_of, labelled, History(as_of, near))
        if verdict.past and self.remembers:
            self.days[as_of] = verdict.past
        self._tell(as_of, verdict)
        return verdict

    def _tell(self, as_of: date, verdict: Verdict) -> None:
        now = datetime.combine(as_of, time(23), UTC)
        run = Run(as_of.isoformat(), "prod", "bench", "1", as_of, now)
        weights = {name: each.get("importance", 0.0) for name, each in self.baseline["columns"].items()}
        before = {alert["cause"] for alert in firing(self.state)}
        day = Day(verdict.findings, verdict.unanswered, weights)
        moved = advance(self.state, day, run, self.settings.alert)
        self.sent += [f"{as_of}: {message['text']}" for message in mine(moved, run)]
        self.opened += [(as_of, alert["cause"]) for alert in firing(moved) if alert["cause"] not in before]
        self.state = settle(moved, run, sent=True)
