"""The sending of responses: each in one call, and together with others of the same turn of the event loop."""

import asyncio
from collections.abc import Iterable

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from leadline.http.server.request_context import Header

LARGE_BODY_BYTES = 64 * 1024
"""The size from which a body is sent without a copy: if many clients are slow to read it, it is in memory once."""


class CoalescingTransport:
    """A transport that collects what is written in a turn of the event loop, and writes it at the turn's end. So head
    and body leave in one packet, and no client is woken while the responses to others are still being made.

    `lingers` makes the next close end only the own half of the connection: a client that is still sending can read
    the response before the connection is closed a second time.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.is_closing = transport.is_closing
        self.abort = transport.abort
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._has_large_parts = False
        self.lingers = False

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush_now)
        self._parts.append(data)
        if len(data) >= LARGE_BODY_BYTES:
            self._has_large_parts = True

    def close(self) -> None:
        self._flush_now()
        if not self.lingers or self.is_closing() or not self._transport.can_write_eof():
            self._transport.close()
            return
        self.lingers, self.is_closing = False, _is_closing_already
        self._transport.write_eof()

    def _flush_now(self) -> None:
        parts, self._parts = self._parts, []
        if not parts or self.is_closing():
            return
        if self._has_large_parts:
            self._has_large_parts = False
            self._transport.writelines(parts)
        else:
            self._transport.write(b"".join(parts))


def _is_closing_already() -> bool:
    return True


def new_cycle(connection: HttpToolsProtocol, *, keep_alive: bool) -> RequestResponseCycle:
    """Makes the cycle of the request whose head the connection has just read."""
    return RequestResponseCycle(
        scope=connection.scope,
        transport=connection.transport,
        flow=connection.flow,
        logger=connection.logger,
        access_logger=connection.access_logger,
        access_log=False,
        default_headers=connection.server_state.default_headers,
        message_event=asyncio.Event(),
        expect_100_continue=connection.expect_100_continue,
        keep_alive=keep_alive,
        on_response=connection.on_response_complete,
    )


def is_under_way(cycle: RequestResponseCycle | None) -> bool:
    """Returns True if a response is still due."""
    return cycle is not None and not (cycle.response_complete or cycle.disconnected)


def send_fast_response(cycle: RequestResponseCycle, status: int, headers: Iterable[Header], body: bytes) -> bool:
    """Sends a whole response in one call, without ASGI's two messages, and returns True. Returns False, having sent
    nothing, for all but the usual case: a success, not to HEAD, on a connection that accepts data and stays open."""
    if status >= 400 or not cycle.keep_alive or cycle.scope["method"] == "HEAD":
        return False
    if cycle.disconnected or cycle.flow.write_paused or cycle.transport.is_closing():
        return False
    parts = [STATUS_LINE[status]]
    for name, value in cycle.default_headers:
        parts += (name, b": ", value, b"\r\n")
    parts += (*headers, b"\r\n")
    cycle.response_started = cycle.response_complete = True
    if len(body) < LARGE_BODY_BYTES:
        cycle.transport.write(b"".join((*parts, body)))
    else:
        cycle.transport.write(b"".join(parts))
        cycle.transport.write(body)
    cycle.message_event.set()
    cycle.on_response()
    return True
