"""The metrics of all processes of a server, for Prometheus, on a port of their own."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from leadline.http.server.metrics import BUCKETS_SECONDS, PROCESS_METRICS, RequestTiming, ServerMetrics, read_metrics

SILENT_SECONDS = 10.0
"""The time after which a silent connection to the metrics port is closed."""

Reading = Callable[[], Iterable[tuple[int, ServerMetrics]]]
"""Returns the id and the metrics of each process."""


def start_exporter(host: str, port: int, folder: Path | None) -> None:
    """Serves the metrics from a thread. `folder` is where the workers write theirs; None serves those of this process
    alone. Raises `OSError` for an address that cannot be listened on."""
    registry = CollectorRegistry()
    registry.register(ServerCollector(_local_metrics if folder is None else lambda: _metrics_in(folder)))
    try:
        server, _ = start_http_server(port, host, registry)
    except OSError:
        where = f"{host}:{port}"
        raise OSError(f"cannot listen on {where}; choose another LEADLINE_METRICS_HOST or _PORT.") from None
    server.RequestHandlerClass.timeout = SILENT_SECONDS  # type: ignore[attr-defined]


def _local_metrics() -> Iterator[tuple[int, ServerMetrics]]:
    yield os.getpid(), PROCESS_METRICS


def _metrics_in(folder: Path) -> Iterator[tuple[int, ServerMetrics]]:
    for file in folder.glob("*.figures"):
        yield int(file.stem), read_metrics(file)


class ServerCollector(Collector):
    """A Prometheus collector. Counters include processes that have ended, so that they never fall."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[Metric]:
        metrics = dict(self._reading())
        living = [pid for pid in metrics if _is_alive(pid)]
        yield from _of_requests([(key, one) for each in metrics.values() for key, one in list(each.requests.items())])
        yield _make_gauge("requests_in_flight", "Requests being answered.", sum(metrics[p].in_flight for p in living))
        writes = [each.writes for each in metrics.values()]
        waiting = sum(metrics[pid].writes.waiting for pid in living)
        yield _make_gauge("writes_waiting", "Units of work that wait to be written.", waiting)
        yield _make_counter(
            "writes", "Units of work that were done, refused ones among them.", sum(each.units for each in writes)
        )
        yield _make_counter("write_groups", "Commits that they shared.", sum(each.groups for each in writes))
        reads = [each.reads for each in metrics.values()]
        yield _make_counter("replica_reads", "Reads that the replica answered.", sum(each.replica for each in reads))
        yield _make_counter(
            "replica_missed_reads", "Reads that the primary answered instead.", sum(each.primary for each in reads)
        )
        yield from _of_processes(living)


def _of_requests(timings: list[tuple[tuple[str, str, int], RequestTiming]]) -> Iterator[Metric]:
    by_status: dict[tuple[str, str, int], int] = {}
    by_route: dict[str, RequestTiming] = {}
    for key, timing in timings:
        by_status[key] = by_status.get(key, 0) + sum(timing.buckets)
        total = by_route.setdefault(key[0], RequestTiming())
        total.buckets = [a + b for a, b in zip(total.buckets, timing.buckets, strict=True)]
        total.seconds += timing.seconds
    labels = ["route", "method", "status"]
    requests = CounterMetricFamily("leadline_requests", "Requests answered.", labels=labels)
    for (route, method, status), count in by_status.items():
        requests.add_metric([route, method, str(status)], count)
    durations = HistogramMetricFamily("leadline_request_seconds", "How long an answer took.", labels=["route"])
    for route, timing in by_route.items():
        ends = [*map(str, BUCKETS_SECONDS), "+Inf"]
        durations.add_metric([route], list(zip(ends, accumulate(timing.buckets), strict=True)), timing.seconds)
    yield requests
    yield durations


def _of_processes(pids: Iterable[int]) -> Iterator[Metric]:
    """Returns Prometheus's standard metrics of each process, labelled with its id."""
    merged: dict[str, Metric] = {}
    for pid in pids:
        for family in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
            whole = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            for sample in family.samples:
                whole.add_sample(sample.name, {"pid": str(pid)}, sample.value)
    yield from merged.values()


def _make_gauge(name: str, documentation: str, value: int) -> Metric:
    return GaugeMetricFamily(f"leadline_{name}", documentation, value=value)


def _make_counter(name: str, documentation: str, value: int) -> Metric:
    return CounterMetricFamily(f"leadline_{name}", documentation, value=value)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
