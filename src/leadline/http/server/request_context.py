"""The context of a request: facts about it that are collected on the way to its response."""

import secrets
from collections.abc import Iterator, Sequence
from itertools import count

import msgspec

from leadline.access import Actor
from leadline.records.answer_trace import AnswerTrace

Header = bytes
"""A header line as it is sent, with its line end; the name is in lower case."""

FAST_RESPONSE = "leadline.http.answer"
"""The key, in the ASGI extensions of a request, of a function that sends a whole response in one call: status,
headers and body. The function returns False, having sent nothing, if the response must go in ASGI's two messages."""

IS_OPEN = "leadline.http.is_open"
"""The key, in the ASGI extensions of a request, of a function that returns True while the connection is open."""

STREAM = "leadline.http.stream"
"""The ASGI extension that begins a stream. It returns an event, which is set when the server stops. Further requests
on the connection are not read."""

STOPPING = "leadline.http.stopping"
"""The key, in the ASGI extensions of a request, of an event that is set when the server stops."""

UPLOAD = "leadline.http.upload"
"""The ASGI extension that begins an upload: from then on the body may take as long as it makes progress, and a
response before its end closes the connection."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""The name for all other methods, so that no client decides what is logged and measured."""


class RequestContext(msgspec.Struct):
    """The facts about a request and its response that are logged and measured. No client can choose them freely.

    `started` is in seconds of the monotonic clock. `route` is the template of the path, None for an unknown path.
    `limit_headers` has the rate-limit headers, and is empty until the request is counted. `trace` says how a read was
    answered. `by_cookie` is True if a session cookie says who asks. `is_paced_by_client` is True for a
    stream or an upload, which takes as long as its client.
    """

    request_id: str
    method: str
    started: float
    route: str | None = None
    actor: Actor | None = None
    limit_headers: Sequence[Header] = ()
    error: Exception | None = None
    trace: AnswerTrace | None = None
    by_cookie: bool = False
    is_paced_by_client: bool = False


def make_request_ids() -> Iterator[str]:
    """Returns request ids that no other process makes, and that are cheap to make."""
    process = secrets.token_hex(5)
    return (f"req_{process}{number:08x}" for number in count(1))
