"""What a route leads to: a handler, and all that is to be said about it in the documentation."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import structs

from leadline.access import AREAS, Actor, Right, scopes_of
from leadline.http.server.request import Body, Request
from leadline.kit.db import Work
from leadline.log import Operation

Json = dict[str, Any]

encode_json = msgspec.json.Encoder().encode
"""A body as it is sent."""


class HandlerInput(msgspec.Struct, frozen=True):
    """One request as a handler sees it: who asks, what was asked, and the JSON object that was sent (empty where
    the endpoint takes none)."""

    actor: Actor
    request: Request
    body: Body = {}


class EncodedBody(msgspec.Struct):
    """A body as it is sent, and as it is sent compressed, once somebody wanted that."""

    data: bytes
    gzipped: bytes | None = None


class Response(msgspec.Struct, frozen=True):
    """`body` is encoded as JSON, but for bytes and `Encoded`, which are sent as they are; None is no body."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = {}
    media_type: str = "application/json"


Handler = Callable[[HandlerInput], Work[Response]]
"""Checks what can be checked without the data, and answers the work that needs them."""

Write = Callable[[Work[Response]], Awaitable[Response]]
"""Does the work in a transaction of the caller's workspace, if the caller may still do so."""

StepsHandler = Callable[[HandlerInput, Write], Awaitable[Response]]
"""For what takes several steps, some of them slow (hashing a password): it begins its own transactions."""


def refuse_single_transaction(call: HandlerInput) -> Work[Response]:
    raise AssertionError("this endpoint runs in steps")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """run, steps: the handler; `steps`, if there are any, run instead of it, and only where data are written.
    parameters, body, reply: OpenAPI parameter objects and JSON Schemas.
    body_required: whether an empty body is refused.     writes: whether it changes data.
    refusals: the statuses it may answer beside those that every endpoint may.
    tagged: whether its answer has an ETag, by which a client may ask whether it is another by now (304).
    bucket: the name under which requests are counted by client address against the login limit; "" for none.
    """

    run: Handler = refuse_single_transaction
    run_in_steps: StepsHandler | None = None
    name: str
    summary: str
    description: str = ""
    reply: Json | None
    media_type: str = "application/json"
    status: int = 200
    parameters: Sequence[Json] = ()
    body: Json | None = None
    body_required: bool = True
    writes: bool = False
    error_statuses: Sequence[int] = ()
    tagged: bool = False
    bucket: str = ""


@dataclass(frozen=True)
class Route:
    """`right` is what the caller needs, and `areas` where: a key with scopes must have that of the right for each of
    them. By itself the area is the one that the path names."""

    method: str
    path: str
    right: Right
    endpoint: Endpoint
    areas: Sequence[str] | None = None
    scopes: frozenset[str] = field(init=False)
    share: str = field(init=False)
    """What the path names first: reads of leads leave connections for those of contacts."""

    def __post_init__(self) -> None:
        """Raises `TypeError` if it does not say who may come: then the server does not start."""
        if not isinstance(self.right, Right):
            raise TypeError(f"{self.method} {self.path} declares no right; Right.PUBLIC lets anybody in.")
        word = self.path.split("/")[2]
        object.__setattr__(self, "share", word)
        areas = self.areas if self.areas is not None else (word,) if word in AREAS else None
        if areas is None and self.right in (Right.READ, Right.WRITE):
            raise TypeError(f"{self.method} {self.path} declares no area; areas=() lets any key in.")
        object.__setattr__(self, "scopes", scopes_of(areas or (), self.right))


def write_response(body: object, operation: Operation, *, status: int = 200, **headers: str) -> Response:
    """The reply to a write: it names its operation."""
    return Response(body, status, {"Operation-Id": operation.id, **headers})


def not_stored(reply: Response) -> Response:
    """The reply as one that carries secrets, which nobody on its way may keep (RFC 6749, 5.1)."""
    return structs.replace(reply, headers={**reply.headers, "Cache-Control": "no-store"})
