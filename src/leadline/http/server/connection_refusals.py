"""Refusals of requests that do not reach the application: too large, too slow, or not valid HTTP/1.1."""

from http import HTTPStatus
from typing import NamedTuple

import msgspec

from leadline.http.server.errors import problem_document

MAX_URL_BYTES = 16 * 1024
MAX_HEAD_BYTES = 32 * 1024
MAX_HEADERS = 100


class ConnectionRefusal(NamedTuple):
    """An error response, with a problem document as its body, after which the connection is closed."""

    status: HTTPStatus
    code: str
    detail: str

    def encode_response(self, request_id: str) -> bytes:
        """Returns the whole response, head and body, as it is sent."""
        body = msgspec.json.encode(problem_document(self.status, self.code, self.detail, request_id))
        head = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(body)}",
            f"X-Request-Id: {request_id}",
            "Connection: close",
        ]
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            head.append("Retry-After: 2")
        return "\r\n".join([*head, "", ""]).encode() + body


INVALID = ConnectionRefusal(HTTPStatus.BAD_REQUEST, "bad_request", "This is not a valid HTTP/1.1 request.")
ODD_URL = ConnectionRefusal(
    HTTPStatus.BAD_REQUEST,
    "bad_request",
    "The address has characters that none may have; write them as percent-escapes of UTF-8: é is %C3%A9.",
)
ODD_SCHEME = ConnectionRefusal(
    HTTPStatus.BAD_REQUEST, "bad_request", "An address in full begins with http:// or https://."
)
LONG_URL = ConnectionRefusal(
    HTTPStatus.REQUEST_URI_TOO_LONG, "url_too_long", f"A URL has at most {MAX_URL_BYTES:,} bytes."
)
LARGE_HEAD = ConnectionRefusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "head_too_large",
    f"A request has at most {MAX_HEADERS} headers, with {MAX_HEAD_BYTES:,} bytes in all.",
)
SLOW = ConnectionRefusal(HTTPStatus.REQUEST_TIMEOUT, "too_slow", "The request did not arrive in time; send it again.")
ODD_CHUNKS = ConnectionRefusal(
    HTTPStatus.BAD_REQUEST, "bad_request", "The body's chunks are more frame than content."
)
ODD_VERSION = ConnectionRefusal(
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    "http_version_not_supported",
    "This server speaks HTTP/1.1 and HTTP/1.0.",
)
FULL = ConnectionRefusal(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Every connection is in use; try again.")
