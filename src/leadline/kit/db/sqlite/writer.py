"""The only writer of a process: writes that wait together share one commit, and are answered after it.

Writes run on the event loop, within a budget of steps that no slow write fits into. Only the commit, which waits for
the disk, runs in a thread. Writes in a thread of their own would compete with the loop for the interpreter lock,
which costs more than the writes themselves. A group that exceeds the budget, or has to wait for another process, is
undone and run again in the thread. While the disk is slow to deliver pages, all groups run there.

A write that fails undoes no other write. Most writes that fail have written nothing by then, so there is nothing to
undo. If one has, the group is rolled back and run again with a savepoint around each write. Savepoints cost a copy of
every page that a write touches, which is too much for every group.
"""

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import apsw

from leadline.kit.db import ConstraintViolation, T, Work, WriteStats
from leadline.kit.db.commit_signal import CommitSignal
from leadline.kit.db.sqlite.budgets import StepBudget
from leadline.kit.db.sqlite.checkpointer import Checkpointer
from leadline.kit.db.sqlite.connection import BUSY_SECONDS, run_sync
from leadline.kit.db.sqlite.disk_stalls import DiskStallDetector
from leadline.kit.db.sqlite.errors import TRANSIENT_ERRORS, error_reason, write_failed
from leadline.kit.db.sqlite.write_transaction import WriteTransaction
from leadline.kit.db.write_queue import (
    QueuedWrite,
    answer_all,
    fail_all,
    fail_unexpectedly,
    refuse_if_full,
    take_group,
)

MAX_GROUP_WRITES = 50
"""Writes that share a commit."""
INLINE_STEPS = 200_000
"""Budget of a whole group on the event loop, in steps of SQLite's virtual machine: a few milliseconds at most."""
TURNS_BETWEEN_GROUPS = 8
"""Turns of the event loop between the answers to a group and the next group. They let clients that were answered send
their next write, which then shares a commit with those that have waited meanwhile."""


class SqliteWriter:
    """A writer that belongs to the event loop on which it is created."""

    def __init__(self, connection: apsw.Connection, checkpoints: Checkpointer, commit_signal: CommitSignal) -> None:
        self._checkpoints = checkpoints
        self._commit_signal = commit_signal
        self._steps = StepBudget(INLINE_STEPS)
        connection.set_progress_handler(self._steps.is_passed, self._steps.check_interval_steps)
        self._connection = connection
        self._transaction = WriteTransaction(connection)
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[QueuedWrite] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._stalls = DiskStallDetector()
        self._writes = self._groups = 0
        self._are_failing = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leadline-writer")

    async def write(
        self, work: Work[T], partition: int = 0, *, is_rehearsal: bool = False, is_slow: bool = False
    ) -> T:
        """Returns the result of the work. Raises `Unavailable` if too many writes wait already, or the file cannot be
        written."""
        refuse_if_full(len(self._waiting))
        queued = QueuedWrite(work, self._loop.create_future(), partition, is_rehearsal=is_rehearsal, is_slow=is_slow)
        self._waiting.append(queued)
        if self._writing is None:
            self._writing = self._loop.create_task(self._write_all())
        result: T = await queued.answer
        return result

    def write_stats(self) -> WriteStats:
        return WriteStats(len(self._waiting), self._writes, self._groups, self._are_failing)

    async def close(self) -> None:
        """Waits until all queued writes are written and answered, and closes the connection."""
        while self._writing is not None:
            await self._writing
        self._thread.shutdown()
        self._connection.close()

    async def _write_all(self) -> None:
        """Writes one group after the other while any write waits."""
        while self._waiting:
            group = take_group(self._waiting, MAX_GROUP_WRITES)
            await self._write_group(group)
            answer_all(group)
            self._commit_signal.send(group)
            for _ in range(TURNS_BETWEEN_GROUPS):
                await asyncio.sleep(0)
        self._writing = None

    async def _write_group(self, group: list[QueuedWrite]) -> None:
        """Writes a group. Any failure is recorded in its writes, so that the next group can begin."""
        try:
            if group[0].is_rehearsal:
                await self._loop.run_in_executor(self._thread, self._rehearse, group[0])
                return
            must_wait = group[0].is_slow or self._stalls.has_stalled_recently()
            is_ready = not must_wait and self._run_inline(group)
            await self._loop.run_in_executor(self._thread, self._commit_group, group, is_ready)
        except Exception as error:
            self._roll_back()
            self._are_failing = True
            fail_unexpectedly(group, error)

    def _run_inline(self, group: list[QueuedWrite]) -> bool:
        """Runs a group on the event loop. Returns True if it is ready to be committed; otherwise nothing was
        written."""
        start = time.monotonic()
        is_ready = self._run_quickly(group)
        self._stalls.note_duration(start)
        return is_ready

    def _run_quickly(self, group: list[QueuedWrite]) -> bool:
        self._steps.restart()
        self._connection.set_busy_timeout(0)
        self._transaction.must_be_quick = True
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            if self._run_together(group):
                return True
            self._roll_back()
        except apsw.Error:  # the thread will find out the cause, and if it persists
            self._roll_back()
        return False

    def _commit_group(self, group: list[QueuedWrite], is_ready: bool) -> None:
        self._steps.lift()
        try:
            if not is_ready:
                self._run_in_thread(group)
            self._connection.execute("COMMIT")
            self._are_failing = False
            self._checkpoints.note_commit(self._connection)
            self._writes += len(group)
            self._groups += 1
        except apsw.Error as error:
            self._roll_back()
            self._are_failing = True
            fail_all(group, write_failed(error))

    def _rehearse(self, queued: QueuedWrite) -> None:
        """Runs a write in the thread, and undoes it."""
        self._transaction.is_rehearsal = True
        try:
            self._begin_patiently()
            self._run_write(queued, to_the_end=True)
        except apsw.Error as error:
            queued.error = write_failed(error)
        finally:
            self._transaction.is_rehearsal = False
            self._roll_back()

    def _run_in_thread(self, group: list[QueuedWrite]) -> None:
        """Runs a group in the thread, without a budget, and waits for other processes."""
        self._begin_patiently()
        if not self._run_together(group):
            self._roll_back()
            self._connection.execute("BEGIN IMMEDIATE")
            self._run_with_savepoints(group)

    def _begin_patiently(self) -> None:
        """Begins a transaction without a budget, after other processes."""
        self._steps.lift()
        self._transaction.must_be_quick = False
        self._connection.set_busy_timeout(int(BUSY_SECONDS * 1000))
        self._connection.execute("BEGIN IMMEDIATE")

    def _roll_back(self) -> None:
        self._transaction.discard_pending()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _run_together(self, group: list[QueuedWrite]) -> bool:
        """Runs a group without savepoints. Returns False if a write failed after it had written something, or if a
        counter row of the group breaks a constraint."""
        for queued in group:
            before = self._transaction.count_writes()
            self._run_write(queued)
            if queued.error is not None and self._transaction.count_writes() != before:
                return False
        try:
            self._transaction.flush()
        except apsw.ConstraintError:  # running each write by itself will show which one failed
            return False
        return True

    def _run_with_savepoints(self, group: list[QueuedWrite]) -> None:
        for queued in group:
            self._connection.execute("SAVEPOINT unit")
            self._run_write(queued, to_the_end=True)
            if queued.error is not None:
                self._transaction.discard_pending()
                self._connection.execute("ROLLBACK TO unit")
            self._connection.execute("RELEASE unit")

    def _run_write(self, queued: QueuedWrite, *, to_the_end: bool = False) -> None:
        """Runs one write. `to_the_end` also saves its counter rows.

        Raises `apsw.AbortError` if nothing of the group can be written for now: disk full, I/O error, too many steps.
        """
        if queued.begin_or_expire():
            return
        try:
            queued.result = run_sync(queued.work(self._transaction))
            if to_the_end:
                self._transaction.flush()
        except apsw.ConstraintError as error:
            queued.error = ConstraintViolation(str(error))
            queued.error.__cause__ = error
        except Exception as error:
            queued.error = error
        if isinstance(queued.error, (*TRANSIENT_ERRORS, apsw.InterruptError)) or not self._connection.in_transaction:
            raise apsw.AbortError(error_reason(queued.error))
