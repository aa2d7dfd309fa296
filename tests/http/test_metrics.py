"""What Prometheus reads, from a real server."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from leadline.http.server import exporter
from leadline.http.server.metrics import BUCKETS_SECONDS, ServerMetrics
from tests.e2e.raw import connected
from tests.e2e.server import NO_TLS, Server, serving


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


class Measured:
    """A server that shows its figures."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{port}/metrics"

    def figures(self) -> dict[str, float]:
        """By name and labels, as Prometheus writes them."""
        text = httpx2.get(self.url, verify=NO_TLS).text
        return {name: float(value) for name, value in re.findall(r"^([^#\s]\S*) (\S+)$", text, re.MULTILINE)}

    def when(self, name: str, value: float, *, or_more: bool = False) -> dict[str, float]:
        """The figures once one of them has this value; processes tell theirs every second."""
        for _ in range(60):
            figures = self.figures()
            found = figures.get(name, 0)
            if found == value or (or_more and found > value):
                return figures
            time.sleep(0.05)
        raise AssertionError(f"{name} is {found}, not {value}: {figures}")


@pytest.fixture(scope="module", params=[1, 2])
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    port = free_port()
    folder = tmp_path_factory.mktemp("measured") / "data"
    environment = {"LEADLINE_METRICS_PORT": str(port), "LEADLINE_LOGIN_LIMIT": "none"}
    with serving(folder, workers=request.param, environment=environment) as server:
        yield Measured(server, port)


def requests(route: str, method: str, status: int) -> str:
    return f'leadline_requests_total{{method="{method}",route="{route}",status="{status}"}}'


REQUESTS: list[tuple[str, str, dict[str, Any], str, str, int]] = [
    ("GET", "/api/leads/", {}, "/api/leads/", "GET", 200),
    ("HEAD", "/api/v1/leads", {}, "/api/leads/", "HEAD", 200),
    ("GET", "/api/leads/ld_x/", {}, "/api/leads/{id}/", "GET", 404),
    ("OPTIONS", "/api/leads/ld_x/", {}, "/api/leads/{id}/", "OPTIONS", 204),
    ("PUT", "/api/me/", {}, "/api/me/", "PUT", 405),
    ("PROPFIND", "/api/me/", {}, "/api/me/", "other", 405),
    ("GET", "/canary/7", {}, "unknown", "GET", 404),
    ("GET", "/api/canary/", {}, "unknown", "GET", 404),
    ("POST", "/api/leads/", {"json": {}}, "/api/leads/", "POST", 422),
    ("GET", "/api/me/", {"headers": {"Authorization": "Bearer canary"}}, "/api/me/", "GET", 401),
]


def test_requests_are_counted_by_route_method_and_status(measured: Measured) -> None:
    with measured.server.client() as client:
        for _ in range(3):
            for method, path, options, *_ in REQUESTS:
                client.request(method, path, **options)
    figures = measured.when(requests("unknown", "GET", 404), 6)
    for *_, route, method, status in REQUESTS:
        assert figures[requests(route, method, status)] == (6 if route == "unknown" else 3)
    assert "canary" not in str(figures)


def test_answers_are_measured_by_route(measured: Measured) -> None:
    before = measured.figures().get('leadline_request_seconds_count{route="/api/docs/"}', 0)
    with measured.server.client() as client:
        for _ in range(5):
            client.get("/api/docs/")
    figures = measured.when('leadline_request_seconds_count{route="/api/docs/"}', before + 5)
    ends = [*map(str, BUCKETS_SECONDS), "+Inf"]
    counts = [figures[f'leadline_request_seconds_bucket{{le="{end}",route="/api/docs/"}}'] for end in ends]
    assert counts == sorted(counts)
    assert counts[-1] == before + 5
    assert figures['leadline_request_seconds_sum{route="/api/docs/"}'] > 0


def test_writes_are_counted(measured: Measured) -> None:
    before = measured.figures()["leadline_writes_total"]
    with measured.server.client() as client:
        for _ in range(4):
            assert client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@desk.example"}).is_success
    figures = measured.when("leadline_writes_total", before + 4, or_more=True)
    assert 0 < figures["leadline_write_groups_total"] <= figures["leadline_writes_total"]
    assert figures["leadline_writes_waiting"] == 0


def test_what_is_being_answered_shows(measured: Measured) -> None:
    with connected(measured.server.url) as unfinished:
        key = measured.server.key.encode()
        unfinished.send(b"POST /api/leads/ HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer " + key)
        unfinished.send(b"\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        measured.when("leadline_requests_in_flight", 1)
    measured.when("leadline_requests_in_flight", 0)


def test_what_the_protocol_refuses_is_counted_too(measured: Measured) -> None:
    with connected(measured.server.url) as connection:
        connection.send(b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\nHost: desk\r\n\r\n")
        connection.answers()
    measured.when(requests("unknown", "other", 414), 1)


def test_every_process_shows_what_it_takes(measured: Measured) -> None:
    figures = measured.when("leadline_requests_in_flight", 0)
    memory = [value for name, value in figures.items() if name.startswith('process_resident_memory_bytes{pid="')]
    assert len(memory) in (1, 2)
    assert all(value > 2**20 for value in memory)


def test_counts_outlive_their_worker(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path / "data", workers=2, environment={"LEADLINE_METRICS_PORT": str(port)}) as server:
        measured = Measured(server, port)
        with server.client() as client:
            for _ in range(5):
                client.get("/api/me/")
        measured.when(requests("/api/me/", "GET", 200), 5)
        for pid in set(re.findall(r'pid="(\d+)"', str(measured.figures()))):
            os.kill(int(pid), signal.SIGKILL)
        assert measured.figures()[requests("/api/me/", "GET", 200)] == 5


def test_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refusal = f"leadline: cannot listen on 127.0.0.1:{port}; choose another"
        with pytest.raises(AssertionError, match=refusal):
            Server(tmp_path / "data", environment={"LEADLINE_METRICS_PORT": str(port)})


def test_there_are_no_more_series_than_routes_methods_and_statuses() -> None:
    figures = ServerMetrics()
    for number in range(100):
        figures.count_request(None, "other", 404, number / 10)
    [(key, timing)] = figures.requests.items()
    assert key == ("unknown", "other", 404)
    assert (sum(timing.buckets), round(timing.seconds, 3)) == (100, 495)


def test_who_says_nothing_to_the_metrics_port_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "SILENT_SECONDS", 0.1)
    port = free_port()
    exporter.start_exporter("127.0.0.1", port, None)
    with socket.create_connection(("127.0.0.1", port), 10) as silent:
        assert silent.recv(1) == b""
