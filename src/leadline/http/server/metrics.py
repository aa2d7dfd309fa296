"""The metrics of one process. Requests add to plain numbers, which `exporter.py` shows to Prometheus."""

from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from leadline.kit.background import repeating_work
from leadline.kit.db import Database, ReadStats, WriteStats

BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper ends of the histogram's buckets, in seconds."""
UNKNOWN = "unknown"
"""The route label of a request whose path has no route."""
PUBLISH_SECONDS = 1.0


class RequestTiming(msgspec.Struct):
    """The durations of the requests of one route, method and status. `buckets` has the number of requests in each
    bucket by itself, not cumulated; `seconds` is the sum of all."""

    buckets: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS_SECONDS) + 1))
    seconds: float = 0.0


class ServerMetrics(msgspec.Struct):
    """The metrics of a process. `requests` has route, method and status as keys: none that a client can make up."""

    requests: dict[tuple[str, str, int], RequestTiming] = {}
    in_flight: int = 0
    writes: WriteStats = WriteStats()
    reads: ReadStats = ReadStats()

    def count_request(self, route: str | None, method: str, status: int, seconds: float) -> None:
        key = (route or UNKNOWN, method, status)
        timing = self.requests.get(key)
        if timing is None:
            timing = self.requests[key] = RequestTiming()
        timing.buckets[bisect_left(BUCKETS_SECONDS, seconds)] += 1
        timing.seconds += seconds


PROCESS_METRICS = ServerMetrics()


@asynccontextmanager
async def publishing_metrics(metrics: ServerMetrics, database: Database, file: Path | None) -> AsyncIterator[None]:
    """While open, copies the database's counts of reads and writes into the metrics every second, and writes the
    metrics into the file, if any."""

    def publish_now() -> None:
        metrics.writes, metrics.reads = database.write_stats(), database.read_stats()
        if file is not None:
            with suppress(OSError):  # a full disk costs metrics, not the server
                _write_metrics(metrics, file)

    async def publish_again() -> None:
        publish_now()

    publish_now()
    try:
        async with repeating_work("publishing the figures", PUBLISH_SECONDS, publish_again):
            yield
    finally:
        publish_now()


def _write_metrics(metrics: ServerMetrics, file: Path) -> None:
    """Replaces the file in one step, so that a reader finds whole metrics, new or old."""
    written = file.with_suffix(".new")
    written.write_bytes(msgspec.msgpack.encode(metrics))
    written.replace(file)


def read_metrics(file: Path) -> ServerMetrics:
    return msgspec.msgpack.decode(file.read_bytes(), type=ServerMetrics)
