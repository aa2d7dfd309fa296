"""Routes and endpoints: the handlers of requests, with all that the documentation says about them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from msgspec import structs

from leadline.access import AREAS, Actor, Right, scopes_of
from leadline.http.server.request import Body, Request
from leadline.http.server.uploads import UploadLimits
from leadline.kit.db import Transaction
from leadline.log import Operation

Json = dict[str, Any]

LOG_SEQ = "Log-Seq"
"""The header with the `seq` of the newest operation that a response knows of. The change feed goes on from there."""

encode_json = msgspec.json.Encoder().encode
"""Encodes a body as the JSON bytes that are sent."""


class HandlerInput(msgspec.Struct):
    """The input of a handler: the actor who asks, the request, the JSON object in its body (empty if the endpoint
    takes none), and `parsed`, which the endpoint's `parse` or `prepare` made of them. `upload` yields the parts of
    a raw body as they arrive; it is None if the endpoint takes none. `take_slot` takes a place among the streams of
    the process while its context is open, for a handler that waits for as long as the client wants.

    Reading `upload` raises `HttpError` (413) over the limit, and `ClientGone` if the client left before its end.
    `take_slot` raises `HttpError` if there is no place.
    """

    actor: Actor
    request: Request
    body: Body = {}
    take_slot: Callable[[], AbstractContextManager[None]] = nullcontext
    parsed: Any = None
    upload: AsyncIterator[bytes] | None = None


class EncodedBody(msgspec.Struct):
    """The bytes of a response body, and their compressed form once a client has wanted that."""

    data: bytes
    gzipped: bytes | None = None


class Response(msgspec.Struct, frozen=True):
    """An HTTP response. `body` is encoded as JSON; bytes and `EncodedBody` are sent as they are, a
    `StreamedBody` part by part, None as no body. `secrets` names the members of the body that are shown only once."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = {}
    media_type: str = "application/json"
    secrets: Sequence[str] = ()


Handler = Callable[[Transaction, HandlerInput], Awaitable[Response]]
"""Answers a request within one transaction."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A handler and its documentation.

    run: answers within one transaction, which is a write transaction if the endpoint `writes`.
    run_alone: answers instead of `run`, and begins its own transactions.
    parse: checks the request without the data, and returns the handler's `parsed` input. Runs before a write
        transaction begins.
    prepare: does the same, but may take long (hash a password) or read the data in a transaction of its own.
    parameters, body, response_schema: OpenAPI parameter objects and JSON Schemas.
    body_required: True if an empty body is refused.
    upload: the limits of a raw body of any media type, which `run_alone` reads as it arrives; None takes none.
    writes: True if the handler changes data.
    error_statuses: the statuses of its errors, without those that every endpoint may return.
    tagged: True if the response has an ETag, with which a client may ask whether it has changed (304).
    redirects: True if the id of a record that was merged away is answered with the survivor's address (308).
    max_body: the largest body in bytes, None for that of the server.
    weigh: returns how many requests a call counts as against the rate limit, None for one.
    is_slow: True if a write may take long, and shares its commit with no other.
    bucket: the name under which requests are counted by client address against the login limit; "" for none.
    """

    run: Handler | None = None
    run_alone: Callable[[HandlerInput], Awaitable[Response]] | None = None
    parse: Callable[[HandlerInput], Any] | None = None
    prepare: Callable[[HandlerInput], Awaitable[Any]] | None = None
    name: str
    summary: str
    description: str = ""
    response_schema: Json | None
    media_type: str = "application/json"
    status: int = 200
    parameters: Sequence[Json] = ()
    body: Json | None = None
    body_required: bool = True
    upload: UploadLimits | None = None
    writes: bool = False
    error_statuses: Sequence[int] = ()
    tagged: bool = False
    redirects: bool = False
    max_body: int | None = None
    weigh: Callable[[HandlerInput], int] | None = None
    is_slow: bool = False
    bucket: str = ""

    def __post_init__(self) -> None:
        """Raises `TypeError` for an upload that would be read within a transaction, or as JSON."""
        if self.upload is not None and (self.run_alone is None or self.body is not None):
            raise TypeError(f"{self.name} takes an upload, which needs run_alone and no other body.")

    @property
    def is_repeatable(self) -> bool:
        """True if the handler writes within one transaction, so that the write takes an Idempotency-Key and can be
        previewed."""
        return self.writes and self.run is not None

    @cached_property
    def takes_query(self) -> bool:
        """True if the query string may have parameters; without any, all are refused."""
        return any(parameter.get("in") == "query" for parameter in self.parameters)


@dataclass(frozen=True)
class Route:
    """A method and path, their endpoint, and the right that a caller needs. An API key with scopes needs the scope of
    that right in each of `areas`; without `areas` that is the area that the path names, if any."""

    method: str
    path: str
    right: Right
    endpoint: Endpoint
    areas: Sequence[str] | None = None
    scopes: frozenset[str] = field(init=False)
    share: str = field(init=False)
    """The first part of the path after `/api/`. Reads of one share leave database connections for those of others."""

    def __post_init__(self) -> None:
        """Raises `TypeError` for a route that does not declare who may call it, so that the server does not start."""
        if not isinstance(self.right, Right):
            raise TypeError(f"{self.method} {self.path} declares no right; Right.PUBLIC lets anybody in.")
        word = self.path.split("/")[2]
        object.__setattr__(self, "share", word)
        areas = self.areas if self.areas is not None else (word,) if word in AREAS else None
        if areas is None and self.right in (Right.READ, Right.WRITE):
            raise TypeError(f"{self.method} {self.path} declares no area; areas=() lets any key in.")
        object.__setattr__(self, "scopes", scopes_of(areas or (), self.right))


def write_response(body: object, operation: Operation, *, status: int = 200, **headers: str) -> Response:
    """Returns the response to a write, with the operation's id and `seq` in its headers."""
    return Response(body, status, {"Operation-Id": operation.id, LOG_SEQ: str(operation.seq), **headers})


def not_stored(response: Response, *secrets: str) -> Response:
    """Returns a response with the `secrets` in its body, marked so that no cache on its way may store it (RFC 6749,
    5.1)."""
    return structs.replace(response, headers={**response.headers, "Cache-Control": "no-store"}, secrets=secrets)
