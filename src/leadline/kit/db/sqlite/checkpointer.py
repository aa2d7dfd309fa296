"""WAL checkpoints, which copy committed pages from the write-ahead log into the file, so that the log can restart
(sqlite.org/wal.html, 2.2).

By itself, SQLite makes a checkpoint within the commit that finds the log long, and everyone who waits for that commit
waits for the checkpoint, too. Here a thread makes the checkpoints beside the commits. It repeats a checkpoint until
nothing was written meanwhile, because only then does the next commit restart the log.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress

import apsw

logger = logging.getLogger("leadline")

LONG_WAL_PAGES = 8_000
"""Pages in the log (32 MB) from which a checkpoint is made. The longer the log, the less often a page is copied that
changes often."""
MAX_WAL_PAGES = 16_000
"""Pages in the log from which a commit waits for a checkpoint, so that the log cannot grow without end."""
MAX_PASSES = 5


class Checkpointer:
    """A thread that makes checkpoints. `connect` opens a connection to the file."""

    def __init__(self, connect: Callable[[], apsw.Connection]) -> None:
        self._connect = connect
        self._begun = 0  # the start of the log, in pages that the connection has written
        self._running: Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leadline-checkpoint")

    def close(self) -> None:
        """Waits for the checkpoint that runs. It must be called after the last commit."""
        self._thread.shutdown()

    def note_commit(self, connection: apsw.Connection) -> None:
        """Starts a checkpoint if the log is long. It must be called after each commit of a connection that makes no
        checkpoints of its own (`wal_autocheckpoint`)."""
        try:
            self._schedule_checkpoint(connection)
        except apsw.Error:  # committed pages are safe in the log, too
            pass
        except Exception as error:  # for example no thread can be started; a later commit tries again
            logger.exception("the write-ahead log was not copied into the file", exc_info=error)

    def _schedule_checkpoint(self, connection: apsw.Connection) -> None:
        """Starts a checkpoint if the connection has written enough pages to make the log long.

        SQLite could report the length of the log to a hook, but within the commit, which would then wait for the
        interpreter lock twice.
        """
        written, _ = connection.status(apsw.SQLITE_DBSTATUS_CACHE_WRITE)
        if written - self._begun < LONG_WAL_PAGES:
            return
        length, _ = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
        if length < LONG_WAL_PAGES:
            self._begun = written - length
        elif length >= MAX_WAL_PAGES:
            self._checkpoint_now(connection)
        elif self._running is None or self._running.done():
            self._running = self._thread.submit(self._catch_up)

    def _checkpoint_now(self, connection: apsw.Connection) -> None:
        """Makes a checkpoint, after the one that the thread may be making, since two cannot run at once."""
        if self._running is not None:
            wait([self._running])
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _catch_up(self) -> None:
        with suppress(apsw.Error), closing(self._connect()) as connection:
            length = 0
            for _ in range(MAX_PASSES):
                before = length
                length, copied = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                if length == before or copied < length:  # a reader still needs older pages
                    return
