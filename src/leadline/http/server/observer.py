"""What is written down of every request: a line in the log, and the figures."""

import logging
import time

from leadline.errors import LeadlineError
from leadline.http.server.errors import HttpError
from leadline.http.server.metrics import ServerMetrics
from leadline.http.server.request_context import METHODS, OTHER, RequestContext
from leadline.kit.db import DatabaseError
from leadline.kit.json_logging import STANDARD_ERROR, LogBuffer, LogLine, describe_error, describe_trace, format_now
from leadline.records.answer_trace import AnswerTrace

CLIENT_GONE = 499
"""What is logged as the status where the client left before there was an answer (nginx's)."""

REFUSED = "refused"
"""Under which the protocol finds `Observer.refused` in the state that it shares with the application (ASGI's lifespan
state)."""

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class RequestLine(LogLine, omit_defaults=True, kw_only=True, gc=False):
    """`ms` is how long the answer took; `code` is a refusal's. Absent are the members there is nothing to say of."""

    requestId: str  # noqa: N815
    workspace: str | None = None
    user: str | None = None
    key: str | None = None
    method: str
    route: str | None = None
    status: int
    ms: float
    code: str | None = None
    source: str | None = None
    caughtUp: int = 0  # noqa: N815
    waitedFor: str | None = None  # noqa: N815
    waitedMs: float = 0  # noqa: N815


class RequestObserver:
    """`level` is the least that is logged: requests are `info`, those that took `slow_seconds` `warning`, those that
    the server could not answer `error`. `figures` is None where nobody asks for them."""

    def __init__(self, lines: LogBuffer, *, level: str, slow_seconds: float, figures: ServerMetrics | None) -> None:
        self._lines = lines
        self._level = _LEVELS[level]
        self._slow_seconds = slow_seconds
        self._figures = figures

    def begin_request(self, request_id: str, method: str) -> RequestContext:
        if self._figures is not None:
            self._figures.in_flight += 1
        return RequestContext(request_id, method if method in METHODS else OTHER, time.monotonic())

    def end_request(self, exchange: RequestContext, status: int) -> None:
        seconds = time.monotonic() - exchange.started
        if self._figures is not None:
            self._figures.in_flight -= 1
            self._figures.count_request(exchange.route, exchange.method, status, seconds)
        self._log_request(exchange, status, seconds)
        exchange.error = None  # whose traceback leads to the exchange

    def count_refused(self, request_id: str, status: int) -> None:
        """A request that the protocol did not let through to us."""
        self.end_request(self.begin_request(request_id, OTHER), status)

    def flush(self) -> None:
        """Waits for the last lines to be written, for a moment at most: the process ends."""
        self._lines.flush()
        STANDARD_ERROR.drain()

    def _log_request(self, exchange: RequestContext, status: int, seconds: float) -> None:
        level = "error" if status >= 500 else "warning" if seconds >= self._slow_seconds else "info"
        if _LEVELS[level] < self._level:
            return
        actor = exchange.actor
        line = RequestLine(
            time=format_now(),
            level=level,
            event="request",
            requestId=exchange.request_id,
            method=exchange.method,
            route=exchange.route,
            status=status,
            ms=int(seconds * 1_000_000) / 1000,
            workspace=actor.workspace_id if actor else None,
            user=actor.user_id if actor else None,
            key=actor.key_id if actor else None,
        )
        if exchange.trace is not None:
            _describe_trace(exchange.trace, line)
        if exchange.error is not None:
            _describe_failure(exchange.error, line)
        self._lines.add_line(line)


def _describe_trace(answering: AnswerTrace, line: RequestLine) -> None:
    line.source, line.caughtUp = answering.source, answering.caught_up
    if answering.waited_for is not None:
        answering.end_wait()
        line.waitedFor, line.waitedMs = answering.waited_for, round(answering.waited_seconds * 1000, 3)


def _describe_failure(error: Exception, line: RequestLine) -> None:
    if isinstance(error, LeadlineError | HttpError):
        line.code = error.code
        return
    line.error = describe_error(error)
    if not isinstance(error, DatabaseError):  # which says all there is to say
        line.trace = describe_trace(error)
