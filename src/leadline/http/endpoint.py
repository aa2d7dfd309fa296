"""What a route leads to: a handler, and all that is to be said about it in the documentation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from leadline.access import Actor, Right
from leadline.http.request import Body, Request
from leadline.kit.db import Work
from leadline.log import Operation

Json = dict[str, Any]


class Call(msgspec.Struct, frozen=True):
    """One request as a handler sees it: who asks, what was asked, and the JSON object that was sent (empty where
    the endpoint takes none)."""

    actor: Actor
    asked: Request
    body: Body = {}


class Reply(msgspec.Struct, frozen=True):
    """`body` is encoded as JSON, but for bytes, which are sent as they are; None is no body."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = {}
    media_type: str = "application/json"


Handler = Callable[[Call], Work[Reply]]
"""Checks what can be checked without the data, and answers the work that needs them."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """parameters, body, reply: OpenAPI parameter objects and JSON Schemas.
    body_required: whether an empty body is refused.     writes: whether it changes data.
    refusals: the statuses it may answer beside those that every endpoint may.
    bucket: the name under which requests are counted by client address against the login limit; "" for none.
    """

    run: Handler
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
    refusals: Sequence[int] = ()
    bucket: str = ""


@dataclass(frozen=True)
class Route:
    """`right` is what the caller needs; None lets anybody in, without a token."""

    method: str
    path: str
    right: Right | None
    endpoint: Endpoint


def written(body: object, operation: Operation, *, status: int = 200, **headers: str) -> Reply:
    """The reply to a write: it names its operation."""
    return Reply(body, status, {"Operation-Id": operation.id, **headers})
