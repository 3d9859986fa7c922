"""What Prometheus reads of a model server: requests, predictions, the champion, what waits for the store."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from ecluse_serving.champion import Holder

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100)
"""Seconds: from a single row to the longest that a request may take."""


class Metrics:
    """The metrics of one server; nothing in them is of a person, a caller or a row."""

    def __init__(self, holder: Holder, waiting: Callable[[], int]) -> None:
        """`waiting` gives the bytes on the disk that the store has not."""
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "ecluse_serving_requests", "Requests that were answered.", ["path", "status"], registry=registry
        )
        self._seconds = Histogram(
            "ecluse_serving_request_seconds",
            "From a request to its answer.",
            ["path"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._rows = Counter(
            "ecluse_serving_predictions", "Rows that were scored and logged.", registry=registry
        )
        Gauge(
            "ecluse_serving_waiting_bytes",
            "Of predictions on the disk that the store has not yet.",
            registry=registry,
        ).set_function(waiting)
        Gauge(
            "ecluse_serving_reload_refused",
            "1 while the registry's champion cannot be loaded.",
            registry=registry,
        ).set_function(lambda: bool(holder.reason))
        registry.register(_Champion(holder))

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Counts a request by the path of its route."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def scored(self, rows: int) -> None:
        """Counts rows that were scored."""
        self._rows.inc(rows)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Champion(Collector):
    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def collect(self) -> Iterator[Metric]:
        """The version and commit that serve, while one does."""
        found = InfoMetricFamily("ecluse_serving_champion", "The version that serves.")
        if champion := self._holder.champion:
            found.add_metric([], {"version": champion.version, "commit": champion.commit})
        yield found
