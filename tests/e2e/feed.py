"""Readers of the change feed over real sockets."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

from tests.e2e.raw import Connection, connected, request
from tests.e2e.server import Address

Json = dict[str, Any]
SILENCE_SECONDS = 60
"""How long a reader waits for the next bytes, heartbeats included."""


def newest_cursor(server: Address) -> str:
    """The cursor after which there is nothing yet."""
    with server.client() as client:
        return str(client.get("/api/leads/?limit=1").headers["Log-Seq"])


def begin_stream(connection: Connection, key: str, after: str) -> HTTPResponse:
    """Begins a stream on the connection, and reads what it begins with."""
    connection.socket.settimeout(SILENCE_SECONDS)
    connection.send(request(key, f"GET /api/changes/stream/?after={after}&limit=1000"))
    answer = HTTPResponse(connection.socket)
    answer.begin()
    assert answer.status == 200, answer.read()
    assert answer.readline() == b"retry: 2000\n"
    return answer


@contextmanager
def stream(server: Address, after: str, key: str = "") -> Iterator[HTTPResponse]:
    with connected(server.url) as connection:
        yield begin_stream(connection, key or server.key, after)


def operations_of(answer: HTTPResponse) -> Iterator[tuple[Json, float]]:
    """Each operation that a stream tells, and when it arrived, until the stream ends."""
    while line := answer.readline():
        if line.startswith(b"data: "):
            yield json.loads(line[6:]), time.monotonic()
