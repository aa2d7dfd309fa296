"""Reads of a data file, each in one snapshot.

A read runs on the event loop, within a budget of steps that no slow query fits into. A read that exceeds the budget
is stopped, and run again in a thread. So a point read costs no thread, and a slow query delays no other request.
While the disk is slow to deliver pages, all reads run in threads.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import apsw

from leadline.kit.db import DatabaseError, T, Unavailable, Work
from leadline.kit.db.retry import retry_until_done
from leadline.kit.db.sqlite.budgets import StepBudget, TimeBudget, WorkBudget
from leadline.kit.db.sqlite.connection import SqliteTransaction, run_sync
from leadline.kit.db.sqlite.disk_stalls import DiskStallDetector
from leadline.kit.db.sqlite.errors import DAMAGE_ERRORS, TRANSIENT_ERRORS, describe_error, error_reason

INLINE_STEPS = 12_000
"""Budget of a read on the event loop, in steps of SQLite's virtual machine (some 0.3 ms)."""
INLINE_CACHE_KIB = 65_536
MAX_THREADS = 4
MAX_SECONDS = 10.0

_serials = count()


class SqliteReader:
    """A reader of the file. `connect` opens a connection that only reads."""

    def __init__(self, connect: Callable[[], apsw.Connection]) -> None:
        self._connect = connect
        self._opened: list[_SnapshotReader] = []
        self._inline = self._new_reader(StepBudget(INLINE_STEPS), inline=True)
        self._stalls = DiskStallDetector()
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="leadline-reader")

    def read(self, work: Work[T]) -> Awaitable[T]:
        """Returns the result of the work. Reads that run in one turn of the event loop share a snapshot, which the
        first of them opens.

        The snapshot is never too old for the caller. The loop keeps its order, so a read that runs before the
        snapshot is closed was requested before the snapshot was opened.
        """
        return retry_until_done(self._read_in_turn, work)

    async def _read_in_turn(self, work: Work[T]) -> T:
        if not self._inline.is_open:
            if self._stalls.has_stalled_recently():
                return await self._read_in_thread(work)
            self._begin_turn()
        try:
            return await self._inline.run_work(work)
        except apsw.InterruptError:
            return await self._read_in_thread(work)

    def _begin_turn(self) -> None:
        self._inline.open_snapshot()
        asyncio.get_running_loop().call_soon(self._end_turn, time.monotonic())

    def _end_turn(self, start: float) -> None:
        self._inline.close_snapshot()
        self._stalls.note_duration(start)

    async def _read_in_thread(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read_slowly, work)

    def _read_slowly(self, work: Work[T]) -> T:
        reader: _SnapshotReader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self._new_slow_reader()
        reader.open_snapshot()
        try:
            return run_sync(reader.run_work(work))
        except apsw.InterruptError:
            raise Unavailable(f"The query took more than {MAX_SECONDS:.0f} s; ask for less at a time.") from None
        finally:
            reader.close_snapshot()

    def _new_slow_reader(self) -> "_SnapshotReader":
        try:
            return self._new_reader(TimeBudget(MAX_SECONDS))
        except TRANSIENT_ERRORS as error:
            raise _read_failed(error) from error

    def close(self) -> None:
        self._threads.shutdown()
        for reader in self._opened:
            reader.disconnect()

    def _new_reader(self, limit: WorkBudget, *, inline: bool = False) -> "_SnapshotReader":
        reader = _SnapshotReader(self._connect(), limit, inline)
        self._opened.append(reader)
        return reader


class _SnapshotReader:
    """A connection, and the snapshot that it reads from while one is open."""

    def __init__(self, connection: apsw.Connection, limit: WorkBudget, inline: bool) -> None:
        connection.set_progress_handler(limit.is_passed, limit.check_interval_steps)
        if inline:  # nearly all reads are here, and a cached page needs no system call
            connection.execute(f"PRAGMA cache_size = -{INLINE_CACHE_KIB}")
        self._connection = connection
        self._limit = limit
        self._transaction = SqliteTransaction(
            connection, must_be_quick=inline, steps=limit if isinstance(limit, StepBudget) else None
        )
        self._serial = next(_serials)
        self._snapshot: apsw.Cursor | None = None

    @property
    def is_open(self) -> bool:
        return self._snapshot is not None

    def open_snapshot(self) -> None:
        self._limit.restart()
        try:
            # An unfinished statement keeps its snapshot open for later ones, and costs less than BEGIN.
            self._snapshot = self._connection.execute("SELECT rowid FROM sqlite_schema")
        except TRANSIENT_ERRORS as error:
            raise _read_failed(error) from error
        self._transaction.data_version = (self._serial, self._connection.data_version())

    async def run_work(self, work: Work[T]) -> T:
        """Runs the work. Raises `apsw.InterruptError` if it exceeds the budget, and `DatabaseError` if the file is
        damaged."""
        self._limit.restart()
        try:
            return await work(self._transaction)
        except TRANSIENT_ERRORS as error:
            raise _read_failed(error) from error
        except DAMAGE_ERRORS as error:
            raise DatabaseError(f"The data file cannot be read {describe_error(error)}") from error

    def close_snapshot(self) -> None:
        if self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None

    def disconnect(self) -> None:
        self.close_snapshot()
        self._connection.close()


def _read_failed(error: apsw.Error) -> Unavailable:
    return Unavailable(f"The data file could not be read ({error_reason(error)}).")
