"""What Prometheus reads of a model server, by Prometheus' own parser."""

from dataclasses import dataclass
from typing import Any, cast

from prometheus_client.parser import text_string_to_metric_families

from ecluse_serving.metrics import Metrics


@dataclass
class Champion:
    """What serves."""

    version: str
    commit: str


@dataclass
class Held:
    """A holder before it has found a champion."""

    champion: Champion | None = None
    reason: str = "no champion was looked for yet"


def samples(text: bytes) -> dict[tuple[str, ...], float]:
    """Each value by its name and labels; without the times at which counters began."""
    families = text_string_to_metric_families(text.decode())
    found = [sample for family in families for sample in family.samples]
    return {
        (sample.name, *sample.labels.values()): sample.value
        for sample in found
        if not sample.name.endswith("_created")
    }


def test_requests_and_rows_are_counted_and_what_is_now_is_read_when_asked() -> None:
    held, waiting = Held(), 0
    metrics = Metrics(cast(Any, held), lambda: waiting)
    before = samples(metrics.text())
    assert before["ecluse_serving_reload_refused",] == 1
    assert not [name for name, *_ in before if name.startswith("ecluse_serving_champion")]
    held.champion, held.reason, waiting = Champion("3", "a" * 40), "", 1_234
    metrics.answered("/score", 200, 0.004)
    metrics.answered("/score", 200, 3.0)
    metrics.answered("/score", 503, 0.5)
    metrics.scored(20)
    found = samples(metrics.text())
    assert found["ecluse_serving_requests_total", "/score", "200"] == 2
    assert found["ecluse_serving_requests_total", "/score", "503"] == 1
    assert found["ecluse_serving_predictions_total",] == 20
    assert found["ecluse_serving_waiting_bytes",] == 1_234
    assert found["ecluse_serving_reload_refused",] == 0
    assert found["ecluse_serving_champion_info", "a" * 40, "3"] == 1
    buckets = {key[1]: value for key, value in found.items() if key[0].endswith("seconds_bucket")}
    assert (buckets["0.005"], buckets["0.5"], buckets["2.5"], buckets["+Inf"]) == (1, 2, 2, 3)
