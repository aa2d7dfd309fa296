"""Checkpoints: what was committed goes from the write-ahead log into the file, so that the log can begin anew
(sqlite.org/wal.html, 2.2).

SQLite makes one within the commit that finds the log long, and whoever waits for that commit waits for it, too. Here
a thread makes them beside the commits. It goes over the log again until nothing was written meanwhile: only then
does the next commit begin the log anew.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress

import apsw

logger = logging.getLogger("leadline")

LONG_WAL_PAGES = 8_000
"""Pages in the log (32 MB): pages that change often are copied less often than they are written."""
MAX_WAL_PAGES = 16_000
"""Pages with which a commit waits for the checkpoint, so that the log does not grow for ever."""
MAX_PASSES = 5


class Checkpointer:
    """`connect` makes a connection to the file."""

    def __init__(self, connect: Callable[[], apsw.Connection]) -> None:
        self._connect = connect
        self._begun = 0  # where the log began, in pages that the connection has written
        self._running: Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leadline-checkpoint")

    def close(self) -> None:
        """When nobody commits any more."""
        self._thread.shutdown()

    def note_commit(self, connection: apsw.Connection) -> None:
        """After each commit of a connection, which makes no checkpoints of its own (`wal_autocheckpoint`)."""
        try:
            self._see_to(connection)
        except apsw.Error:  # what is committed is safe in the log, too
            pass
        except Exception as error:  # such as a system without a thread to give: a later commit tries again
            logger.exception("the write-ahead log was not copied into the file", exc_info=error)

    def _see_to(self, connection: apsw.Connection) -> None:
        """SQLite would tell how long the log is, but within the commit: it then waited for the interpreter twice."""
        written, _ = connection.status(apsw.SQLITE_DBSTATUS_CACHE_WRITE)
        if written - self._begun < LONG_WAL_PAGES:
            return
        length, _ = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
        if length < LONG_WAL_PAGES:
            self._begun = written - length
        elif length >= MAX_WAL_PAGES:
            self._make_now(connection)
        elif self._running is None or self._running.done():
            self._running = self._thread.submit(self._catch_up)

    def _make_now(self, connection: apsw.Connection) -> None:
        """What the thread is at comes first: two at once there cannot be."""
        if self._running is not None:
            wait([self._running])
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _catch_up(self) -> None:
        with suppress(apsw.Error), closing(self._connect()) as connection:
            length = 0
            for _ in range(MAX_PASSES):
                before = length
                length, copied = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                if length == before or copied < length:  # a reader needs what was there before
                    return
