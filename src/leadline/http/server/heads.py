"""Checks of a request's head that the HTTP parser does not make."""

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

import httptools
from httptools.parser.url_parser import URL

SCHEMES = (b"http", b"https")


def is_sound(headers: Collection[tuple[bytes, bytes]], method: bytes, version: str) -> bool:
    """Returns False for a head that two readers could understand differently, and for CONNECT. The parser accepts
    some heads that RFC 9112 (3.2, 6.1) forbids."""
    names = [name for name, _ in headers]
    hosts = names.count(b"host")
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        return False
    if method == b"CONNECT":  # another protocol would follow
        return False
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    return not codings or (codings == [b"chunked"] and b"content-length" not in names)


def host_of(url: URL) -> bytes:
    """Returns host and port of a target in absolute form, in the form of a Host header."""
    host = b"[%b]" % url.host if b":" in url.host else url.host
    return host + b":%d" % url.port if url.port else host


def fill_target(target: bytes, scope: Any, headers: list[tuple[bytes, bytes]]) -> bool:
    """Fills in the path and query string of a request's target. Takes scheme and host from a target in absolute form,
    whatever the Host header is (RFC 9112, 3.2.2). Returns False for a scheme that is not HTTP's."""
    url = httptools.parse_url(target)
    path = (url.path or b"/").decode("ascii")
    scope["path"] = unquote(path) if "%" in path else path
    scope["query_string"] = url.query or b""
    if url.host is None:
        return True
    scheme = url.schema.lower()
    if scheme not in SCHEMES:
        return False
    scope["scheme"] = scheme.decode()
    headers[:] = [header for header in headers if header[0] != b"host"]
    headers.append((b"host", host_of(url)))
    return True
