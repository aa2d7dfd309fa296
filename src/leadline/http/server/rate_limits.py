"""Rate limits: the requests that a caller may make in a minute."""

import math
import time
from collections.abc import Callable
from http import HTTPStatus

from leadline.access import Actor
from leadline.clock import Clock, system_clock
from leadline.http.server.errors import HttpError
from leadline.http.server.request_context import Header, RequestContext
from leadline.kit.window_counters import WindowCounters, hash_names

WINDOW_SECONDS = 60
"""The length of a window. Windows follow each other on the monotonic clock, the same for all callers."""


class RateLimit:
    """A rate limit: the number of requests per window, and the header that tells it."""

    def __init__(self, requests: int) -> None:
        self.requests = requests
        self.header: Header = b"x-ratelimit-limit: %d\r\n" % requests


class RateLimits:
    """Counts requests against their limits. `per_caller` is the limit of each key and user, `per_address` that of
    each bucket of each client address; None is no limit. A request is counted once, even if its work runs again."""

    def __init__(
        self,
        counters: WindowCounters,
        *,
        per_caller: int | None,
        per_address: int | None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Clock = system_clock,
    ) -> None:
        self._counters = counters
        self._per_caller = RateLimit(per_caller) if per_caller else None
        self._per_address = RateLimit(per_address) if per_address else None
        self._monotonic = monotonic
        self._now = now
        self._window = 0
        self._ends = -math.inf
        self._reset: Header = b""

    def count_caller(self, context: RequestContext, actor: Actor) -> None:
        """Counts a request of a key or user. Raises `HttpError` (429) over the limit."""
        if self._per_caller is not None and not context.limit_headers:
            self._count_request(context, hash_names(actor.key_id or actor.user_id), self._per_caller)

    def count_more(self, context: RequestContext, actor: Actor, requests: int) -> None:
        """Counts a request that was counted once as so many more. Raises `HttpError` (429) over the limit."""
        if self._per_caller is not None:
            for _ in range(requests):
                self._count_request(context, hash_names(actor.key_id or actor.user_id), self._per_caller)

    def count_address(self, context: RequestContext, bucket: str, address: str) -> None:
        """Counts a request of a client address in a bucket. Raises `HttpError` (429) over the limit."""
        if self._per_address is not None and not context.limit_headers:
            self._count_request(context, hash_names(bucket, address), self._per_address)

    def _count_request(self, context: RequestContext, caller: int, limit: RateLimit) -> None:
        now = self._monotonic()
        if now >= self._ends:
            self._open_window(now)
        used = self._counters.count_call(caller, self._window)
        remaining = limit.requests - used
        context.limit_headers = (
            limit.header,
            b"x-ratelimit-remaining: %d\r\n" % (remaining if remaining > 0 else 0),
            self._reset,
        )
        if remaining < 0:
            raise _too_many(limit.requests, math.ceil(self._ends - now))

    def _open_window(self, now: float) -> None:
        self._window = int(now // WINDOW_SECONDS)
        ends = (self._window + 1) * WINDOW_SECONDS
        self._reset = b"x-ratelimit-reset: %d\r\n" % math.ceil(self._now() / 1000 + ends - now)
        self._ends = ends  # last, so that no other thread sees a half-open window


def _too_many(limit: int, seconds: int) -> HttpError:
    detail = f"These were more than {limit:,} requests in a minute; go on in {seconds} s."
    return HttpError(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail, {"Retry-After": str(seconds)})
