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

MAX_STREAMS_OF_A_CALLER = 10
STREAM_SHARE = 10
"""A process sends at most one stream for each so many connections that it keeps. A stream is never evicted."""

logger = logging.getLogger("leadline")


class StreamedBody(msgspec.Struct):
    """A response body that is sent part by part. `parts` is closed when the client leaves or the server stops."""

    parts: AsyncGenerator[bytes, None]


class StreamSlots:
    """The streams that a process may send at once: `max_streams` of all callers together."""

    def __init__(self, max_streams: int) -> None:
        self._max_streams = max_streams
        self._streams: Counter[object] = Counter()

    @contextmanager
    def take_slot(self, caller: object) -> Iterator[None]:
        """Raises `HttpError`: 429 over `MAX_STREAMS_OF_A_CALLER`, 503 over the streams of the process."""
        if self._streams[caller] >= MAX_STREAMS_OF_A_CALLER:
            detail = f"A caller has at most {MAX_STREAMS_OF_A_CALLER} streams; close one of yours."
            raise HttpError(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail, {"Retry-After": "5"})
        if self._streams.total() >= self._max_streams:
            detail = "Every stream is in use; try again."
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


async def send_parts(body: StreamedBody, receive: Receive, send: Send, stopping: asyncio.Event) -> None:
    """Sends the parts until they end, the client leaves, or the server stops."""
    async with aclosing(body.parts) as parts:
        tasks = {
            asyncio.create_task(_send_all(parts, send)),
            asyncio.create_task(_wait_for_leaving(receive)),
            asyncio.create_task(stopping.wait()),
        }
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            if (error := task.exception()) is not None:
                logger.error("a stream failed", exc_info=error)
                return  # the body stays without its end, so that the client knows
    with suppress(OSError):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_all(parts: AsyncGenerator[bytes, None], send: Send) -> None:
    async for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(0)  # the transport writes at the end of the turn, and says only then that it is full


async def _wait_for_leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
