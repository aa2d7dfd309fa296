"""The figures of one process. Who answers requests adds to plain numbers; `exporter.py` shows them."""

from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from leadline.kit.background import repeating_work
from leadline.kit.db import Database, ReadStats, WriteStats

BUCKETS_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the histogram, in seconds."""
UNKNOWN = "unknown"
"""The route of a request whose path leads nowhere."""
PUBLISH_SECONDS = 1.0


class RequestTiming(msgspec.Struct):
    """The requests of one route, method and status: how many took how long, each bucket by itself."""

    buckets: list[int] = msgspec.field(default_factory=lambda: [0] * (len(BUCKETS_SECONDS) + 1))
    seconds: float = 0.0


class ServerMetrics(msgspec.Struct):
    """`requests` is by route, method and status, none of which a client can make up."""

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
async def publishing_metrics(figures: ServerMetrics, database: Database, file: Path | None) -> AsyncIterator[None]:
    """Meanwhile the figures know of the database's reads and writes, and the file has the figures, both as of a
    second ago at most."""

    def publish_now() -> None:
        figures.writes, figures.reads = database.write_stats(), database.read_stats()
        if file is not None:
            with suppress(OSError):  # a full disk costs figures, not the server
                _write_metrics(figures, file)

    async def publish_again() -> None:
        publish_now()

    publish_now()
    try:
        async with repeating_work("publishing the figures", PUBLISH_SECONDS, publish_again):
            yield
    finally:
        publish_now()


def _write_metrics(figures: ServerMetrics, file: Path) -> None:
    """Whoever reads the file finds the figures whole, of now or of before."""
    written = file.with_suffix(".new")
    written.write_bytes(msgspec.msgpack.encode(figures))
    written.replace(file)


def read_metrics(file: Path) -> ServerMetrics:
    return msgspec.msgpack.decode(file.read_bytes(), type=ServerMetrics)
