"""The trace of an answer: its source and its waits, which the request log and `Server-Timing` tell."""

import time
from contextvars import ContextVar

FROM_CACHE = "kept"
"""Source of an answer that is sent again from a cache, because nothing was written since."""
FROM_INDEX = "index"
"""Source of an answer that the live index gave."""
SQL = "sql"
"""Source of an answer from the tables."""
WAITED_FOR_FILE = "file"
"""Wait until the index was read from its file."""
WAITED_FOR_LOG = "log"
"""Wait until the index had caught up with the log."""
WAITED_FOR_SEARCH = "search"
"""Wait until a background search had ended."""

FEW_RECORDS = "few_records"
"""No index, because the workspace has few records or no index is kept."""
INDEX_MISSING = "missing"
"""No index yet: it is being made, was evicted, had no room, or could not be made."""
INDEX_BEHIND = "behind"
"""An index that needs longer to catch up with the log than the tables need to answer."""
OLD_SNAPSHOT = "old_snapshot"
"""An index that has moved on from the state that the request sees."""
UNDECIDED = "undecided"
"""An index that cannot tell for too many records if they match the filters."""
ORDER_UNKNOWN = "order"
"""An index that cannot find the page, because too many records share a place in the order."""


class AnswerTrace:
    """The trace of one request, however often its work is run.

    source: the source of the answer, None where only one is possible.
    caught_up: the operations of the log that the index read for it, in all runs.
    no_index: the reason why the index did not answer; None if it did, or nobody asked it.
    looked_at: the records whose search text was read from the tables, in the last run.
    waited_for, waited_seconds: the cause of its last wait, and the seconds of all its waits.
    """

    __slots__ = ("_waiting_since", "caught_up", "looked_at", "no_index", "source", "waited_for", "waited_seconds")

    def __init__(self) -> None:
        self.source: str | None = None
        self.no_index: str | None = None
        self.caught_up = self.looked_at = 0
        self.waited_for: str | None = None
        self.waited_seconds = 0.0
        self._waiting_since = 0.0

    def begin_run(self) -> None:
        """Begins a run of the request's work in the current thread: `current_trace` returns this trace there."""
        self.source = self.no_index = None
        self.looked_at = 0
        self.end_wait()
        _current.set(self)

    def begin_wait(self, waited_for: str) -> None:
        self.waited_for = waited_for
        self._waiting_since = time.monotonic()

    def end_wait(self) -> None:
        if self._waiting_since:
            self.waited_seconds += time.monotonic() - self._waiting_since
            self._waiting_since = 0.0


_current: ContextVar[AnswerTrace] = ContextVar("answer trace", default=AnswerTrace())  # noqa: B039  (of nobody; never read)


def current_trace() -> AnswerTrace:
    """Returns the trace of the request whose work runs here. Work for no request gets a trace that is never read."""
    return _current.get()
