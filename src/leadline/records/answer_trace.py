"""How an answer came about: what the request log and `Server-Timing` say of a list, and why it took its time."""

import time
from contextvars import ContextVar

FROM_CACHE = "kept"
"""As it was sent before; nothing was written since."""
FROM_INDEX = "index"
"""From the live index."""
SQL = "sql"
"""From the tables."""
WAITED_FOR_FILE = "file"
"""Until the index was read from its file."""
WAITED_FOR_LOG = "log"
"""Until the index had taken in what was written."""
WAITED_FOR_SEARCH = "search"
"""Until a search in the background had ended."""


class AnswerTrace:
    """That of one request, however often its work is run.

    source: what it was made from, None where that is no question.
    caught_up: the operations of the log that the index read for it, in all runs.
    waited_for, waited_seconds: what it waited for last, and how long it waited in all.
    """

    __slots__ = ("_waiting_since", "caught_up", "source", "waited_for", "waited_seconds")

    def __init__(self) -> None:
        self.source: str | None = None
        self.caught_up = 0
        self.waited_for: str | None = None
        self.waited_seconds = 0.0
        self._waiting_since = 0.0

    def begin_run(self) -> None:
        """Of the work, in whatever thread: what is noted there from now on is of this request."""
        self.source = None
        self.end_wait()
        _current.set(self)

    def begin_wait(self, waited_for: str) -> None:
        self.waited_for = waited_for
        self._waiting_since = time.monotonic()

    def end_wait(self) -> None:
        if self._waiting_since:
            self.waited_seconds += time.monotonic() - self._waiting_since
            self._waiting_since = 0.0


_current: ContextVar[AnswerTrace] = ContextVar("answering", default=AnswerTrace())  # noqa: B039  (of nobody; never read)


def current_trace() -> AnswerTrace:
    """Of the request whose work runs here; what runs for nobody has one that nobody reads."""
    return _current.get()
