"""Reads, each from one snapshot.

A read runs where it stands, on the event loop, within a budget of steps that no slow query fits into. One
that does not fit is stopped and run again in a thread: so a point read costs no thread, and no query, however
slow, holds up another request.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import apsw

from leadline.kit.db import T, Unavailable, Work
from leadline.kit.db.sqlite.connection import SqliteTransaction, drive

INLINE_STEPS = 12_000
"""What a read may cost on the event loop, in steps of SQLite's virtual machine (some 0.3 ms)."""
THREADS = 4
MAX_SECONDS = 10.0

_serials = count()


class Readers:
    """`connect` makes a connection that only reads."""

    def __init__(self, connect: Callable[[], apsw.Connection]) -> None:
        self._connect = connect
        self._opened: list[apsw.Connection] = []
        self._inline = self._new_reader()
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="leadline-reader")

    async def read(self, work: Work[T]) -> T:
        try:
            return self._inline.run(work, _Steps(INLINE_STEPS))
        except apsw.InterruptError:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._read_slowly, work)

    def _read_slowly(self, work: Work[T]) -> T:
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self._new_reader()
        try:
            return reader.run(work, _Deadline(MAX_SECONDS))
        except apsw.InterruptError:
            raise Unavailable(f"The query took more than {MAX_SECONDS:.0f} s; ask for less at a time.") from None

    def close(self) -> None:
        self._threads.shutdown()
        for connection in self._opened:
            connection.close()

    def _new_reader(self) -> "_Reader":
        connection = self._connect()
        self._opened.append(connection)
        return _Reader(connection)


class _Reader:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._transaction = SqliteTransaction(connection)
        self._serial = next(_serials)

    def run(self, work: Work[T], limit: "_Steps | _Deadline") -> T:
        """Raises `apsw.InterruptError` when the limit is passed."""
        self._connection.set_progress_handler(limit, limit.every)
        # A statement that is not finished holds its snapshot for those after it, for less than BEGIN costs.
        snapshot = self._connection.execute("SELECT rowid FROM sqlite_schema")
        try:
            self._transaction.data_version = (self._serial, self._connection.data_version())
            return drive(work, self._transaction)
        except (apsw.BusyError, apsw.IOError, apsw.FullError, apsw.CantOpenError) as error:
            raise Unavailable(f"The data file could not be read ({error}).") from error
        finally:
            snapshot.close()


class _Steps:
    every = 2_000

    def __init__(self, steps: int) -> None:
        self._left = steps

    def __call__(self) -> bool:
        self._left -= self.every
        return self._left <= 0


class _Deadline:
    every = 100_000

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def __call__(self) -> bool:
        return time.monotonic() > self._end
