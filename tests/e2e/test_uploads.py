"""Raw bodies that a handler reads as they arrive, over a real socket."""

import hashlib
import itertools
import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.raw import Answer, Connection, connected, request
from tests.e2e.server import Server, serving
from tests.e2e.test_crowds import resident_mib
from tests.e2e.test_streams import wait_until
from tests.e2e.uploads import MAX_BYTES

MIB = 1024 * 1024
CHUNKED = b"Transfer-Encoding: chunked"
END = b"0\r\n\r\n"


@contextmanager
def taking_uploads(folder: Path, **settings: str) -> Iterator[Server]:
    environment = {f"LEADLINE_{name}": value for name, value in settings.items()}
    with serving(folder, module="tests.e2e.uploads", environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with taking_uploads(tmp_path_factory.mktemp("uploads") / "data") as server:
        yield server


@pytest.fixture
def hasty_server(tmp_path: Path) -> Iterator[Server]:
    with taking_uploads(tmp_path / "data", BODY_SECONDS="2") as server:
        yield server


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    with connected(server.url) as connection:
        yield connection


def head(server: Server, *headers: bytes, name: str = "whole", key: str | None = None) -> bytes:
    return request(server.key if key is None else key, f"POST /api/uploads/{name}/", *headers)


def declared(size: int) -> bytes:
    return b"Content-Length: %d" % size


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def fates(server: Server) -> dict[str, int]:
    with server.client() as client:
        return dict(client.get("/api/uploads/").json())


def send_while_taken(connection: Connection, parts: Iterable[bytes]) -> None:
    for part in parts:
        connection.socket.sendall(part)


def send_until_paused(connection: Connection, body: bytes) -> int:
    """Sends until the server has taken nothing for as long as the socket waits. Returns how much it took."""
    sent = 0
    with suppress(TimeoutError):
        while sent < len(body):
            sent += connection.socket.send(body[sent : sent + MIB])
    assert sent < len(body)
    return sent


def assert_taken(answer: Answer | None, body: bytes) -> None:
    assert answer is not None
    assert answer.status == 201, answer.body
    assert json.loads(answer.body) == {"size": len(body), "digest": hashlib.sha256(body).hexdigest()}


def assert_refused(connection: Connection, status: int, code: str) -> None:
    """The client can read why, and then the connection is closed."""
    (answer,) = connection.answers()
    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("size", [0, 1, 70_000, 5 * MIB, MAX_BYTES])
@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_of_any_type_is_taken_up_to_the_limit(
    server: Server, connection: Connection, size: int, is_chunked: bool
) -> None:
    body = bytes(itertools.islice(itertools.cycle(range(251)), size))
    if is_chunked:
        connection.send(head(server, CHUNKED))
        for start in range(0, size, MIB):
            connection.send(chunk(body[start : start + MIB]))
        connection.send(END)
    else:
        connection.send(head(server, declared(size)) + body)
    assert_taken(connection.answer(), body)
    connection.send(request(server.key, "GET /api/uploads/"))
    following = connection.answer()
    assert following is not None
    assert following.status == 200


def test_uploads_may_be_sent_ahead(server: Server, connection: Connection) -> None:
    bodies = [b"a" * 10, b"b" * 200_000, b"c" * 10]
    connection.send(b"".join(head(server, declared(len(body))) + body for body in bodies))
    for body in bodies:
        assert_taken(connection.answer(), body)


def test_one_that_declares_too_much_is_refused_before_it_is_sent(server: Server, connection: Connection) -> None:
    connection.send(head(server, declared(MAX_BYTES + 1)))
    assert_refused(connection, 413, "body_too_large")


def test_a_client_that_sends_too_much_reads_why_it_was_refused(server: Server) -> None:
    """Also if it sends everything before it reads, as most do."""
    part = b"x" * MIB
    for header, frame in ((CHUNKED, chunk(part)), (declared(MAX_BYTES + 20 * MIB), part)):
        with connected(server.url) as connection:
            connection.socket.sendall(head(server, header))
            send_while_taken(connection, [frame] * (MAX_BYTES // MIB + 20))
            assert_refused(connection, 413, "body_too_large")


def test_a_client_that_never_stops_sending_is_cut(server: Server, connection: Connection) -> None:
    connection.socket.sendall(head(server, declared(100 * MAX_BYTES)))
    with pytest.raises(ConnectionError):
        send_while_taken(connection, itertools.repeat(b"x" * MIB))


def test_a_compressed_body_is_refused(server: Server, connection: Connection) -> None:
    connection.send(head(server, declared(5 * MIB), b"Content-Encoding: gzip") + b"x" * 5 * MIB)
    assert_refused(connection, 415, "unsupported_media_type")


def test_a_stranger_is_refused_and_not_listened_to(server: Server, connection: Connection) -> None:
    connection.send(head(server, declared(5 * MIB), key="pk_live_of_a_stranger") + b"x" * 5 * MIB)
    assert_refused(connection, 401, "bad_token")


def test_a_body_is_asked_for_if_it_will_be_read(server: Server, connection: Connection) -> None:
    body = b"x" * 100_000
    connection.send(head(server, declared(len(body)), b"Expect: 100-continue"))
    interim = connection.answer()
    assert interim is not None
    assert interim.status == 100
    connection.send(body)
    assert_taken(connection.answer(), body)
    connection.send(head(server, declared(MAX_BYTES + 1), b"Expect: 100-continue"))
    assert_refused(connection, 413, "body_too_large")


def test_a_handler_may_answer_before_the_end(server: Server, connection: Connection) -> None:
    connection.socket.sendall(head(server, declared(20 * MIB), name="early"))
    send_while_taken(connection, [b"x" * MIB] * 20)
    (answer,) = connection.answers()
    assert (answer.status, answer.headers["connection"]) == (201, "close")
    assert 0 < json.loads(answer.body)["size"] < MIB


def test_reading_pauses_while_the_handler_works(tmp_path: Path) -> None:
    """So a client that sends faster than its handler reads costs no memory, and is not too slow either."""
    body = b"x" * (MAX_BYTES - 1)
    with taking_uploads(tmp_path / "data", BODY_SECONDS="1") as server, connected(server.url) as connection:
        before = resident_mib(server)
        connection.send(head(server, declared(len(body)), name="gated"))
        connection.socket.settimeout(3)
        sent = send_until_paused(connection, body)
        assert resident_mib(server) - before < 20
        with server.client() as client:
            client.post("/api/gate/")
        connection.socket.settimeout(10)
        connection.send(body[sent:])
        assert_taken(connection.answer(), body)


def test_a_slow_but_steady_upload_lives(hasty_server: Server) -> None:
    """It takes longer than a body may take, and is faster than the slowest that an upload may be."""
    part = b"x" * 32 * 1024
    with connected(hasty_server.url) as connection:
        connection.send(head(hasty_server, declared(20 * len(part))))
        for _ in range(20):
            time.sleep(0.2)
            connection.send(part)
        assert_taken(connection.answer(), 20 * part)


@pytest.mark.parametrize("byte", [b"", b"x"], ids=["stalls", "trickles"])
def test_an_upload_that_stalls_or_trickles_is_cut(hasty_server: Server, byte: bytes) -> None:
    with connected(hasty_server.url, seconds=30) as connection:
        connection.send(head(hasty_server, declared(MIB)) + b"x" * 100_000)
        connection.socket.setblocking(False)
        wait_until(lambda: is_answered(connection, byte))
        connection.socket.settimeout(30)
        assert_refused(connection, 408, "too_slow")
    wait_until(lambda: fates(hasty_server) == {"open": 0, "gone": 1})


def is_answered(connection: Connection, byte: bytes) -> bool:
    """Sends the byte, and returns True if the server has answered."""
    connection.send(byte)
    time.sleep(0.02)
    try:
        return bool(connection.socket.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False


def test_a_client_that_leaves_ends_the_handlers_iterator(tmp_path: Path) -> None:
    with taking_uploads(tmp_path / "data") as server:
        with connected(server.url) as connection:
            connection.send(head(server, declared(MIB)) + b"x" * 100_000)
            wait_until(lambda: fates(server)["open"] == 1)
        wait_until(lambda: fates(server) == {"open": 0, "gone": 1})
        assert server.stop() == 0
    lines = [json.loads(line) for line in server.log_text.splitlines()]
    assert [line["status"] for line in lines if line.get("route") == "/api/uploads/{id}/"] == [499]


def test_a_long_one_is_not_slow(tmp_path: Path) -> None:
    with taking_uploads(tmp_path / "data", SLOW_SECONDS="0.001") as server:
        with connected(server.url) as connection:
            connection.send(head(server, declared(10)))
            time.sleep(0.05)
            connection.send(b"x" * 10)
            assert_taken(connection.answer(), b"x" * 10)
        assert server.stop() == 0
    (line,) = [line for line in server.log_text.splitlines() if "/api/uploads/{id}/" in line]
    assert '"level":"info"' in line


@pytest.mark.parametrize(("connections", "uploads", "status"), [("30", 3, 503), ("200", 10, 429)])
def test_there_are_so_many_at_once(tmp_path: Path, connections: str, uploads: int, status: int) -> None:
    with taking_uploads(tmp_path / "data", MAX_CONNECTIONS=connections) as server, ExitStack() as stack:
        for _ in range(uploads):
            stack.enter_context(connected(server.url)).send(head(server, declared(MIB)) + b"x" * 100)
        wait_until(lambda: fates(server)["open"] == uploads)
        with server.client() as client:
            refused = client.post("/api/uploads/whole/", content=b"x")
        assert (refused.status_code, refused.headers["Retry-After"]) == (status, "5")


def test_a_stop_waits_for_an_upload(tmp_path: Path) -> None:
    with taking_uploads(tmp_path / "data") as server, connected(server.url) as connection:
        connection.send(head(server, declared(200_000)) + b"x" * 100_000)
        wait_until(lambda: fates(server)["open"] == 1)
        server.process.terminate()
        time.sleep(0.2)
        connection.send(b"x" * 100_000)
        (answer,) = connection.answers()
        assert_taken(answer, b"x" * 200_000)
        assert server.stop() == 0
