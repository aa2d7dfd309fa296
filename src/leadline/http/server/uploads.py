"""Uploads: raw request bodies that a handler reads part by part, while they arrive."""

import msgspec
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from leadline.http.server.transport import CoalescingTransport

MIN_UPLOAD_BYTES_PER_SECOND = 16 * 1024
LINGER_SECONDS = 5.0
"""How long a connection is still read from, and what comes is dropped, after an upload was answered before its end.
A client that sends all before it reads would otherwise lose the response."""


class UploadLimits(msgspec.Struct, frozen=True):
    """The limits of the raw body that an endpoint takes."""

    max_bytes: int


class ArrivingUpload:
    """An upload whose body is still arriving. A response before the end of the body closes the connection, which
    lingers so that the client can read that response."""

    def __init__(
        self, cycle: RequestResponseCycle, transport: CoalescingTransport, window_seconds: float, arrived_bytes: int
    ) -> None:
        self._cycle = cycle
        self._transport = transport
        self._keeps_alive = cycle.keep_alive
        self._window_bytes = int(MIN_UPLOAD_BYTES_PER_SECOND * window_seconds)
        self._next_bytes = arrived_bytes + self._window_bytes
        cycle.keep_alive = False
        transport.lingers = True

    def note_bytes(self, arrived_bytes: int) -> bool:
        """Returns True if so many bytes have arrived in all that the client may have another window of time."""
        if arrived_bytes < self._next_bytes:
            return False
        self._next_bytes = arrived_bytes + self._window_bytes
        return True

    def note_end(self, *, is_stopping: bool) -> None:
        """Keeps the connection open for further requests, as if the body had never been long."""
        self._cycle.keep_alive = self._keeps_alive and not is_stopping
        self._transport.lingers = False
