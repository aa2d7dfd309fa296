"""Load from Python, for machines without wrk. Compare only figures that the same client found."""

import asyncio
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Tally:
    """What has been asked and answered so far, by all connections."""

    def __init__(self, requests: Iterator[bytes], seconds: float, pause: float) -> None:
        self.requests = requests
        self.deadline = time.perf_counter() + seconds
        self.pause = pause  # from one request of a connection to its next
        self.latencies: list[float] = []
        self.failed = 0


class _Connection(asyncio.Protocol):
    """Sends a request after `start` seconds, waits for the whole answer, sends the next, until time is up."""

    def __init__(self, tally: _Tally, start: float) -> None:
        self._tally = tally
        self._start = start
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        asyncio.get_running_loop().call_later(self._start, self._send)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._sent_at:
            self._tally.failed += 1
        self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        if len(self._received) >= head + 4 + int(length[1] if length else 0):
            self._finish()

    def _finish(self) -> None:
        now = time.perf_counter()
        self._tally.latencies.append(now - self._sent_at)
        self._tally.failed += not self._received.startswith(b"HTTP/1.1 2")
        wait = self._sent_at + self._tally.pause - now
        self._received, self._sent_at = b"", 0.0
        if now < self._tally.deadline and wait > 0:
            asyncio.get_running_loop().call_later(wait, self._send)
        elif now < self._tally.deadline:
            self._send()
        else:
            self._transport.close()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._tally.requests))


def drive(
    address: str,
    method: str,
    headers: Mapping[str, str],
    requests: Sequence[tuple[str, str]],
    connections: int,
    seconds: float,
    *,
    per_second: float = 0,
) -> list[float]:
    """Requests answered, seconds they took, median and 99th percentile in microseconds, failures. `per_second` is how
    many are sent at most, evenly; 0 is as many as there are answers."""
    pause = connections / per_second if per_second else 0
    encoded = [_encode(address, method, headers, path, body.encode()) for path, body in requests]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(address, encoded, connections, seconds, pause))


async def _drive(
    address: str, requests: Sequence[bytes], connections: int, seconds: float, pause: float
) -> list[float]:
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    tally = _Tally(cycle(requests), seconds, pause)
    starts = [pause * place / connections for place in range(connections)]  # so that they do not come in bursts
    opened = [await loop.create_connection(partial(_Connection, tally, start), host, int(port)) for start in starts]
    await asyncio.gather(*(connection.closed for _, connection in opened))
    ordered = sorted(tally.latencies)
    p50, p99 = (ordered[int(len(ordered) * share)] * 1e6 for share in (0.5, 0.99))
    return [len(ordered), time.perf_counter() - start, p50, p99, tally.failed]


def _encode(address: str, method: str, headers: Mapping[str, str], path: str, body: bytes) -> bytes:
    sent = {"Host": address, **headers, **({"Content-Length": str(len(body))} if body else {})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
