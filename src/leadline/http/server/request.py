"""The request as a handler reads it: id, parameters, headers and body."""

import asyncio
import re
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    MutableMapping,
    Sequence,
)
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from leadline.errors import FieldError, Forbidden, MalformedRequest, Unauthenticated
from leadline.http.server.client_ip import ClientAddresses
from leadline.http.server.errors import HttpError
from leadline.http.server.query_string import read_pairs
from leadline.http.server.request_context import STOPPING, UPLOAD
from leadline.http.server.session_cookie import SessionCookie, find_session_cookie, normalize_origin
from leadline.people.authenticator import SentToken
from leadline.records.query import Pairs, refuse_parameters
from leadline.records.service import VersionConditions
from leadline.records.types import Rejected, read_truth

Body = Mapping[str, object]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_DRAINED_BYTES = 2 * 1024 * 1024
"""The maximum bytes of a too large body that are read before the response, so that the client gets to read that."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing (RFC 9110, 9.2.1)."""
NO_TOKEN = "no_token"
"""The error code of a request without a token."""

_SINGLE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"last-event-id",
        b"origin",
    }
)
_LISTS = frozenset({b"accept", b"accept-encoding", b"if-none-match"})
"""Headers that may be repeated: their values are joined to one list (RFC 9110, 5.3)."""
_COOKIE = b"cookie"
"""The header that HTTP/2 and proxies may split, joined with semicolons (RFC 9113, 8.2.3)."""
ANY_TAG = ("*",)
_HOST = re.compile(rb"(?:[A-Za-z0-9_.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_JSON = re.compile(r"application/json[ \t]*(?:;.*)?", re.IGNORECASE)
_CHARSET = re.compile(r';[ \t]*charset[ \t]*=[ \t]*"?([^";\s]*)', re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
"""Charset names of UTF-8, and of its subset ASCII."""
_TAGS = re.compile(r'[\t ,]*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*(?:,[\t ,]*|\Z))+')
"""Matches ETags separated by commas; an element may be empty (RFC 9110, 5.6.1)."""
_TAG = re.compile(r'(W/)?("[^"]*")')
MAX_KEY_CHARACTERS = 255
_KEY = re.compile(r'"(?P<quoted>(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"|(?P<bare>[\x21\x23-\x7e][\x20-\x7e]*)')
"""Matches an Idempotency-Key: a string of RFC 9651 (3.3.3), or its characters without the quotes."""
_VERSION = re.compile(r'"([1-9][0-9]{0,14})(?:-[0-9a-z-]*)?"')
"""Finds the version in the ETag of a record. The part after the dash stands for other contents of the response."""


class ClientGone(Exception):
    """Raised if the client closed the connection before it had sent the whole body: nobody waits for a response."""


class Request:
    """A request. `id` is the parameter `id` of its path, "" without one; `path_parameters` has all by name. The
    request's own URL starts with `public_url`, or with the Host header if that is "". `proxies` are trusted to say
    whether the client speaks HTTPS. Raises `MalformedRequest` for a repeated header that may come only once."""

    def __init__(
        self,
        scope: Mapping[str, Any],
        receive: Receive,
        path_parameters: Mapping[str, str],
        public_url: str,
        proxies: ClientAddresses,
    ) -> None:
        self.id = path_parameters.get("id", "")
        self.path_parameters = path_parameters
        self._scope = scope
        self._receive = receive
        self._public_url = public_url
        self._proxies = proxies
        self._headers = _single_headers(scope["headers"])
        self._query: bytes = scope["query_string"]
        self.json_bytes = b""
        """The body, once it is read as JSON."""

    def query_pairs(self) -> Pairs:
        """Returns the parameters of the query string. Raises `MalformedRequest`."""
        return read_pairs(self._query)

    def query_bytes(self) -> bytes:
        """Returns the query string as it was sent, but for a flag that was taken."""
        return self._query

    def take_flag(self, name: str) -> bool:
        """Takes the parameter `name`, which is true or false, off the query string. Returns False without it.
        Raises `MalformedRequest`."""
        given = dict(self.query_pairs()) if self._query else {}
        text = given.pop(name, None)
        if text is None:
            return False
        self._query = urlencode(given).encode()
        try:
            return read_truth(text.strip())
        except Rejected as rejected:
            refuse_parameters([FieldError(name, rejected.code, f"{name} {rejected.message}")])
            raise

    def parent_path(self) -> str:
        """Returns the prefix of relative links to siblings of the path: "../" if it ends in a slash, else ""."""
        return "../" if self._scope["path"].endswith("/") else ""

    def sent_token(self) -> SentToken:
        """Returns the bearer token (RFC 6750), or without an Authorization header that of the session's cookie.
        Raises `Unauthenticated` without one, and `Forbidden` as `refuse_foreign_page` does for a cookie."""
        authorization = self._headers.get(b"authorization")
        if authorization is None and (cookie := self.session_cookie()) is not None:
            if self._scope["method"] not in SAFE_METHODS:
                self.refuse_foreign_page()
            return SentToken(cookie.token, is_cookie=True)
        scheme, _, token = (authorization or b"").decode("latin-1").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Sign in, or send an API key: Authorization: Bearer pk_live_….", code=NO_TOKEN)
        return SentToken(token)

    def session_cookie(self) -> SessionCookie | None:
        """Returns the cookie of the session, None without one or beside an Authorization header, which wins.
        Raises `MalformedRequest`."""
        cookies = self._headers.get(_COOKIE)
        if cookies is None or b"authorization" in self._headers:
            return None
        return find_session_cookie(cookies.decode("latin-1"), self._find_host())

    def origin(self) -> str | None:
        """Returns the header Origin: scheme, host and port of the page that sends the request. None without it."""
        value = self._headers.get(b"origin")
        return None if value is None else value.decode("latin-1")

    def refuse_foreign_page(self) -> None:
        """Raises `Forbidden` unless a page of this server sent the request: another site could send the browser's
        cookie along (RFC 6265, 8.2)."""
        if self.origin() not in self._own_origins():
            raise Forbidden(
                "A browser's cookie may write from Leadline's own pages only. Send a token in Authorization instead;"
                " behind a proxy, set LEADLINE_PUBLIC_URL.",
                code="foreign_origin",
            )

    def site_origin(self) -> str:
        """Returns scheme, host and port of this server as the client sees them. Raises `MalformedRequest`."""
        origin = self.origin()
        own = self._own_origins()
        return origin if origin in own else own[0]

    def _own_origins(self) -> list[str]:
        """Returns the origins of this server's pages: that of the public URL, if one is set, and that of the host
        which was asked."""
        asked = f"{self._proxies.find_scheme(self._scope)}://{self._find_host()}"
        origins = map(normalize_origin, (self._public_url, asked))
        return [origin for origin in origins if origin is not None]

    def own_url(self) -> str:
        """Returns the URL of the request, without the query string and with a slash at the end.
        Raises `MalformedRequest` if it needs the Host header and that is not a host."""
        path: str = self._scope["path"]
        slash = "" if path.endswith("/") else "/"
        return f"{self._public_url or self._find_origin()}{path}{slash}"

    def url_of(self, id_: str) -> str:
        """Returns the URL of the request with another id in its path, and with its query string. Raises as `own_url`
        and `query_pairs` do."""
        query = urlencode(self.query_pairs())
        return self.own_url().replace(f"/{self.id}/", f"/{id_}/", 1) + (f"?{query}" if query else "")

    def _find_origin(self) -> str:
        return f"{self._scope['scheme']}://{self._find_host()}"

    def _find_host(self) -> str:
        host = self._headers.get(b"host", b"")
        if not _is_host(host):
            raise MalformedRequest("The Host header is not a host name with an optional port.", code="bad_header")
        return host.decode()

    def version_conditions(self) -> VersionConditions | None:
        """Returns the conditions that If-Match and If-None-Match set for a write (RFC 9110, 13.1), None without them.
        Raises `MalformedRequest`."""
        wanted, unwanted = self._read_tags("If-Match"), self._read_tags("If-None-Match")
        if wanted is None and unwanted is None:
            return None
        return VersionConditions(
            wanted=None if wanted is None or wanted == ANY_TAG else _versions_in(wanted, are_strong=True),
            unwanted=_versions_in(unwanted or (), are_strong=False),
            unwanted_is_any=unwanted == ANY_TAG,
        )

    def condition_headers(self) -> tuple[bytes | None, bytes | None]:
        """Returns the headers If-Match and If-None-Match."""
        return self._headers.get(b"if-match"), self._headers.get(b"if-none-match")

    def idempotency_key(self) -> str | None:
        """Returns the header Idempotency-Key without its quotes, None without it. Raises `MalformedRequest`."""
        value = self._headers.get(b"idempotency-key")
        if value is None:
            return None
        match = _KEY.fullmatch(value.decode("latin-1").strip())
        key = match and (match["bare"] or re.sub(r"\\(.)", r"\1", match["quoted"]))
        if not key or len(key) > MAX_KEY_CHARACTERS:
            allowed = f"1 to {MAX_KEY_CHARACTERS} printable ASCII characters, with or without quotes"
            raise MalformedRequest(f"Idempotency-Key must be {allowed}.", code="bad_header")
        return key

    def last_event_id(self) -> str | None:
        """Returns the header Last-Event-ID, with which a client goes on with a stream. None without it."""
        value = self._headers.get(b"last-event-id")
        return None if value is None else value.decode("latin-1").strip()

    def stopping(self) -> asyncio.Event:
        """Returns an event that is set when the server stops."""
        stopping: asyncio.Event = self._scope.get("extensions", {}).get(STOPPING) or asyncio.Event()
        return stopping

    def find_seen_tag(self, tag: str) -> str | None:
        """Returns the tag in If-None-Match that names the response with this `tag`, or its compressed form, which has
        a tag of its own. Returns None if the header names neither. A response that the header names need not be
        sent again (RFC 9110, 13.1.2). Raises `MalformedRequest`."""
        if b"if-none-match" not in self._headers:
            return None
        listed = self._read_tags("If-None-Match") or ()
        if listed == ANY_TAG:
            return tag
        own = {tag, f'{tag[:-1]}-gzip"'}
        return next((one for one in (text.removeprefix("W/") for text in listed) if one in own), None)

    def forbids_existing(self) -> bool:
        """Returns True if If-None-Match is `*`, which names any response. Raises `MalformedRequest`."""
        return self._read_tags("If-None-Match") == ANY_TAG

    def accepted_encodings(self) -> bytes | None:
        """Returns the header Accept-Encoding, None without it."""
        return self._headers.get(b"accept-encoding")

    def accepted_media_types(self) -> bytes:
        """Returns the header Accept, b"" without it."""
        return self._headers.get(b"accept", b"")

    def _read_tags(self, name: str) -> Sequence[str] | None:
        """Returns the ETags that a header lists, None without it. Raises `MalformedRequest`."""
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
        """Returns the body, which may be empty. Raises `HttpError`: 415 for a body that is not declared as JSON or
        is compressed, 413 for more than `limit` bytes. Raises `ClientGone` if the client left before its end."""
        self._refuse_encoded()
        body = await self._read_body(limit)
        if body and not _is_json(self._headers.get(b"content-type", b"")):
            raise _unsupported_media("Send the body as Content-Type: application/json, in UTF-8.")
        self.json_bytes = body
        return body

    def begin_upload(self) -> None:
        """Lets the body take as long as it makes progress. A response before its end closes the connection."""
        begin: Callable[[], None] = self._scope.get("extensions", {}).get(UPLOAD, lambda: None)
        begin()

    def read_upload(self, limit: int) -> AsyncIterator[bytes]:
        """Returns the parts of the raw body, as they arrive. Raises `HttpError`: 415 for a body that is compressed,
        413 for one that declares more than `limit` bytes. Reading raises 413 for one that has more, and `ClientGone`
        if the client left before its end."""
        self._refuse_encoded()
        if self._declared_bytes() > limit:
            raise _too_large(limit)
        return self._receive_within(limit)

    async def _receive_within(self, limit: int) -> AsyncIterator[bytes]:
        received = 0
        more = True
        while more:
            part, more = await self._receive_part()
            received += len(part)
            if received > limit:
                raise _too_large(limit)
            if part:
                yield part

    async def _read_body(self, limit: int) -> bytes:
        if self._declared_bytes() > MAX_DRAINED_BYTES:
            raise _too_large(limit)
        parts: list[bytes] = []
        received = 0
        more = True
        while more:
            part, more = await self._receive_part()
            received += len(part)
            if received > MAX_DRAINED_BYTES:
                raise _too_large(limit)
            if received <= limit:
                parts.append(part)
        if received > limit:
            raise _too_large(limit)
        return b"".join(parts)

    async def _receive_part(self) -> tuple[bytes, bool]:
        """Receives the next part of the body. Returns it, and True if more may follow. Raises `ClientGone` if the
        client left before the end."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message.get("body", b""), message.get("more_body", False)

    def _declared_bytes(self) -> int:
        return int(self._headers.get(b"content-length", b"0"))

    def _refuse_encoded(self) -> None:
        if self._headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise _unsupported_media("Send the body without Content-Encoding.")


def allow_header(methods: Iterable[str]) -> str:
    """Returns the Allow header of a path: its methods, OPTIONS, and HEAD if GET is one of them."""
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
            if times > 1 and name == _COOKIE:
                found[name] = b"; ".join(value for other, value in headers if other == name)
    return found


def _versions_in(tags: Iterable[str], *, are_strong: bool) -> frozenset[int]:
    """Returns the record versions that ETags name. A strong comparison skips weak tags (RFC 9110, 8.8.3.2)."""
    own = (_VERSION.fullmatch(tag if are_strong else tag.removeprefix("W/")) for tag in tags)
    return frozenset(int(match[1]) for match in own if match)


@lru_cache(maxsize=256)
def _is_host(header: bytes) -> bool:
    return _HOST.fullmatch(header) is not None


@lru_cache(maxsize=256)
def _is_json(header: bytes) -> bool:
    """Returns True for JSON in UTF-8, with any parameters besides charset (RFC 9110, 5.6.6; RFC 8259, 11)."""
    content_type = header.decode("latin-1").strip()
    charset = _CHARSET.search(content_type)
    return _JSON.fullmatch(content_type) is not None and (charset is None or charset[1].lower() in _UTF_8)


def _unsupported_media(detail: str) -> HttpError:
    return HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)


def _too_large(limit: int) -> HttpError:
    detail = f"The body is larger than {limit // 1024:,} KiB; send less at a time."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail, {"Connection": "close"})
