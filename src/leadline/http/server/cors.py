"""Cross-origin requests (the Fetch standard's CORS protocol): lets pages of allowed other sites call the API from a
browser."""

from collections.abc import Collection, Iterable, MutableMapping
from typing import Any

from leadline.http.server.cluster_routing import Application
from leadline.http.server.request import Receive, Scope, Send
from leadline.http.server.request_context import FAST_RESPONSE

ANY_ORIGIN = "*"
ALLOWED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"
EXPOSED_HEADERS = (
    "ETag, Idempotency-Replayed, Location, Log-Seq, Operation-Id, Retry-After, Server-Timing,"
    " X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
)
PREFLIGHT_SECONDS = 600
"""The time for which a browser may cache the response to its preflight request."""

Headers = list[tuple[bytes, bytes]]
_EXPOSED: Headers = [(b"access-control-expose-headers", EXPOSED_HEADERS.encode())]


class CorsMiddleware:
    """ASGI middleware that adds the CORS headers to every response. Tokens travel in a header that the page sets
    itself, so the browser's own credentials are never allowed."""

    def __init__(self, application: Application, origins: Collection[str]) -> None:
        self._application = application
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        origin = _find_header(scope, b"origin")
        is_allowed = origin is not None and bool(self._origins & {ANY_ORIGIN, origin.decode("latin-1")})
        is_preflight = (
            scope["method"] == "OPTIONS" and _find_header(scope, b"access-control-request-method") is not None
        )

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added: Headers = [] if ANY_ORIGIN in self._origins else [(b"vary", b"origin")]
                if origin is not None and is_allowed:
                    added.append((b"access-control-allow-origin", origin if added else ANY_ORIGIN.encode()))
                    added += _of_preflight(message["headers"]) if is_preflight else _EXPOSED
                message["headers"] = [*message["headers"], *added]
            await send(message)

        extensions = {name: value for name, value in scope.get("extensions", {}).items() if name != FAST_RESPONSE}
        await self._application({**scope, "extensions": extensions}, receive, send_with_headers)


def _find_header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)


def _of_preflight(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Returns the headers that tell a preflight request the allowed methods (from Allow) and headers."""
    methods = [(b"access-control-allow-methods", value) for name, value in headers if name == b"allow"]
    return [
        *methods,
        (b"access-control-allow-headers", ALLOWED_HEADERS.encode()),
        (b"access-control-max-age", b"%d" % PREFLIGHT_SECONDS),
    ]
