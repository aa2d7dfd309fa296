"""The log: one line for every request, and in none of them what belongs to a person or lets one in."""

import fcntl
import json
import logging
import os
import re
import socket
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from leadline.errors import NotFound
from leadline.http.server.observer import RequestObserver
from leadline.http.server.request_context import RequestContext
from leadline.kit.db import Unavailable
from leadline.kit.json_logging import (
    ATOMIC_BYTES,
    STANDARD_ERROR,
    JsonHandler,
    LogBuffer,
    LogLine,
    LogWriter,
    describe_trace,
)
from tests.e2e.raw import connected, length, request
from tests.e2e.server import Server, serving

CANARY = "canary"
LEAD = {
    "firstName": "Canaryfirst",
    "lastName": "Canarylast",
    "email": "canary@mail.example",
    "phone": "+49 30 2274722",
    "company": "Canary Ltd",
    "notes": "a canary sings",
}


def lines(server: Server) -> list[dict[str, Any]]:
    """What a server has written until it was stopped."""
    return [json.loads(line) for line in server.log_text.splitlines()]


def requests(server: Server) -> list[dict[str, Any]]:
    """The lines of requests, but for those that waited for the start."""
    return [line for line in lines(server) if line["event"] == "request" and line.get("route") != "/api/health/"]


def test_every_request_is_a_line(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        answers = [
            client.get("/api/me/"),
            client.head("/api/v1/leads?search=canary"),
            client.options("/api/leads/ld_canary/"),
            client.get("/canary/"),
            client.put("/api/me/"),
            client.post("/api/leads/", json={}),
            client.get("/api/leads/", headers={"Authorization": "Bearer canary"}),
        ]
        me = answers[0].json()
        server.stop()
    logged = requests(server)
    assert [(line["method"], line.get("route"), line["status"], line.get("code")) for line in logged] == [
        ("GET", "/api/me/", 200, None),
        ("HEAD", "/api/leads/", 200, None),
        ("OPTIONS", "/api/leads/{id}/", 204, None),
        ("GET", None, 404, "not_found"),
        ("PUT", "/api/me/", 405, "method_not_allowed"),
        ("POST", "/api/leads/", 422, "invalid"),
        ("GET", "/api/leads/", 401, "bad_token"),
    ]
    assert [line["requestId"] for line in logged] == [answer.headers["X-Request-Id"] for answer in answers]
    first = logged[0]
    assert ",".join(first) == "time,level,event,requestId,workspace,user,key,method,route,status,ms"
    assert (first["level"], first["workspace"]) == ("info", me["workspace"]["id"])
    assert (first["user"], first["key"]) == (me["user"]["id"], me["key"]["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["time"])
    assert 0 < first["ms"] < 10_000
    assert "user" not in logged[-1]


def test_start_and_stop_are_lines(tmp_path: Path) -> None:
    with serving(tmp_path / "data", workers=2) as server:
        server.stop()
    events = [line["event"] for line in lines(server)]
    assert (events.count("started"), events.count("stopped")) == (2, 2)


@pytest.mark.parametrize(("level", "logged"), [("info", 2), ("warning", 0), ("error", 0)])
def test_the_level_says_what_is_logged(tmp_path: Path, level: str, logged: int) -> None:
    with serving(tmp_path / "data", environment={"LEADLINE_LOG_LEVEL": level}) as server, server.client() as client:
        client.get("/api/me/")
        client.get("/api/leads/ld_x/")
        server.stop()
    assert len(requests(server)) == logged


def test_slow_requests_are_warnings(tmp_path: Path) -> None:
    environment = {"LEADLINE_LOG_LEVEL": "warning", "LEADLINE_SLOW_SECONDS": "0.000001"}
    with serving(tmp_path / "data", environment=environment) as server, server.client() as client:
        client.get("/api/me/")
        server.stop()
    [line] = requests(server)
    assert (line["level"], line["route"]) == ("warning", "/api/me/")


def test_what_the_protocol_refuses_is_a_line_too(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        for sent in (b"GET /" + b"canary" * 3_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"CANARY canary\r\n\r\n"):
            with connected(server.url) as connection:
                connection.send(sent)
                connection.answers()
        server.stop()
    assert [(line["method"], line["status"]) for line in requests(server)] == [("other", 414), ("other", 400)]
    assert CANARY not in server.log_text.lower()


def test_who_leaves_before_the_answer_is_a_line(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with connected(server.url) as connection:
            connection.send(b"POST /api/leads/ HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + server.key.encode())
            connection.send(b"\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
            with server.client() as client:
                client.get("/api/me/")
        server.stop()
    assert sorted(line["status"] for line in requests(server)) == [200, 499]


def test_an_answer_that_found_nobody_is_not_logged_as_given(tmp_path: Path) -> None:
    login = b'{"email": "nobody@mail.example", "password": "wrong"}'
    sent = request("", "POST /api/auth/login/", length(login), body=login)
    with serving(tmp_path / "data") as server:
        with connected(server.url) as connection:
            connection.send(request("", "GET /api/health/") + sent)
            connection.answer()
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        server.stop()
    assert [line["status"] for line in requests(server) if line["method"] == "POST"] == [499]


def test_no_line_says_who_or_what(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        lead = client.post("/api/leads/", json=LEAD).json()
        path = f"/api/leads/{lead['id']}/"
        client.get("/api/leads/?search=canary&email=canary@mail.example&company[contains]=canary")
        client.get("/api/leads/?canary=canary")
        client.get(f"/api/canary/?canary={server.key}")
        client.patch(path, json={"canary": "canary", "email": "canary"})
        client.patch(path, content=b'{"canary', headers={"Content-Type": "application/json"})
        client.get(path, headers={"Authorization": "Bearer pk_live_canary", "X-Canary": "canary"})
        client.get(path, headers={"Authorization": "Basic canary", "User-Agent": "canary"})
        client.post(f"{path}convert/", json={"createAccount": True, "accountName": "Canary Ltd"})
        break_search(server.folder)
        assert client.get("/api/leads/?search=canary").status_code == 500
        assert client.post("/api/leads/", json=LEAD).status_code == 500
        server.stop()
    text = server.log_text.lower()
    assert len(requests(server)) == 11
    assert CANARY not in text
    assert server.key.lower() not in text
    assert "2274722" not in text


def break_search(folder: Path) -> None:
    """From now on every write and every search is a defect."""
    with closing(apsw.Connection(str(folder / "leadline.db"))) as connection:
        connection.execute("ALTER TABLE leads RENAME COLUMN search_key TO lost")


def test_a_defect_says_where_it_is(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        break_search(server.folder)
        answer = client.post("/api/leads/", json=LEAD)
        server.stop()
    [line] = requests(server)
    assert (line["level"], line["status"], line["error"]) == ("error", 500, "SQLError")
    assert line["requestId"] == answer.json()["requestId"]
    assert any(frame.startswith("leadline.records.service:") for frame in line["trace"])


def test_a_log_that_nobody_can_take_stops_no_request(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", log=Path("/dev/full"))
    with server.client() as client:
        assert [client.get("/api/me/").status_code for _ in range(5)] == [200] * 5
    assert server.stop() == 0


def test_a_log_that_nobody_reads_stops_no_request(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reading, fcntl.F_SETPIPE_SZ, ATOMIC_BYTES)
    with serving(tmp_path / "data", log=pipe) as server, server.client() as client:
        assert [client.get("/api/me/").status_code for _ in range(100)] == [200] * 100
    os.close(reading)


# The pieces


def test_lines_that_find_no_room_are_counted() -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ATOMIC_BYTES)
    writer = LogWriter(writing, max_waiting_bytes=2 * ATOMIC_BYTES)
    line = b"x" * (ATOMIC_BYTES - 1) + b"\n"
    for _ in range(7):
        writer.write(line)
    with os.fdopen(reading, "rb") as pipe, ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.readlines)
        assert writer.drain(10)
        writer.write(line)
        assert writer.drain(10)
        os.close(writing)
    dropped = [json.loads(one)["dropped"] for one in read.result() if one != line]
    assert sum(dropped) >= 4
    assert read.result().count(line) + sum(dropped) == 8


def test_a_pipe_that_takes_no_more_for_now_loses_no_line() -> None:
    reading, writing = os.pipe2(os.O_NONBLOCK)
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ATOMIC_BYTES)
    os.set_blocking(reading, True)
    writer = LogWriter(writing)
    line = b"x" * (ATOMIC_BYTES - 1) + b"\n"
    for _ in range(20):
        writer.write(line)
    with os.fdopen(reading, "rb") as pipe, ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.readlines)
        assert writer.drain(10)
        os.close(writing)
    assert read.result() == [line] * 20


def test_lines_that_a_full_disk_refused_are_told_of_when_it_has_room(tmp_path: Path) -> None:
    kept = tmp_path / "log"
    descriptor = os.open("/dev/full", os.O_WRONLY)
    writer = LogWriter(descriptor)
    writer.write(b"one\ntwo\n")
    writer.write(b"three\n")
    assert writer.drain(10)
    with kept.open("wb") as file:
        os.dup2(file.fileno(), descriptor)
    writer.write(b"four\n")
    assert writer.drain(10)
    os.close(descriptor)
    four, dropped = kept.read_bytes().splitlines()
    assert four == b"four"
    assert json.loads(dropped)["dropped"] == 3


def line_of(event: str) -> LogLine:
    return LogLine(time="", level="info", event=event)


def observed(level: str, error: Exception | None, status: int) -> list[dict[str, Any]]:
    written: list[bytes] = []
    gathered = LogBuffer(lambda *pieces: written.extend(pieces))
    gathered._waiting.append(line_of("first"))  # as if a flush were on its way already
    observer = RequestObserver(gathered, level=level, slow_seconds=1, metrics=None)
    exchange = observer.begin_request("req_1", "GET")
    exchange.error = error
    observer.end_request(exchange, status)
    observer.flush()
    return [json.loads(line) for line in b"".join(written).splitlines()[1:]]


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (NotFound(), 404, {"code": "not_found"}),
        (Unavailable("The data file is away."), 503, {"error": "Unavailable: The data file is away."}),
        (ValueError("canary"), 500, {"error": "ValueError"}),
    ],
)
def test_a_refusal_says_why(error: Exception, status: int, told: dict[str, Any]) -> None:
    [line] = observed("info", error, status)
    assert {name: line[name] for name in ("code", "error") if name in line} == told


def test_an_error_is_let_go_once_it_is_logged() -> None:
    exchange = RequestContext("req_1", "GET", 0.0, error=ValueError())
    RequestObserver(LogBuffer(), level="error", slow_seconds=1, metrics=None).end_request(exchange, 404)
    assert exchange.error is None


def test_causes_are_traced_without_what_they_say() -> None:
    try:
        try:
            int("canary")
        except ValueError as error:
            raise KeyError("canary") from error
    except KeyError as error:
        trace = describe_trace(error)
    here = "tests.http.test_request_log:"
    assert [frame.startswith(here) for frame in trace] == [True, False, True]
    assert trace[1] == "after ValueError"
    assert CANARY not in str(trace).replace("test_causes", "")


@pytest.mark.parametrize(
    ("logger", "message", "arguments", "event"),
    [
        ("leadline", "started %d", (7,), "started 7"),
        ("uvicorn.error", "Invalid HTTP request received.", (), "uvicorn.error: Invalid HTTP request received."),
        ("uvicorn.error", "Unknown thing: %s", ("canary",), "uvicorn.error: Unknown thing"),
        ("asyncio", "Exception in callback f('canary')\nhandle: canary", (), "asyncio: Exception in callback f"),
        ("asyncio", "Task <Task canary> was lost", (), "asyncio: Task"),
    ],
)
def test_messages_of_others_lose_what_they_quote(
    capfd: pytest.CaptureFixture[str], logger: str, message: str, arguments: tuple[object, ...], event: str
) -> None:
    record = logging.LogRecord(logger, logging.ERROR, "", 0, message, arguments, None)
    JsonHandler().emit(record)
    assert STANDARD_ERROR.drain()
    line = json.loads(capfd.readouterr().err)
    assert (line["level"], line["event"]) == ("error", event)


@pytest.mark.parametrize("size", [10, 1_000, 3_000, 10_000])
def test_lines_are_written_in_pieces_that_nobody_tears(size: int) -> None:
    written: list[bytes] = []
    gathered = LogBuffer(lambda *pieces: written.extend(pieces))
    given = [f"{number}{'x' * size}" for number in range(20)]
    gathered._waiting += [line_of(event) for event in given]
    gathered.flush()
    assert [json.loads(line)["event"] for line in b"".join(written).splitlines()] == given
    assert all(len(piece) <= ATOMIC_BYTES or piece.count(b"\n") == 1 for piece in written)
    assert len(written) < 20 or size >= 3_000


WORKER = """
from leadline.kit.json_logging import LogBuffer, LogLine
lines = LogBuffer()
for _ in range(5):
    lines._waiting += [LogLine(time="", level="info", event="x" * 200)] * 100
    lines.flush()
"""


def test_workers_do_not_tear_each_others_lines() -> None:
    reading, writing = os.pipe()
    workers = [subprocess.Popen([sys.executable, "-c", WORKER], stderr=writing) for _ in range(3)]
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert {json.loads(line)["event"] for line in pipe.read().splitlines()} == {"x" * 200}
    assert [worker.wait(10) for worker in workers] == [0] * 3
