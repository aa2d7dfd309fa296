"""Responses that are sent part by part, over a real socket."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.e2e.raw import Connection, connected
from tests.e2e.server import Server, serving
from tests.e2e.test_crowds import resident_mib

WAIT_SECONDS = 20.0
"""How long something is waited for that must come to be."""


@contextmanager
def streaming(folder: Path, **settings: str) -> Iterator[Server]:
    environment = {f"LEADLINE_{name}": value for name, value in settings.items()}
    with serving(folder, module="tests.e2e.streams", environment=environment) as server:
        yield server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with streaming(tmp_path / "data") as server:
        yield server


def request_for(server: Server, name: str, version: str = "1.1", method: str = "GET") -> bytes:
    head = f"{method} /api/streams/{name}/ HTTP/{version}\r\nHost: desk\r\nAuthorization: Bearer {server.key}\r\n\r\n"
    return head.encode()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def open_streams(server: Server) -> int:
    with server.client() as client:
        return int(client.get("/api/streams/").json()["open"])


def read_until(connection: Connection, wanted: bytes) -> bytes:
    read = b""
    while wanted not in read:
        data = connection.socket.recv(65_536)
        assert data, read
        read += data
    return read


def test_the_parts_come_one_by_one_and_end(server: Server) -> None:
    with connected(server.url) as connection:
        connection.send(request_for(server, "short"))
        answer = read_until(connection, b"\r\n0\r\n\r\n")
        assert connection.socket.recv(10) == b""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"transfer-encoding: chunked" in head.lower()
    assert b"connection: close" in head.lower()
    assert body == b"8\r\nshort 0\n\r\n8\r\nshort 1\n\r\n8\r\nshort 2\n\r\n0\r\n\r\n"
    wait_until(lambda: open_streams(server) == 0)


def test_a_client_that_leaves_ends_its_stream(server: Server) -> None:
    with connected(server.url) as connection:
        connection.send(request_for(server, "ticks"))
        read_until(connection, b"tick")
        assert open_streams(server) == 1
    wait_until(lambda: open_streams(server) == 0)


def test_a_client_that_leaves_a_silent_stream_frees_its_place_at_once(tmp_path: Path) -> None:
    """A browser opens another stream whenever it loads the page anew, and a caller has ten at once."""
    with serving(tmp_path / "data") as server:
        ask = f"GET /api/changes/stream/ HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {server.key}\r\n\r\n"
        for _ in range(12):
            with connected(server.url) as connection:
                connection.send(ask.encode())
                assert read_until(connection, b"retry:").startswith(b"HTTP/1.1 200")


def log_line(server: Server) -> dict[str, object]:
    """The one line of a request for a stream, once the server is stopped."""
    assert server.stop() == 0
    lines = [json.loads(line) for line in server.log_text.splitlines()]
    (found,) = [line for line in lines if line.get("route") == "/api/streams/{id}/"]
    return dict(found)


def test_a_client_that_left_is_logged_as_such(server: Server) -> None:
    with connected(server.url) as connection:
        connection.send(request_for(server, "ticks"))
        read_until(connection, b"tick")
    wait_until(lambda: open_streams(server) == 0)
    assert log_line(server)["status"] == 499


def test_a_stream_that_ends_and_one_that_the_server_ends_are_logged_as_answered(tmp_path: Path) -> None:
    for name, last in (("short", b"\r\n0\r\n\r\n"), ("ticks", b"tick")):
        with streaming(tmp_path / name) as server, connected(server.url) as connection:
            connection.send(request_for(server, name))
            read_until(connection, last)
            assert log_line(server)["status"] == 200


def test_a_quiet_stream_has_heartbeats_so_that_a_client_that_left_is_noticed(server: Server) -> None:
    with connected(server.url) as connection:
        connection.send(request_for(server, "quiet"))
        read_until(connection, b"beat\n\r\n5\r\nbeat")
    wait_until(lambda: open_streams(server) == 0)
    assert log_line(server)["status"] == 499


def test_a_busy_stream_has_no_heartbeats(server: Server) -> None:
    """It has a part every 0.02 s; the heartbeat would come after a second of silence."""
    with connected(server.url) as connection:
        connection.send(request_for(server, "ticks"))
        read = b"".join(read_until(connection, b"tick") for _ in range(100))
    assert b"beat" not in read


def test_further_requests_on_its_connection_end_it(server: Server) -> None:
    with connected(server.url) as connection:
        connection.send(request_for(server, "ticks"))
        read_until(connection, b"tick")
        connection.send(b"GET /api/health/ HTTP/1.1\r\nHost: desk\r\n\r\n")
        wait_until(lambda: open_streams(server) == 0)


def test_requests_sent_ahead_of_it_are_dropped(server: Server) -> None:
    """Whole or in part, in one packet with the request for the stream."""
    for ahead in (b"GET /api/health/ HTTP/1.1\r\nHost: desk\r\n\r\n", b"GET /api/heal"):
        with connected(server.url) as connection:
            connection.send(request_for(server, "ticks") + ahead)
            read_until(connection, b"tick\n\r\n5\r\ntick")
            assert open_streams(server) == 1
        wait_until(lambda: open_streams(server) == 0)


def test_a_stop_ends_them_all(tmp_path: Path) -> None:
    with streaming(tmp_path / "data", STOP_SECONDS="300") as server, ExitStack() as stack:
        connections = [stack.enter_context(connected(server.url)) for _ in range(10)]
        for connection in connections:
            connection.send(request_for(server, "ticks"))
            read_until(connection, b"tick")
        assert server.stop() == 0
        for connection in connections:
            read_until(connection, b"0\r\n\r\n")


def test_a_client_that_does_not_read_costs_little_and_is_left(tmp_path: Path) -> None:
    with streaming(tmp_path / "data", BODY_SECONDS="1") as server, connected(server.url) as connection:
        before = resident_mib(server)
        connection.send(request_for(server, "flood"))
        wait_until(lambda: open_streams(server) == 1)
        wait_until(lambda: open_streams(server) == 0)
        assert resident_mib(server) - before < 50


def test_http_1_0_is_refused_and_head_has_no_parts(server: Server) -> None:
    with connected(server.url) as connection:
        connection.send(request_for(server, "ticks", version="1.0"))
        answer = connection.answer()
        assert answer is not None
        assert answer.status == 505
    with connected(server.url) as connection:
        connection.send(request_for(server, "ticks", method="HEAD"))
        assert read_until(connection, b"\r\n\r\n").endswith(b"\r\n\r\n")
        assert connection.socket.recv(10) == b""
    assert open_streams(server) == 0


@pytest.mark.parametrize(("connections", "streams", "status"), [("30", 3, 503), ("200", 10, 429)])
def test_there_are_so_many_at_once(tmp_path: Path, connections: str, streams: int, status: int) -> None:
    with streaming(tmp_path / "data", MAX_CONNECTIONS=connections) as server, ExitStack() as stack:
        for _ in range(streams):
            connection = stack.enter_context(connected(server.url))
            connection.send(request_for(server, "ticks"))
            read_until(connection, b"tick")
        with server.client() as client:
            refused = client.get("/api/streams/ticks/")
        assert (refused.status_code, refused.headers["Retry-After"]) == (status, "5")
        assert open_streams(server) == streams


def test_one_that_fails_has_no_end_and_is_logged(tmp_path: Path) -> None:
    with streaming(tmp_path / "data") as server:
        with server.client() as client, pytest.raises(httpx2.RemoteProtocolError):
            client.get("/api/streams/broken/")
        assert open_streams(server) == 0
        assert server.stop() == 0
    lines = [json.loads(line) for line in server.log_text.splitlines()]
    (failure,) = [line for line in lines if line["event"] == "a stream failed"]
    (answered,) = [line for line in lines if line.get("route") == "/api/streams/{id}/"]
    assert failure["error"] == "LookupError"
    assert failure["requestId"] == answered["requestId"]


def test_a_long_one_is_not_slow(tmp_path: Path) -> None:
    with streaming(tmp_path / "data", SLOW_SECONDS="0.001") as server:
        with connected(server.url) as connection:
            connection.send(request_for(server, "ticks"))
            read_until(connection, b"tick")
        wait_until(lambda: open_streams(server) == 0)
        assert log_line(server)["level"] == "info"


def test_a_handler_reads_the_parameters_of_its_path(server: Server) -> None:
    with server.client() as client:
        answer = client.get("/api/streams/ticks/parts/s%C3%A9ven/")
    assert answer.json() == {"id": "ticks", "part": "séven"}
