"""The encoding of responses as headers and bytes, and their sending in ASGI's messages."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from leadline.http.server.endpoint import EncodedBody, Response, encode_json
from leadline.http.server.request import Scope, Send
from leadline.http.server.request_context import IS_OPEN, Header, RequestContext
from leadline.http.server.server_timing import server_timing
from leadline.http.server.streaming import StreamedBody

_NO_SNIFFING: Header = b"x-content-type-options: nosniff\r\n"
_VARY: Header = b"vary: accept-encoding\r\n"
_PRIVATE: Header = b"cache-control: private, no-cache\r\n"
"""Keeps shared caches from storing the answer to a cookie. They know Authorization by themselves (RFC 9111, 3.5)."""


def encode_response(response: Response, context: RequestContext) -> tuple[list[Header], bytes]:
    """Returns headers and body as they are sent."""
    headers = [b"x-request-id: %b\r\n" % context.request_id.encode(), _NO_SNIFFING, _VARY, *context.limit_headers]
    if context.trace is not None and (timing := server_timing(context.trace)):
        headers.append(timing)
    if context.by_cookie and "Cache-Control" not in response.headers:
        headers.append(_PRIVATE)
    for name, value in response.headers.items():
        assert value.isprintable(), name  # nothing that ends the header
        headers.append(b"%b: %b\r\n" % (_lower_name(name), value.encode("latin-1")))
    if response.body is None:
        return headers, b""
    if isinstance(response.body, StreamedBody):
        return [*headers, _content_type(response.media_type), b"connection: close\r\n"], b""
    body = _encode_body(response.body)
    headers += (_content_type(response.media_type), b"content-length: %d\r\n" % len(body))
    return headers, body


def _encode_body(body: object) -> bytes:
    if isinstance(body, EncodedBody):
        return body.data
    return body if isinstance(body, bytes) else encode_json(body)


@lru_cache(maxsize=64)
def _lower_name(name: str) -> bytes:
    """Returns a header name in lower case. There are few names, so they are cached."""
    return name.lower().encode()


@lru_cache(maxsize=64)
def _content_type(media_type: str) -> Header:
    return f"content-type: {media_type}\r\n".encode()


async def send_response(scope: Scope, send: Send, status: int, headers: list[Header], body: bytes) -> bool:
    """Sends the response in ASGI's two messages. Returns True if the connection was open before both."""
    is_open: Callable[[], bool] = scope.get("extensions", {}).get(IS_OPEN, lambda: True)
    was_open = is_open()
    await send(response_start(status, headers))
    was_open = was_open and is_open()
    await send({"type": "http.response.body", "body": body})
    return was_open


def response_start(status: int, headers: list[Header]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [_header_pair(header) for header in headers]}


def _header_pair(header: Header) -> tuple[bytes, bytes]:
    """Returns name and value of a header line, as ASGI wants them."""
    name, _, value = header[:-2].partition(b": ")
    return name, value
