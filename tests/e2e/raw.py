"""HTTP by hand: every byte that goes to the server is the test's."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    def __init__(self, url: str, seconds: float = 10) -> None:
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname or "", address.port or 80), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._incoming = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        """What the server no longer wants to read is dropped; what it says to that is still to be read."""
        with suppress(ConnectionError):
            self.socket.sendall(data)

    def answer(self) -> Answer | None:
        """The next answer, None once the server has closed the connection."""
        try:
            first = self._incoming.readline()
            if not first:
                return None
            headers: dict[str, str] = {}
            while line := self._incoming.readline().strip():
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = self._incoming.read(int(headers.get("content-length", 0)))
            return Answer(int(first.split()[1]), headers, body)
        except ConnectionError:
            return None

    def answers(self) -> list[Answer]:
        """All answers until the server closes the connection."""
        return list(iter(self.answer, None))

    def close(self) -> None:
        self._incoming.close()
        self.socket.close()


@contextmanager
def connected(url: str, *, seconds: float = 10) -> Iterator[Connection]:
    connection = Connection(url, seconds)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def connected_to_each(url: str, workers: int) -> Iterator[list[Connection]]:
    """A connection to each of a server's workers."""
    found: dict[str, Connection] = {}
    with ExitStack() as crowd:
        for _ in range(500):
            connection = crowd.enter_context(connected(url))
            connection.send(request("", "GET /api/health/"))
            answer = connection.answer()
            assert answer is not None
            found.setdefault(answer.headers["x-request-id"][:-8], connection)
            if len(found) == workers:
                yield list(found.values())
                return
    raise AssertionError(f"{len(found)} workers take every connection")


def status_of_me(worker: Connection, key: str) -> int:
    worker.send(request(key, "GET /api/me/"))
    answer = worker.answer()
    assert answer is not None
    return answer.status


def request(key: str, target: str, *headers: bytes, body: bytes = b"") -> bytes:
    """A request with what every proper one has but the size of its body. `target` is the method and the path."""
    own = (b"Host: desk", b"Authorization: Bearer " + key.encode(), b"Content-Type: application/json")
    return b"\r\n".join([f"{target} HTTP/1.1".encode(), *own, *headers, b"", body])


def length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)
