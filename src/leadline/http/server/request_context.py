"""What becomes known of a request on its way to the answer."""

from collections.abc import Sequence

import msgspec

from leadline.access import Actor
from leadline.records.answer_trace import AnswerTrace

Header = bytes
"""A header's line as it is sent, its end included; the name is in lower case."""

FAST_RESPONSE = "leadline.http.answer"
"""Under which a request's extensions (ASGI's) have what takes the whole answer in one call: status, headers and body.
It answers False, and has written nothing, where that must go ASGI's way, in two messages."""

IS_OPEN = "leadline.http.is_open"
"""Under which they have what says whether the connection still takes answers."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""Stands for all other methods, so that no client decides what is logged and measured."""


class RequestContext(msgspec.Struct):
    """A request and its answer: what is logged and measured of them, and nothing that the client chose freely.

    `started` is in seconds of the monotonic clock; `route` the template of the path, None for an unknown one;
    `allowance` the headers that say what the caller may still ask, empty until it was counted; `answering` how a read
    came about.
    """

    request_id: str
    method: str
    started: float
    route: str | None = None
    actor: Actor | None = None
    allowance: Sequence[Header] = ()
    error: Exception | None = None
    trace: AnswerTrace | None = None
