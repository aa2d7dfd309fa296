"""Group commit: queued writes of one partition share a commit, and so one flush to the disk.

A partition is data that must not be written by two writers at once (a workspace). Partitions are written side by
side, each on a connection of its own. An advisory lock keeps other processes out of a partition until the commit.
Each transaction takes this lock first and no other advisory lock, so that it cannot cause a deadlock.

A write that fails undoes no other write. If it has written something, its group is rolled back and run again with a
savepoint around each write.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from leadline.kit.db import ConstraintViolation, T, Work, WriteStats
from leadline.kit.db.commit_signal import CommitSignal
from leadline.kit.db.postgres.connection import Connection
from leadline.kit.db.postgres.connection_pool import ConnectionPool
from leadline.kit.db.postgres.errors import TRANSIENT_ERRORS, commit_in_doubt, write_failed
from leadline.kit.db.postgres.write_transaction import WriteTransaction
from leadline.kit.db.write_queue import (
    QueuedWrite,
    answer_all,
    fail_all,
    fail_unexpectedly,
    refuse_if_full,
    take_group,
)

MAX_GROUP_WRITES = 100
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
_WRITES = "writes"
"""The share of the connections for all writes together."""
_PARTITION_LOCKS = 0x1EAD
"""The first key of the advisory locks of partitions."""


class PostgresWriter:
    """A writer that belongs to the event loop on which it is created."""

    def __init__(self, connections: ConnectionPool, commit_signal: CommitSignal) -> None:
        self.seconds: float | None = None
        """Seconds that a write may take, including all waiting; None means no limit."""
        self._connections = connections
        self._commit_signal = commit_signal
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, deque[QueuedWrite]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._units = self._groups = 0
        self._are_failing = False

    async def write(self, work: Work[T], partition: int, *, is_rehearsal: bool = False, is_slow: bool = False) -> T:
        """Returns the result of the work. Raises `Unavailable` if too many writes wait already, or the database
        cannot be written."""
        waiting = self._waiting.get(partition)
        if waiting is None:
            waiting = self._waiting[partition] = deque()
            task = self._loop.create_task(self._write_all(partition, waiting))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        refuse_if_full(len(waiting))
        queued = QueuedWrite(work, self._loop.create_future(), partition, is_rehearsal=is_rehearsal, is_slow=is_slow)
        waiting.append(queued)
        done, _ = await asyncio.wait({queued.answer}, timeout=self.seconds)
        if not done:
            queued.is_abandoned = True
            queued.answer.cancel()
            is_in_doubt = queued.is_begun and not queued.is_rehearsal
            raise commit_in_doubt(TimeoutError()) if is_in_doubt else write_failed(TimeoutError())
        result: T = queued.answer.result()
        return result

    def write_stats(self) -> WriteStats:
        return WriteStats(sum(map(len, self._waiting.values())), self._units, self._groups, self._are_failing)

    async def close(self) -> None:
        """Waits until all queued writes are written and answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _write_all(self, partition: int, waiting: deque[QueuedWrite]) -> None:
        """Writes one group of the partition after the other while any write waits."""
        while waiting:
            group = take_group(waiting, MAX_GROUP_WRITES)
            await self._write_group(partition, group)
            answer_all(group)
            self._commit_signal.send(group)
            await asyncio.sleep(0)  # callers that were answered may add to the next group
        del self._waiting[partition]

    async def _write_group(self, partition: int, group: list[QueuedWrite]) -> None:
        try:
            async with self._connections.lend_connection(_WRITES) as connection:
                if group[0].is_rehearsal:
                    await _rehearse(connection, partition, group[0])
                    return
                try:
                    await _write_together(connection, partition, group)
                except _FailedAfterWriting:
                    await _write_with_savepoints(connection, partition, group)
            self._units += len(group)
            self._groups += 1
            self._are_failing = False
        except _CommitInDoubt as error:
            self._are_failing = True
            fail_all(group, commit_in_doubt(error.__cause__ or error))
        except TRANSIENT_ERRORS as error:
            self._are_failing = True
            if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
                self._connections.expire_all()  # the server is a standby now, and another one is the primary
            waiting = self._waiting[partition]
            group += waiting  # they would fail, too, and only later
            waiting.clear()
            fail_all(group, write_failed(error))
        except Exception as error:  # a defect, which must not end the task of the partition
            self._are_failing = True
            fail_unexpectedly(group, error)


class _FailedAfterWriting(Exception):
    """A write failed after it had written something, or in a way that ends the transaction."""


class _CommitInDoubt(Exception):
    """The database became unavailable during a commit."""


async def _write_together(connection: Connection, partition: int, group: list[QueuedWrite]) -> None:
    async with locked_partition(connection, partition) as transaction:
        for queued in group:
            before = transaction.writes
            transaction.begin_unit()
            await _run_write(queued, transaction)
            if _has_aborted(queued.error) or (queued.error and transaction.writes != before):
                raise _FailedAfterWriting
        try:
            await transaction.flush()
        except TRANSIENT_ERRORS:
            raise
        except asyncpg.PostgresError as error:  # running each write by itself will show which one failed
            raise _FailedAfterWriting from error


def _has_aborted(error: Exception | None) -> bool:
    """Returns True if the error has ended the transaction on the server."""
    return isinstance(error, asyncpg.PostgresError | ConstraintViolation)


async def _write_with_savepoints(connection: Connection, partition: int, group: list[QueuedWrite]) -> None:
    async with locked_partition(connection, partition) as transaction:
        for queued in group:
            await connection.execute("SAVEPOINT unit")
            await _run_write(queued, transaction, to_the_end=True)
            if queued.error is not None:
                transaction.discard_pending()
                await connection.execute("ROLLBACK TO unit")
            await connection.execute("RELEASE unit")


class _Rehearsed(Exception):
    """Rolls a transaction back."""


async def _rehearse(connection: Connection, partition: int, queued: QueuedWrite) -> None:
    """Runs a write, and undoes it."""
    with suppress(_Rehearsed):
        async with locked_partition(connection, partition) as transaction:
            transaction.is_rehearsal = True
            await _run_write(queued, transaction, to_the_end=True)
            raise _Rehearsed


@asynccontextmanager
async def locked_partition(connection: Connection, partition: int) -> AsyncIterator[WriteTransaction]:
    try:
        await connection.execute(f"{_BEGIN}; SELECT pg_advisory_xact_lock({_PARTITION_LOCKS}, {partition})")
        yield WriteTransaction(connection)
    except TimeoutError:
        connection.terminate()  # it would not answer a ROLLBACK either
        raise
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    try:
        status = await connection.execute("COMMIT")
    except TRANSIENT_ERRORS as error:
        if isinstance(error, TimeoutError):
            connection.terminate()
        raise _CommitInDoubt from error
    assert status == "COMMIT", "a unit has hidden that one of its statements failed"


async def _run_write(queued: QueuedWrite, transaction: WriteTransaction, *, to_the_end: bool = False) -> None:
    """Runs one write. `to_the_end` also sends its deferred rows."""
    if queued.begin_or_expire():
        return
    try:
        queued.result = await queued.work(transaction)
        if to_the_end:
            await transaction.flush()
    except TRANSIENT_ERRORS:
        raise
    except asyncpg.IntegrityConstraintViolationError as error:
        queued.error = ConstraintViolation(str(error).partition("\n")[0])
        queued.error.__cause__ = error
    except Exception as error:
        queued.error = error
