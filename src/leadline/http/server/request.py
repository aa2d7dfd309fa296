"""What is read of a request besides its path and query string."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from leadline.errors import MalformedRequest, Unauthenticated
from leadline.http.server.errors import HttpError
from leadline.http.server.query_string import read_pairs
from leadline.records.query import Pairs
from leadline.records.service import VersionConditions

Body = Mapping[str, object]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]

MAX_DRAINED_BYTES = 2 * 1024 * 1024
"""How much of a body that is too large is read before the answer, so that the client gets to read that."""

NO_TOKEN = "no_token"
"""The code of a refusal because no token was sent."""

_SINGLE = frozenset({b"authorization", b"content-encoding", b"content-length", b"content-type", b"host", b"if-match"})
_LISTS = frozenset({b"accept-encoding", b"if-none-match"})
"""Headers that may come again, which goes on with the list (RFC 9110, 5.3)."""
ANY_TAG = ("*",)
_HOST = re.compile(rb"(?:[A-Za-z0-9_.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_JSON = re.compile(r"application/json[ \t]*(?:;.*)?", re.IGNORECASE)
_CHARSET = re.compile(r';[ \t]*charset[ \t]*=[ \t]*"?([^";\s]*)', re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
"""Names of UTF-8, and of a part of it."""
_TAGS = re.compile(r'[\t ,]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*(?:,[\t ,]*|\Z))+')
"""ETags with commas between; an element may be empty (RFC 9110, 5.6.1)."""
_TAG = re.compile(r'(W/)?("[^"]*")')
_VERSION = re.compile(r'"([1-9][0-9]{0,14})(?:-[0-9a-z-]*)?"')
"""The version in a record's ETag; what follows the dash is about what else an answer tells."""


class ClientGone(Exception):
    """The client closed the connection before it had sent everything: nobody waits for an answer."""


class Request:
    """`id_` is what the path names, "" for nothing; `public_url` is what its own address is said to start with,
    "" for the Host header's. Raises `Malformed` for a header that may come once and comes twice."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, id_: str, public_url: str) -> None:
        self.id = id_
        self._scope = scope
        self._receive = receive
        self._public_url = public_url
        self._headers = _single_headers(scope["headers"])

    def query_pairs(self) -> Pairs:
        """The parameters of the query string. Raises `Malformed`."""
        return read_pairs(self.query_bytes())

    def query_bytes(self) -> bytes:
        """The query string as it was sent."""
        query: bytes = self._scope["query_string"]
        return query

    def parent_path(self) -> str:
        """What leads from its own address to where its path's last part stands: a relative link."""
        return "../" if self._scope["path"].endswith("/") else ""

    def bearer_token(self) -> str:
        """The bearer token (RFC 6750). Raises `Unauthenticated` where there is none."""
        scheme, _, token = self._headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Sign in, or send an API key: Authorization: Bearer pk_live_….", code=NO_TOKEN)
        return token

    def own_url(self) -> str:
        """The address as it was asked for, without the query string and in the form that ends in a slash.
        Raises `Malformed` for a Host that is none, unless there is a public URL to start with."""
        path: str = self._scope["path"]
        slash = "" if path.endswith("/") else "/"
        return f"{self._public_url or self._find_origin()}{path}{slash}"

    def _find_origin(self) -> str:
        host = self._headers.get(b"host", b"")
        if not _is_host(host):
            raise MalformedRequest("The Host header is not a host name with an optional port.", code="bad_header")
        return f"{self._scope['scheme']}://{host.decode()}"

    def version_conditions(self) -> VersionConditions | None:
        """What If-Match and If-None-Match ask of a write (RFC 9110, 13.1), None for nothing. Raises `Malformed`."""
        wanted, unwanted = self._read_tags("If-Match"), self._read_tags("If-None-Match")
        if wanted is None and unwanted is None:
            return None
        return VersionConditions(
            wanted=None if wanted is None or wanted == ANY_TAG else _versions_in(wanted, are_strong=True),
            unwanted=_versions_in(unwanted or (), are_strong=False),
            unwanted_is_any=unwanted == ANY_TAG,
        )

    def find_seen_tag(self, tag: str) -> str | None:
        """The tag that If-None-Match has of an answer (RFC 9110, 13.1.2): it need not be sent again. None where it
        has none of it. The compressed answer has a tag of its own. Raises `Malformed`."""
        if b"if-none-match" not in self._headers:
            return None
        listed = self._read_tags("If-None-Match") or ()
        if listed == ANY_TAG:
            return tag
        own = {tag, f'{tag[:-1]}-gzip"'}
        return next((one for one in (text.removeprefix("W/") for text in listed) if one in own), None)

    def wants_none(self) -> bool:
        """Whether If-None-Match stands for any answer."""
        return self._read_tags("If-None-Match") == ANY_TAG

    def accepted_encodings(self) -> bytes | None:
        """The header Accept-Encoding, None without it."""
        return self._headers.get(b"accept-encoding")

    def _read_tags(self, name: str) -> Sequence[str] | None:
        """The ETags that a header lists, None without it. Raises `Malformed`."""
        value = self._headers.get(name.lower().encode())
        if value is None:
            return None
        header = value.decode("latin-1").strip()
        if header == "*":
            return ANY_TAG
        if not _TAGS.fullmatch(header):
            raise MalformedRequest(f'{name} must be a list of ETags, such as "3", or *.', code="bad_header")
        return [weak + tag for weak, tag in _TAG.findall(header)]

    async def read_json_bytes(self, limit: int) -> bytes:
        """The body, which must be JSON if there is one: 415 if it says it is something else, 413 if too large."""
        if self._headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise _unsupported_media("Send the body without Content-Encoding.")
        body = await self._read_body(limit)
        if body and not _is_json(self._headers.get(b"content-type", b"")):
            raise _unsupported_media("Send the body as Content-Type: application/json, in UTF-8.")
        return body

    async def _read_body(self, limit: int) -> bytes:
        parts: list[bytes] = []
        size = int(self._headers.get(b"content-length", b"0"))
        if size > MAX_DRAINED_BYTES:
            raise _too_large(limit)
        received = 0
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            received += len(message.get("body", b""))
            if received > MAX_DRAINED_BYTES:
                raise _too_large(limit)
            if received <= limit:
                parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        if received > limit:
            raise _too_large(limit)
        return b"".join(parts)


def allow_header(methods: Iterable[str]) -> str:
    """The Allow header of a path: what is in the table, and what follows from it."""
    given = set(methods) | {"OPTIONS"}
    return ", ".join(sorted(given | {"HEAD"} if "GET" in given else given))


def _single_headers(headers: Collection[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    found = dict(headers)
    if len(found) < len(headers):
        for name, times in Counter(name for name, _ in headers).items():
            if times > 1 and name in _SINGLE:
                raise MalformedRequest(f"The header {name.decode()} is given more than once.", code="bad_header")
            if times > 1 and name in _LISTS:
                found[name] = b", ".join(value for other, value in headers if other == name)
    return found


def _versions_in(tags: Iterable[str], *, are_strong: bool) -> frozenset[int]:
    """The versions that ETags of ours name; a weak one is none where the comparison is strong (RFC 9110, 8.8.3.2)."""
    own = (_VERSION.fullmatch(tag if are_strong else tag.removeprefix("W/")) for tag in tags)
    return frozenset(int(match[1]) for match in own if match)


@lru_cache(maxsize=256)
def _is_host(header: bytes) -> bool:
    return _HOST.fullmatch(header) is not None


@lru_cache(maxsize=256)
def _is_json(header: bytes) -> bool:
    """Whether a Content-Type is JSON in UTF-8. Its parameters may be any others (RFC 9110, 5.6.6; RFC 8259, 11)."""
    content_type = header.decode("latin-1").strip()
    charset = _CHARSET.search(content_type)
    return _JSON.fullmatch(content_type) is not None and (charset is None or charset[1].lower() in _UTF_8)


def _unsupported_media(detail: str) -> HttpError:
    return HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)


def _too_large(limit: int) -> HttpError:
    detail = f"The body is larger than {limit // 1024} KiB; send less at a time."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail, {"Connection": "close"})
