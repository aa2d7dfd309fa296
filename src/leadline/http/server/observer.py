"""The log line and the metrics of each request."""

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
"""The status that is logged if the client left before its response (nginx's)."""

REFUSED = "refused"
"""The key of `RequestObserver.count_refused` in the state that the application shares with the protocol (ASGI's
lifespan state)."""

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class RequestLine(LogLine, omit_defaults=True, kw_only=True, gc=False):
    """The log line of a request. `ms` is how long the response took; `code` is an error's. Members without a value
    are left out."""

    workspace: str | None = None
    user: str | None = None
    key: str | None = None
    method: str
    route: str | None = None
    status: int
    ms: float
    code: str | None = None
    source: str | None = None
    noIndex: str | None = None  # noqa: N815
    caughtUp: int = 0  # noqa: N815
    lookedAt: int = 0  # noqa: N815
    waitedFor: str | None = None  # noqa: N815
    waitedMs: float = 0  # noqa: N815


class RequestObserver:
    """Logs and measures requests. `level` is the lowest level that is logged: a request is `info`, one that took
    `slow_seconds` is `warning`, and one that the server could not answer (5xx) is `error`. `metrics` are the metrics
    to count in, None if nobody reads metrics."""

    def __init__(self, lines: LogBuffer, *, level: str, slow_seconds: float, metrics: ServerMetrics | None) -> None:
        self._lines = lines
        self._level = _LEVELS[level]
        self._slow_seconds = slow_seconds
        self._metrics = metrics

    def begin_request(self, request_id: str, method: str) -> RequestContext:
        if self._metrics is not None:
            self._metrics.in_flight += 1
        return RequestContext(request_id, method if method in METHODS else OTHER, time.monotonic())

    def end_request(self, context: RequestContext, status: int) -> None:
        seconds = time.monotonic() - context.started
        if self._metrics is not None:
            self._metrics.in_flight -= 1
            if not context.is_paced_by_client:
                self._metrics.count_request(context.route, context.method, status, seconds)
        self._log_request(context, status, seconds)
        context.error = None  # its traceback refers to the context

    def count_refused(self, request_id: str, status: int) -> None:
        """Logs and counts a request that the protocol refused before it reached the application."""
        self.end_request(self.begin_request(request_id, OTHER), status)

    def flush(self) -> None:
        """Waits until the last lines are written, but only for a moment, because the process ends."""
        self._lines.flush()
        STANDARD_ERROR.drain()

    def _log_request(self, context: RequestContext, status: int, seconds: float) -> None:
        is_slow = seconds >= self._slow_seconds and not context.is_paced_by_client
        level = "error" if status >= 500 else "warning" if is_slow else "info"
        if _LEVELS[level] < self._level:
            return
        actor = context.actor
        line = RequestLine(
            time=format_now(),
            level=level,
            event="request",
            requestId=context.request_id,
            method=context.method,
            route=context.route,
            status=status,
            ms=int(seconds * 1_000_000) / 1000,
            workspace=actor.workspace_id if actor else None,
            user=actor.user_id if actor else None,
            key=actor.key_id if actor else None,
        )
        if context.trace is not None:
            _describe_trace(context.trace, line)
        if context.error is not None:
            _describe_failure(context.error, line)
        self._lines.add_line(line)


def _describe_trace(trace: AnswerTrace, line: RequestLine) -> None:
    line.source, line.noIndex = trace.source, trace.no_index
    line.caughtUp, line.lookedAt = trace.caught_up, trace.looked_at
    if trace.waited_for is not None:
        trace.end_wait()
        line.waitedFor, line.waitedMs = trace.waited_for, round(trace.waited_seconds * 1000, 3)


def _describe_failure(error: Exception, line: RequestLine) -> None:
    if isinstance(error, LeadlineError | HttpError):
        line.code = error.code
        return
    line.error = describe_error(error)
    if not isinstance(error, DatabaseError):  # a DatabaseError says enough without a traceback
        line.trace = describe_trace(error)
