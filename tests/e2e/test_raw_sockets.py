"""Requests that no proper client sends, byte by byte."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from tests.e2e.raw import Answer, Connection, connected, length, request
from tests.e2e.server import Server, serving

LEAD = b'{"lastName": "Lee", "email": "lee@raw.example"}'
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(LEAD), LEAD)
LENGTH = length(LEAD)
CHUNKED = b"Transfer-Encoding: chunked"
HEALTH = b"GET /api/health/ HTTP/1.1\r\nHost: desk\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("raw") / "data") as server:
        yield server


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    with connected(server.url) as connection:
        yield connection


def post(server: Server, *headers: bytes, body: bytes = LEAD) -> bytes:
    return request(server.key, "POST /api/leads/", *headers, body=body)


def get(server: Server, *headers: bytes, path: str = "/api/leads/?limit=1") -> bytes:
    return request(server.key, f"GET {path}", *headers)


def count(server: Server) -> int:
    with server.client() as client:
        total: int = client.get("/api/leads/").json()["count"]
        return total


def assert_problem(answer: Answer | None, status: int) -> None:
    assert answer is not None
    problem = json.loads(answer.body)
    assert (answer.status, problem["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == problem["requestId"]
    assert "Traceback" not in problem["detail"]


@pytest.mark.parametrize(
    ("headers", "body"), [((LENGTH,), LEAD), ((CHUNKED,), CHUNKS)], ids=["content-length", "chunked"]
)
def test_a_lead_can_be_created_by_hand(server: Server, headers: tuple[bytes, ...], body: bytes) -> None:
    with connected(server.url) as connection:
        connection.send(post(server, *headers, body=body))
        answer = connection.answer()
    assert answer is not None
    assert answer.status == 201


AMBIGUOUS = {
    "length and chunks": ((b"Content-Length: 5", CHUNKED), b"0\r\n\r\n" + HEALTH),
    "chunks and no length": ((CHUNKED, b"Content-Length: 0"), CHUNKS),
    "two equal lengths": ((LENGTH, LENGTH), LEAD),
    "two lengths": ((LENGTH, b"Content-Length: 5"), LEAD),
    "a list of lengths": ((LENGTH + b", %d" % len(LEAD),), LEAD),
    "a length with a sign": ((LENGTH.replace(b": ", b": +"),), LEAD),
    "a negative length": ((b"Content-Length: -1",), LEAD),
    "a length in hex": ((b"Content-Length: 0x1d",), LEAD),
    "a length beyond 64 bits": ((b"Content-Length: " + b"9" * 30,), LEAD),
    "identity, chunked": ((b"Transfer-Encoding: identity, chunked",), CHUNKS),
    "chunked, identity": ((b"Transfer-Encoding: chunked, identity",), CHUNKS),
    "chunked twice": ((CHUNKED, CHUNKED), CHUNKS),
    "another coding": ((b"Transfer-Encoding: gzip",), CHUNKS),
    "nearly chunked": ((b"Transfer-Encoding: xchunked",), CHUNKS),
    "a blank before the colon": ((b"Transfer-Encoding : chunked",), CHUNKS),
    "a blank in a name": ((LENGTH, b"X A: b"), LEAD),
    "a folded header": ((LENGTH, b"X-A: b\r\n c"), LEAD),
    "a folded coding": ((b"Transfer-Encoding:\r\n chunked",), CHUNKS),
    "a bare line feed": ((LENGTH, b"X-A: b\nX-B: c"), LEAD),
    "a bare carriage return": ((LENGTH, b"X-A: b\rX-B: c"), LEAD),
    "a NUL": ((LENGTH, b"X-A: b\0c"), LEAD),
    "two hosts": ((LENGTH, b"Host: other"), LEAD),
    "a chunk size beyond 64 bits": ((CHUNKED,), b"F" * 17 + b"\r\n" + CHUNKS),
    "a negative chunk size": ((CHUNKED,), b"-5\r\n" + CHUNKS),
    "a chunk size with 0x": ((CHUNKED,), b"0x" + CHUNKS),
    "a chunk that ends late": ((CHUNKED,), CHUNKS.replace(b"\r\n0\r\n", b"XX\r\n0\r\n")),
}


@pytest.mark.parametrize(("headers", "body"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_two_readers_could_understand_differently_is_refused(
    server: Server, connection: Connection, headers: tuple[bytes, ...], body: bytes
) -> None:
    before = count(server)
    connection.send(post(server, *headers, body=body))
    answers = connection.answers()
    assert len(answers) == 1
    assert_problem(answers[0], 400)
    assert count(server) == before


@pytest.mark.parametrize(
    "request_",
    [
        HEALTH.replace(b"Host: desk\r\n", b""),
        HEALTH.replace(b"Host: desk\r\n", b" Host: desk\r\n"),
        HEALTH.replace(b"\r\n", b"\n"),
        HEALTH.replace(b"health", b"he\0lth"),
        HEALTH.replace(b"health", "hé".encode()),
        HEALTH.replace(b"/ HTTP", "/?search=é HTTP".encode()),
        HEALTH.replace(b"GET", b"get"),
        HEALTH.replace(b"GET", b"BREW"),
        b"CONNECT desk:80 HTTP/1.1\r\nHost: desk\r\n\r\n",
        b"CONNECT / HTTP/1.1\r\nHost: desk\r\n\r\n" + HEALTH,
        bytes.fromhex("160301020001"),
    ],
)
def test_what_is_not_http_is_refused(connection: Connection, request_: bytes) -> None:
    connection.send(request_)
    (answer,) = connection.answers()
    assert_problem(answer, 400)


VERSIONS = [b"HTTP/2.0", b"HTTP/3.0", b"HTTP/1.2", b"HTTP/0.9", b"HTTP/2", b"RTSP/1.0", b"RTSP/1.1", b"RTSP/2.0"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("piece", [1, 1_000], ids=["byte by byte", "at once"])
def test_another_version_is_refused(connection: Connection, version: bytes, piece: int) -> None:
    asked = HEALTH.replace(b"GET", b"OPTIONS").replace(b"HTTP/1.1", version)
    for start in range(0, len(asked), piece):
        connection.send(asked[start : start + piece])
    (answer,) = connection.answers()
    assert_problem(answer, 505)


@pytest.mark.parametrize(
    "beginning", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"SOURCE / ICE/1.0\r\nHost: desk\r\n\r\n"]
)
def test_another_protocol_is_refused(connection: Connection, beginning: bytes) -> None:
    connection.send(beginning)
    (answer,) = connection.answers()
    assert_problem(answer, 505)


def test_a_header_may_speak_of_another_version(connection: Connection) -> None:
    connection.send(HEALTH.replace(b"1.1", b"1.0").replace(b"Host: desk", b"Via: RTSP/1.0\r\nHost: desk"))
    assert [answer.status for answer in connection.answers()] == [200]


@pytest.mark.parametrize("address", ["/api/leads/?search=Müller", "/api/leads/Müller/", "/api/leads/?search=\x01"])
def test_who_writes_an_address_without_escapes_is_told_how(connection: Connection, address: str) -> None:
    connection.send(HEALTH.replace(b"/api/health/", address.encode()))
    (answer,) = connection.answers()
    assert_problem(answer, 400)
    assert b"percent-escapes" in answer.body


LARGE = {
    "a header of 1 MB": (431, "/api/leads/", [b"X-A: " + b"a" * 1_000_000]),
    "a header of 33 KB": (431, "/api/leads/", [b"X-A: " + b"a" * 33_000]),
    "a header name of 1 MB": (431, "/api/leads/", [b"a" * 1_000_000 + b": b"]),
    "10,000 headers": (431, "/api/leads/", [b"X-A: a"] * 10_000),
    "101 headers": (431, "/api/leads/", [b"X-A: a"] * 101),
    "a URL of 100 KB": (414, "/api/leads/?search=" + "a" * 100_000, []),
    "a URL of 17 KB": (414, "/api/leads/?search=" + "a" * 17_000, []),
    "a path of 100 KB": (414, "/api/leads/" + "a" * 100_000 + "/", []),
}


@pytest.mark.parametrize(("status", "path", "headers"), LARGE.values(), ids=LARGE)
def test_a_head_that_is_too_large_is_refused(
    server: Server, connection: Connection, status: int, path: str, headers: list[bytes]
) -> None:
    connection.send(get(server, *headers, path=path))
    (answer,) = connection.answers()
    assert_problem(answer, status)


def test_a_body_is_refused_by_its_declared_size_without_being_read(server: Server, connection: Connection) -> None:
    connection.send(post(server, b"Content-Length: 314572800", body=b""))
    (answer,) = connection.answers()
    assert_problem(answer, 413)


def test_a_body_that_is_too_large_and_does_not_say_so_is_refused(server: Server, connection: Connection) -> None:
    connection.send(post(server, CHUNKED, body=b""))
    for _ in range(48):
        connection.send(b"10000\r\n" + b" " * 65_536 + b"\r\n")
    assert_problem(connection.answer(), 413)


@pytest.mark.parametrize("size", [1_000, 70_000, 130_000, 250_000])
def test_a_body_within_the_limit_is_taken_however_it_arrives(
    server: Server, connection: Connection, size: int
) -> None:
    body = LEAD + b" " * size
    connection.send(post(server, length(body), body=body))
    answer = connection.answer()
    assert answer is not None
    assert answer.status == 201


def test_chunks_that_are_more_frame_than_content_are_refused(server: Server, connection: Connection) -> None:
    connection.send(post(server, CHUNKED, body=b""))
    time.sleep(0.05)
    connection.send(b"%x;" % len(LEAD) + b"a" * 100_000)
    time.sleep(0.05)
    connection.send(b"a" * 10 + CHUNKS[2:])
    assert_problem(connection.answer(), 400)


def test_a_trailer_is_no_header(server: Server, connection: Connection) -> None:
    key = b"Authorization: Bearer " + server.key.encode()
    signed_late = CHUNKS.removesuffix(b"\r\n") + key + b"\r\n\r\n"
    connection.send(post(server, CHUNKED, body=signed_late).replace(key + b"\r\n", b"", 1))
    answer = connection.answer()
    assert answer is not None
    assert answer.status == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Authorization: Bearer other", 400),
        (b"Content-Type: text/plain", 400),
        (b'If-Match: "1"\r\nIf-Match: "2"', 400),
        (b"X-Forwarded-For: 10.0.0.1", 200),
        (b"Expect: 100-continue", 200),
        (b"Connection: Upgrade\r\nUpgrade: websocket", 200),
    ],
)
def test_a_header_that_may_come_once_may_not_come_twice(
    server: Server, connection: Connection, header: bytes, status: int
) -> None:
    connection.send(get(server, header))
    answer = connection.answer()
    assert answer is not None
    assert answer.status == status


def test_a_header_may_hold_any_byte(server: Server, connection: Connection) -> None:
    connection.send(get(server).replace(b"Bearer ", b"Bearer \xe9"))
    assert_problem(connection.answer(), 401)
    connection.send(get(server).replace(b"Host: desk", b"Host: d\xe9sk"))
    assert_problem(connection.answer(), 400)


def test_forwarded_headers_of_strangers_change_nothing(server: Server, connection: Connection) -> None:
    for _ in range(2):
        connection.send(post(server, LENGTH))
        connection.answer()
    forwarded = [b"X-Forwarded-Host: evil.example", b"X-Forwarded-Proto: https", b"Forwarded: host=evil.example"]
    connection.send(get(server, *forwarded))
    answer = connection.answer()
    assert answer is not None
    assert json.loads(answer.body)["next"] == "http://desk/api/leads/?limit=1&page=2"


def test_a_body_is_sent_once_it_is_asked_for(server: Server, connection: Connection) -> None:
    connection.send(post(server, LENGTH, b"Expect: 100-continue", body=b""))
    interim = connection.answer()
    connection.send(LEAD)
    final = connection.answer()
    assert [answer and answer.status for answer in (interim, final)] == [100, 201]


UPGRADES = [b"h2c", b"websocket", b"TLS/1.2", b"a-word", b"h2c, websocket"]


@pytest.mark.parametrize("upgrade", UPGRADES)
@pytest.mark.parametrize(
    ("headers", "body"), [((LENGTH,), LEAD), ((CHUNKED,), CHUNKS)], ids=["content-length", "chunked"]
)
@pytest.mark.parametrize("later", [False, True], ids=["in one packet", "in two"])
def test_a_request_that_asks_for_an_upgrade_keeps_its_body(
    server: Server, connection: Connection, upgrade: bytes, headers: tuple[bytes, ...], body: bytes, later: bool
) -> None:
    head = post(server, b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + upgrade, *headers, body=b"")
    before = count(server)
    connection.send(head if later else head + body + HEALTH)
    if later:
        time.sleep(0.02)
        connection.send(body + HEALTH)
    assert [(answer := connection.answer()) and answer.status for _ in range(2)] == [201, 200]
    assert count(server) == before + 1


def test_a_body_that_looks_like_a_request_is_none(server: Server, connection: Connection) -> None:
    before = count(server)
    hidden = post(server, LENGTH)
    upgrade = (b"Connection: Upgrade", b"Upgrade: h2c")
    connection.send(post(server, *upgrade, length(hidden), body=b""))
    time.sleep(0.02)
    connection.send(hidden)
    assert_problem(connection.answer(), 400)
    connection.send(HEALTH.replace(b"Host", b"Connection: close\r\nHost"))
    assert [answer.status for answer in connection.answers()] == [200]
    assert count(server) == before


def test_an_upgrade_is_ignored_again_and_again(server: Server, connection: Connection) -> None:
    upgrade = (b"Connection: Upgrade", b"Upgrade: h2c")
    both = post(server, *upgrade, LENGTH) + get(server, *upgrade, path="/api/me/")
    connection.send(both * 30)
    statuses = [answer.status for _ in range(60) if (answer := connection.answer())]
    assert statuses == [201, 200] * 30


def test_a_body_is_asked_for_though_an_upgrade_was(server: Server, connection: Connection) -> None:
    upgrade = (b"Connection: Upgrade", b"Upgrade: h2c")
    connection.send(post(server, LENGTH, *upgrade, b"Expect: 100-continue", body=b""))
    interim = connection.answer()
    connection.send(LEAD)
    final = connection.answer()
    assert [answer and answer.status for answer in (interim, final)] == [100, 201]


@pytest.mark.parametrize("many", [1, 40])
def test_who_closes_its_own_half_is_answered(server: Server, connection: Connection, many: int) -> None:
    connection.send(post(server, LENGTH) * many)
    connection.socket.shutdown(socket.SHUT_WR)
    assert [answer.status for answer in connection.answers()] == [201] * many


def test_who_closes_its_half_in_the_middle_is_answered_what_was_whole(server: Server, connection: Connection) -> None:
    before = count(server)
    connection.send(post(server, LENGTH) * 3 + post(server, LENGTH, body=LEAD[:5]))
    connection.socket.shutdown(socket.SHUT_WR)
    assert [answer.status for answer in connection.answers()] == [201] * 3
    assert count(server) == before + 3


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("http://crm.example:8080", "http://crm.example:8080"),
        ("https://crm.example", "https://crm.example"),
        ("HTTP://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_links_are_made_from_a_target_in_absolute_form(
    server: Server, connection: Connection, origin: str, said: str
) -> None:
    for _ in range(2):
        connection.send(post(server, LENGTH))
        connection.answer()
    connection.send(get(server, path=f"{origin}/api/leads/?limit=1"))
    answer = connection.answer()
    assert answer is not None
    assert json.loads(answer.body)["next"] == f"{said}/api/leads/?limit=1&page=2"


def test_a_target_in_absolute_form_may_have_no_path(connection: Connection) -> None:
    root = HEALTH.replace(b"/api/health/", b"/")
    connection.send(root + root.replace(b"GET /", b"GET http://crm.example"))
    first, second = connection.answer(), connection.answer()
    assert (first and first.status) == (second and second.status)


def test_a_target_of_another_scheme_is_refused(connection: Connection) -> None:
    connection.send(HEALTH.replace(b"/api/health/", b"ftp://crm.example/api/health/"))
    (answer,) = connection.answers()
    assert_problem(answer, 400)
    assert b"https://" in answer.body


@pytest.mark.parametrize("many", [2, 1_000, 3_000])
def test_requests_that_are_sent_ahead_are_all_answered_in_order(
    server: Server, connection: Connection, many: int
) -> None:
    known = ["/api/me/", "/api/nowhere/", "/api/leads/?limit=0"]
    connection.send(b"".join(get(server, path=known[number % 3]) for number in range(many)))
    statuses = [answer.status for _ in range(many) if (answer := connection.answer())]
    assert statuses == [(200, 404, 400)[number % 3] for number in range(many)]


def test_an_answer_is_the_same_however_it_leaves(server: Server, connection: Connection) -> None:
    connection.send(get(server) + get(server, b"Connection: close"))
    at_once, last = connection.answers()
    assert (at_once.status, at_once.body) == (last.status, last.body)
    assert last.headers.pop("connection") == "close"
    assert set(at_once.headers) == set(last.headers)
    assert at_once.headers["content-length"] == str(len(at_once.body))


def test_nonsense_behind_a_request_does_not_spoil_its_answer(server: Server, connection: Connection) -> None:
    connection.send(post(server, LENGTH) + b"nonsense\r\n\r\n" + HEALTH)
    (answer,) = connection.answers()
    assert answer.status == 201
    assert answer.headers["connection"] == "close"
