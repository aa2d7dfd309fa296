"""Clients that are slow, silent or many do not keep others out."""

import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import pytest

from tests.e2e.raw import connected, request
from tests.e2e.server import Server, serving

SEATS = {"LEADLINE_MAX_CONNECTIONS": "20", "LEADLINE_LOGIN_LIMIT": "none"}
HASTE = {"LEADLINE_HEADER_SECONDS": "0.4", "LEADLINE_BODY_SECONDS": "0.4", "LEADLINE_KEEP_ALIVE_SECONDS": "1"}
HEALTH = b"GET /api/health/ HTTP/1.1\r\nHost: desk\r\n\r\n"


@pytest.fixture(scope="module")
def hasty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hasty") / "data", environment=SEATS | HASTE) as server:
        yield server


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("small") / "data", environment=SEATS) as server:
        yield server


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    with ExitStack() as connections:
        yield connections


def half_body(key: str, *headers: bytes) -> bytes:
    return request(key, "POST /api/leads/", b"Content-Length: 100", *headers, body=b"{")


def health(server: Server) -> httpx2.Response:
    return server.ask("GET", "/api/health/")


def wait_for(server: Server, status: int) -> httpx2.Response:
    for _ in range(200):
        if (answer := health(server)).status_code == status:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"no answer is {status}")


def test_clients_that_say_no_more_are_let_go(hasty_server: Server, crowd: ExitStack) -> None:
    said = {
        b"": [408],
        b"\r\n\r\n": [408],
        b"GET /api/hea": [408],
        HEALTH[:-2]: [408],
        half_body(hasty_server.key): [408],
        HEALTH: [200],
    }
    silent = {beginning: crowd.enter_context(connected(hasty_server.url)) for beginning in said}
    for beginning, connection in silent.items():
        connection.send(beginning)
    heard = {
        beginning: [answer.status for answer in connection.answers()] for beginning, connection in silent.items()
    }
    assert heard == said


@pytest.mark.parametrize(("beginning", "heard"), [(b"\r\n", []), (HEALTH[:-2], [408])])
def test_a_client_that_says_no_more_after_an_answer_is_let_go(
    hasty_server: Server, crowd: ExitStack, beginning: bytes, heard: list[int]
) -> None:
    connection = crowd.enter_context(connected(hasty_server.url))
    connection.send(HEALTH)
    answer = connection.answer()
    connection.send(beginning)
    assert [answer and answer.status, *(later.status for later in connection.answers())] == [200, *heard]


def test_a_client_that_has_begun_another_request_before_it_was_answered_is_told(
    hasty_server: Server, crowd: ExitStack
) -> None:
    connection = crowd.enter_context(connected(hasty_server.url))
    connection.send(HEALTH + HEALTH[:-2])
    assert [answer.status for answer in connection.answers()] == [200, 408]


def test_a_client_that_was_refused_before_it_had_sent_everything_is_let_go_as_others(
    hasty_server: Server, crowd: ExitStack
) -> None:
    connection = crowd.enter_context(connected(hasty_server.url))
    connection.send(half_body("pk_live_of_a_stranger"))
    answer = connection.answer()
    connection.send(b" " * 99)
    assert [answer and answer.status, *connection.answers()] == [401]


def test_a_client_that_sends_a_byte_at_a_time_is_let_go(hasty_server: Server, crowd: ExitStack) -> None:
    connection = crowd.enter_context(connected(hasty_server.url))
    for byte in HEALTH[:12]:
        connection.send(bytes([byte]))
        time.sleep(0.1)
    assert [answer.status for answer in connection.answers()] == [408]


def test_clients_that_do_not_read_what_they_asked_for_are_let_go(hasty_server: Server, crowd: ExitStack) -> None:
    for _ in range(20):
        connection = crowd.enter_context(connected(hasty_server.url))
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.send(request("", "GET /api/docs/") * 300)
    wait_for(hasty_server, 503)
    wait_for(hasty_server, 200)


def test_strangers_that_send_half_a_body_keep_nobody_out(small_server: Server, crowd: ExitStack) -> None:
    for _ in range(60):
        connection = crowd.enter_context(connected(small_server.url))
        connection.send(half_body("pk_live_of_a_stranger"))
        answer = connection.answer()
        assert answer is not None
        assert answer.status == 401
    assert health(small_server).status_code == 200


def test_a_full_house_says_so_until_somebody_leaves(small_server: Server, crowd: ExitStack) -> None:
    seated = [crowd.enter_context(connected(small_server.url)) for _ in range(20)]
    for connection in seated:
        connection.send(half_body(small_server.key, b"Expect: 100-continue"))
    interim = [connection.answer() for connection in seated]
    assert Counter(answer and answer.status for answer in interim) == {100: 20}
    refused = health(small_server)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["retry-after"] == "2"
    seated[0].close()
    wait_for(small_server, 200)


def test_three_thousand_half_open_connections_keep_nobody_out(tmp_path: Path, crowd: ExitStack) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8_192), most))
    statuses: Counter[int] = Counter()
    with serving(tmp_path / "data") as server, server.client() as client:
        for number in range(3_000):
            crowd.enter_context(connected(server.url)).send(HEALTH[:9])
            if number % 60 == 0:
                statuses[health(server).status_code] += 1
        lead = client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@crowd.example"})
    assert statuses == {200: 50}
    assert lead.status_code == 201


def test_a_system_that_allows_few_open_files_shuts_nobody_out(tmp_path: Path, crowd: ExitStack) -> None:
    with serving(tmp_path / "data", prefix=["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"]) as server:
        for _ in range(80):
            crowd.enter_context(connected(server.url))
        assert health(server).status_code == 200
        assert "allows 64 open files" in server.log()
        assert "ulimit -n" in server.log()


def test_requests_sent_ahead_wait_as_bytes_beyond_the_first_few(tmp_path: Path, crowd: ExitStack) -> None:
    with serving(tmp_path / "data", environment={"LEADLINE_LOG_LEVEL": "error"}) as server:
        before = resident_mib(server)
        for _ in range(50):
            silent = crowd.enter_context(connected(server.url))
            silent.socket.setblocking(False)
            with suppress(BlockingIOError):
                silent.socket.send(b"GET / HTTP/1.1\r\nHost:\r\n\r\n" * 10_000)
        assert health(server).status_code == 200
        assert resident_mib(server) - before < 100


def test_a_large_answer_that_many_do_not_read_is_kept_once(tmp_path: Path, crowd: ExitStack) -> None:
    with serving(tmp_path / "data", environment={"LEADLINE_LOG_LEVEL": "error"}) as server:
        assert server.ask("GET", "/api/openapi.json").status_code == 200
        before = resident_mib(server)
        for _ in range(100):
            silent = crowd.enter_context(connected(server.url))
            silent.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            silent.send(request("", "GET /api/openapi.json") * 20)
        assert health(server).status_code == 200
        assert resident_mib(server) - before < 30


def resident_mib(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024
