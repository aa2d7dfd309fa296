"""HTTP/1.1 pipelining: requests that arrive together, and are read and begun some at a time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

END_OF_HEAD = b"\r\n\r\n"
MAX_BEGUN_A_TURN = 16
"""The maximum number of pipelined requests that one turn of the event loop begins, over all connections."""


class PausableFlow(FlowControl):
    """Flow control that keeps reading paused while `holds_back` is set, even if uvicorn resumes it."""

    holds_back = False

    def resume_reading(self) -> None:
        if not self.holds_back:
            super().resume_reading()

    def pace_reading(self, cycle: RequestResponseCycle | None, *, holds_back: bool) -> None:
        """Pauses reading if the connection holds back, or the handler has much of the body to read, else resumes."""
        self.holds_back = holds_back
        is_full = cycle is not None and not cycle.response_complete and len(cycle.body) > HIGH_WATER_LIMIT
        if holds_back or is_full:  # uvicorn resumes once the handler reads
            self.pause_reading()
        else:
            self.resume_reading()


class RequestsSentAhead:
    """A queue of pipelined requests whose connection has answered the request before. Each turn of the event loop
    begins some of them. So connections that send many requests ahead delay each other, but not a client that sends
    one, or connects."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def add_request(self, begin: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        if not self._waiting:
            loop.call_soon(self._begin_some, loop)
        self._waiting.append(begin)

    def _begin_some(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for _ in range(min(MAX_BEGUN_A_TURN, len(self._waiting))):
                self._waiting.popleft()()
        finally:  # an error of one does not stop the others
            if self._waiting:
                loop.call_soon(self._begin_some, loop)


class KnownHead:
    """Parser callbacks for a message whose head was read before. The callbacks skip that head, and pass everything
    else on to the connection."""

    def __init__(self, connection: HttpToolsProtocol) -> None:
        self._connection = connection
        self._in_known_head = True
        self.on_body = connection.on_body
        self.on_message_complete = connection.on_message_complete

    def on_message_begin(self) -> None:
        if not self._in_known_head:
            self._connection.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._in_known_head:
            self._connection.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_known_head:
            self._connection.on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._in_known_head:
            self._in_known_head = False
        else:
            self._connection.on_headers_complete()


def head_of_frame(headers: Iterable[tuple[bytes, bytes]], *, keep_alive: bool) -> bytes:
    """Returns a head that frames the body as `headers` do, and leaves all other headers out."""
    framing = [header for header in headers if header[0] in (b"content-length", b"transfer-encoding")]
    lines = [b"POST / HTTP/1.1", *(b": ".join(header) for header in framing)]
    if not keep_alive:
        lines.append(b"connection: close")
    return b"\r\n".join(lines) + END_OF_HEAD


def end_of_heads(data: bytes, start: int, most: int) -> int:
    """Returns the end of the piece of `data` that begins at `start` and has the ends of at most `most` heads."""
    end = start
    for _ in range(most):
        found = data.find(END_OF_HEAD, end)
        if found < 0:
            return len(data)
        end = found + len(END_OF_HEAD)
    return end
