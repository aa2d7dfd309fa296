"""Responses that are sent part by part, for as long as the client and the server want."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from http import HTTPStatus

import msgspec

from leadline.http.server.errors import HttpError
from leadline.http.server.request import Receive, Scope, Send
from leadline.kit.json_logging import REQUEST_ID

MAX_STREAMS_OF_A_CALLER = 10
STREAM_SHARE = 10
"""A process has at most one stream or upload for each so many connections that it keeps. Neither is ever evicted."""
HEARTBEAT_SECONDS = 15.0

logger = logging.getLogger("leadline")


class StreamedBody(msgspec.Struct):
    """A response body that is sent part by part. `parts` is closed when the client leaves or the server stops.

    `heartbeat` is sent whenever no part was sent for `heartbeat_seconds`, b"" for no heartbeats. A client that has
    left is noticed only when something is sent to it, so a stream that may be quiet for long needs heartbeats. Each
    part must be whole: a heartbeat may follow it.
    """

    parts: AsyncGenerator[bytes, None]
    heartbeat: bytes = b""
    heartbeat_seconds: float = HEARTBEAT_SECONDS


class StreamSlots:
    """The streams and uploads that a process may have at once: `max_streams` of all callers together."""

    def __init__(self, max_streams: int) -> None:
        self._max_streams = max_streams
        self._streams: Counter[object] = Counter()

    @contextmanager
    def take_slot(self, caller: object) -> Iterator[None]:
        """Raises `HttpError`: 429 over `MAX_STREAMS_OF_A_CALLER`, 503 over the streams of the process."""
        if self._streams[caller] >= MAX_STREAMS_OF_A_CALLER:
            detail = f"A caller has at most {MAX_STREAMS_OF_A_CALLER} streams and uploads at once; end one of yours."
            raise HttpError(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail, {"Retry-After": "5"})
        if self._streams.total() >= self._max_streams:
            detail = "Every stream and upload is in use; try again."
            raise HttpError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, {"Retry-After": "5"})
        self._streams[caller] += 1
        try:
            yield
        finally:
            self._streams[caller] -= 1
            if not self._streams[caller]:
                del self._streams[caller]


def refuse_old_versions(scope: Scope) -> None:
    """Raises `HttpError` (505) for HTTP/1.0, whose clients cannot read a body of unknown length in chunks."""
    if scope.get("http_version") == "1.0":
        detail = "This is a stream, which needs HTTP/1.1."
        raise HttpError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "http_version_not_supported", detail)


class PartSender:
    """Sends the parts of one stream, and its heartbeats in between. `request_id` is the request's, for the log."""

    def __init__(self, body: StreamedBody, send: Send, request_id: str) -> None:
        self._body = body
        self._send = send
        self._request_id = request_id
        self._quiet_since = 0.0

    async def send_parts(self, receive: Receive, stopping: asyncio.Event) -> bool:
        """Sends the parts until they end, the client leaves, or the server stops. Returns False if it left."""
        async with aclosing(self._body.parts):
            sending = asyncio.create_task(self._send_all())
            leaving = asyncio.create_task(_wait_for_leaving(receive))
            tasks = {sending, leaving, asyncio.create_task(stopping.wait())}
            if self._body.heartbeat:
                tasks.add(asyncio.create_task(self._send_heartbeats()))
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        if sending in done and (error := sending.exception()) is not None:
            logger.error("a stream failed", exc_info=error, extra={REQUEST_ID: self._request_id})
            return True  # the body stays without its end, so that the client knows
        if leaving in done:
            return False
        with suppress(OSError):
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    async def _send_all(self) -> None:
        async for part in self._body.parts:
            await self._send_part(part)
            await asyncio.sleep(0)  # the transport writes at the end of the turn, and says only then that it is full

    async def _send_heartbeats(self) -> None:
        now = self._quiet_since = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(self._quiet_since + self._body.heartbeat_seconds - now)
            now = asyncio.get_running_loop().time()
            if now >= self._quiet_since + self._body.heartbeat_seconds:
                await self._send_part(self._body.heartbeat)

    async def _send_part(self, part: bytes) -> None:
        await self._send({"type": "http.response.body", "body": part, "more_body": True})
        self._quiet_since = asyncio.get_running_loop().time()


async def _wait_for_leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
